/**
 * What clients send, generated from a seed: short scripts, each of one client that nobody has seen before. An address or a
 * server is named by who has given it, because it is another one with each server.
 */
import type { Random } from './random.ts';

/** How a query gets to the server. `relay` = as a relay sends it, `direct` to its address, `broadcast` to everybody. */
export type Way = 'relay' | 'direct' | 'broadcast';

/** `own` = the address that the client was told last; `former` = that of the script before, whose client has it. */
export type AddressName = 'own' | 'former' | (string & {});

export interface Step {
  /** Scripts are counted: a step belongs to that of the step before, or begins the next one. */
  readonly script: number;
  readonly way: Way;
  readonly type: number;
  readonly mac: string;
  readonly flags: number;
  readonly secs: number;
  readonly hops: number;
  readonly ciaddr: AddressName;
  readonly giaddr: string;
  /** Option 50. */
  readonly wanted: AddressName | null;
  /** Option 54: `own` = the server that has answered last. */
  readonly server: AddressName | null;
  /** Code and octets in hexadecimal digits. */
  readonly options: readonly (readonly [code: number, hex: string])[];
  /** Octets of the fields `sname` and `file` in hexadecimal digits. */
  readonly fields?: { readonly sname?: string; readonly file?: string };
}

/** One answer: the octets, and the port that it came to; nothing when there was silence. */
export interface Answer {
  readonly hex?: string;
  readonly port?: number;
  /** Name change requests that came of the query. */
  readonly changes?: readonly NameChange[];
  /** The addresses of the query: ciaddr, and option 50 or ''. */
  readonly asked?: readonly [ciaddr: string, wanted: string];
}

/** A request to kea-dhcp-ddns, as its JSON has it. */
export type NameChange = Readonly<Record<string, unknown>>;

/** The client that is always answered. */
export const BEHIND = { mac: '02:00:00:00:00:01', address: '10.64.200.1', relay: '10.64.0.10' } as const;

export interface Client {
  readonly mac: string;
  /** What it always sends. */
  readonly options?: Step['options'];
}

/** What a family of configurations wants to be asked. */
export interface Traffic {
  /** Addresses that relays have, those of the subnets among them. */
  readonly relays: readonly string[];
  /** Addresses that clients ask for without having been given them. */
  readonly addresses: readonly string[];
  /** Options that change something: each script has some of them, in all its queries. */
  readonly options?: readonly (readonly [code: number, hex: string])[];
  /** Codes of the request lists, beside the usual ones. */
  readonly requested?: readonly number[];
  /** Clients that the configuration knows; they are each played by some scripts. */
  readonly clients?: readonly Client[];
  /** What may stand in the fields of the header that are made for names of files and servers. */
  readonly fields?: readonly NonNullable<Step['fields']>[];
}

const Type = { discover: 1, request: 3, decline: 4, release: 7, inform: 8 } as const;
const text = (value: string): string => Buffer.from(value, 'latin1').toString('hex');
const USUAL_REQUESTS = [
  1, 3, 6, 12, 15, 28, 42, 43, 50, 51, 53, 54, 58, 59, 61, 66, 67, 82, 118, 119, 121, 125,
];

/** Options that clients and relays send, whatever is configured. */
const COMMON: readonly (readonly [code: number, hex: string])[] = [
  [12, text('laptop')],
  [12, text('My.Host_name-7')],
  [51, '00000258'],
  [51, 'ffffffff'],
  [51, '00000001'],
  [57, '05dc'],
  [60, text('MSFT 5.0')],
  [61, '0102030405##'],
  [77, text('user')],
  [93, '0007'],
  [80, ''],
  [116, '01'],
  [200, 'c0ffee'],
];
const BY_RELAYS: readonly (readonly [code: number, hex: string])[] = [
  [82, `0104${text('eth7')}0203${text('abc')}`],
  [82, `0203${text('abc')}0104${text('eth7')}`],
  [82, `0106${text('longer')}0c02${text('id')}`],
];

export function* scripts(random: Random, traffic: Traffic, count: number): Generator<Step> {
  for (let script = 0; script < count; script++) yield* oneScript(random, traffic, script);
}

function* oneScript(random: Random, traffic: Traffic, script: number): Generator<Step> {
  const way = random.pick<Way>(['relay', 'relay', 'relay', 'relay', 'broadcast', 'direct']);
  const isRelayed = way === 'relay';
  const known = traffic.clients ?? [];
  const client = known.length > 0 && random.chance(0.6) ? random.pick(known) : { mac: macOf(script) };
  const base: Step = {
    script,
    way,
    type: Type.discover,
    mac: client.mac,
    flags: random.chance(0.3) ? 0x8000 : 0,
    secs: random.pick([0, 0, 3, 700]),
    hops: isRelayed ? random.pick([0, 1, 2]) : 0,
    ciaddr: '0.0.0.0',
    giaddr: isRelayed ? random.pick(traffic.relays) : '0.0.0.0',
    wanted: null,
    server: null,
    options: replaced(
      [...identity(random, traffic, isRelayed), ...requests(random, traffic)],
      client.options ?? [],
    ),
    ...(traffic.fields && { fields: random.pick(traffic.fields) }),
  };
  const story = random.pick(STORIES);
  for (const { instead, ...each } of story(random, traffic))
    yield settled({ ...base, ...each, options: replaced(base.options, instead ?? []) });
}

function replaced(options: Step['options'], instead: Step['options']): Step['options'] {
  return [...new Map([...options, ...instead])];
}

/** Addresses and identifiers by the number of the script, so that no two scripts have the same one: `#` stands for it. */
function settled(step: Step): Step {
  const put = (name: string): string => name.replace('#', `${step.script % 256}`);
  // Without a relay and without an address a client can only be answered by broadcast.
  const isDeaf = step.way !== 'relay' && step.ciaddr === '0.0.0.0';
  return {
    ...step,
    way: isDeaf ? 'broadcast' : step.way,
    flags: isDeaf ? 0x8000 : step.flags,
    ciaddr: put(step.ciaddr),
    wanted: step.wanted === null ? null : put(step.wanted),
    options: step.options.map(([code, value]) => [code, value.replace('##', hex(step.script & 255))]),
  };
}

type Part = Partial<Omit<Step, 'options'>> &
  Pick<Step, 'type'> & {
    /** Options in place of those that the client sends in the rest of the script. */
    readonly instead?: Step['options'];
  };
type Story = (random: Random, traffic: Traffic) => readonly Part[];

const DISCOVER: Part = { type: Type.discover };
const SELECT: Part = { type: Type.request, wanted: 'own', server: 'own' };
const RENEW: Part = { type: Type.request, ciaddr: 'own' };
const REBOOT: Part = { type: Type.request, wanted: 'own' };
const RELEASE: Part = { type: Type.release, ciaddr: 'own', server: 'own' };
const DECLINE: Part = { type: Type.decline, wanted: 'own', server: 'own' };
const LEASE = [DISCOVER, SELECT] as const;
const OTHER_CLIENT = { instead: [[61, 'ff000000010001##']] } as const;

const STORIES: readonly Story[] = [
  () => LEASE,
  () => LEASE,
  () => [...LEASE, RENEW, RENEW],
  () => [...LEASE, { ...RENEW, way: 'direct', giaddr: '0.0.0.0', hops: 0 }],
  () => [...LEASE, { ...RENEW, way: 'broadcast', giaddr: '0.0.0.0', hops: 0 }],
  () => [...LEASE, REBOOT, DISCOVER],
  () => [...LEASE, RELEASE, DISCOVER, SELECT],
  () => [...LEASE, RELEASE, RENEW],
  () => [...LEASE, DECLINE, DISCOVER],
  () => [...LEASE, { ...RELEASE, server: '10.64.0.77' }, RENEW],
  (random, traffic) => [{ ...DISCOVER, wanted: random.pick(traffic.addresses) }, SELECT],
  (random, traffic) => [...LEASE, { ...REBOOT, wanted: random.pick(traffic.addresses) }],
  (random, traffic) => [{ ...REBOOT, wanted: random.pick(traffic.addresses) }],
  (random, traffic) => [{ ...RENEW, ciaddr: random.pick(traffic.addresses) }],
  (random, traffic) => [...LEASE, { ...SELECT, wanted: random.pick(traffic.addresses) }],
  () => [...LEASE, { ...SELECT, server: '10.64.0.77' }, RENEW],
  () => [DISCOVER, { ...SELECT, server: '10.64.0.77' }],
  () => [{ type: Type.request }],
  () => [{ ...SELECT, wanted: 'former' }],
  () => [{ ...DISCOVER, wanted: 'former' }],
  () => [{ ...REBOOT, wanted: 'former' }],
  () => [{ ...RELEASE, ciaddr: 'former', server: null }],
  () => [{ ...DECLINE, wanted: 'former', server: null }],
  () => [{ type: Type.inform }],
  () => [{ type: Type.inform, ciaddr: '10.64.0.10' }],
  () => [...LEASE, { type: Type.inform, ciaddr: 'own' }],
  (random) => [{ type: random.pick([2, 5, 6, 10, 13, 255]) }],
  // In a state that an earlier query of the client has made.
  () => [...LEASE, RELEASE, REBOOT],
  () => [...LEASE, RELEASE, RELEASE],
  () => [...LEASE, DECLINE, REBOOT],
  () => [...LEASE, DECLINE, RENEW],
  () => [DISCOVER, REBOOT, RENEW],
  () => [DISCOVER, RENEW],
  () => [...LEASE, { ...RENEW, ciaddr: 'former' }],
  () => [...LEASE, { ...RELEASE, ciaddr: 'former' }, { ...DECLINE, wanted: 'former' }],
  () => [...LEASE, { ...SELECT, ciaddr: 'own' }, { ...DISCOVER, ciaddr: 'own' }],
  () => [...LEASE, { ...DISCOVER, type: Type.inform, ciaddr: 'own', wanted: 'own', server: 'own' }],
  // Two stages of a client's start, each with an identifier of its own; a name that changes.
  () => [...LEASE, { ...DISCOVER, ...OTHER_CLIENT }, { ...SELECT, ...OTHER_CLIENT }],
  () => [...LEASE, { ...RENEW, ...OTHER_CLIENT }, RENEW],
  () => [...LEASE, { ...RENEW, instead: [[12, text('other')]] }, RENEW],
];

/** No two scripts of a family share one but by intention. */
function macOf(script: number): string {
  return `02:00:00:01:${hex(script >>> 8)}:${hex(script & 255)}`;
}

function hex(octet: number): string {
  return octet.toString(16).padStart(2, '0');
}

function identity(random: Random, traffic: Traffic, isRelayed: boolean): Step['options'] {
  const sources = [COMMON, traffic.options ?? [], ...(isRelayed ? [BY_RELAYS] : [])];
  const chosen = new Map<number, string>();
  for (const source of sources) {
    if (source.length === 0) continue;
    const many = source === COMMON ? random.below(4) : random.below(3);
    for (let i = 0; i < many; i++) {
      const [code, value] = random.pick(source);
      chosen.set(code, value);
    }
  }
  return [...chosen];
}

function requests(random: Random, traffic: Traffic): Step['options'] {
  const all = [...new Set([...USUAL_REQUESTS, ...(traffic.requested ?? [])])];
  const kind = random.below(5);
  if (kind === 0) return [];
  if (kind === 1) return [[55, '0103060f']];
  const codes =
    kind === 2 ? all : all.filter((code) => random.chance(USUAL_REQUESTS.includes(code) ? 0.3 : 0.5));
  return [[55, Buffer.from(random.shuffled(codes)).toString('hex')]];
}
