/**
 * Several leases under one hardware address: which of them is the client's, and which it may have, with and without client
 * identifiers. The same leases stand in the lease file of Kea and of Tandem, in an order that is not that of the addresses;
 * then clients that share a hardware address ask for everything there is, and have the same answers from both.
 */

import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet } from '../engine/packets.ts';
import { runCleanup } from '../journal/support/dhcp4.ts';
import { besideKea } from './beside-kea.ts';
import { type Asked, askAsRelay, ORDERLY } from './comparing.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import { Random } from './differential/random.ts';
import { leaseFileText, type StartLease } from './differential/start-leases.ts';
import { cleanupCommand, isKea, needServers } from './kea.ts';
import type { DhcpServer } from './server.ts';
import { KEAS_IN_TURN } from './turn.ts';

/** Beginnings of client identifiers; '' = none. */
const IDS = ['', '0a', '0b', '0c'] as const;
const SUBNETS = [
  { id: 11, net: 91 },
  { id: 12, net: 92, 'match-client-id': false },
  { id: 13, net: 93, authoritative: true },
  { id: 14, net: 94, 'match-client-id': false, authoritative: true },
];
/** Two subnets each, the second of them the one that is selected. */
const NETWORKS = [
  {
    name: 'alike',
    subnets: [
      { id: 16, net: 96 },
      { id: 15, net: 95 },
    ],
  },
  {
    name: 'unlike',
    subnets: [
      { id: 17, net: 97, 'match-client-id': false },
      { id: 18, net: 98 },
    ],
  },
];
/** The subnet that is selected, the one whose addresses are asked for as well. */
const PLACES = [
  [91, 91],
  [92, 92],
  [93, 93],
  [94, 94],
  [95, 96],
  [98, 97],
  [97, 98],
] as const;
const STORIES = 700;
const ADDRESSES = 4;
/** Of so many stories the leases are listed. */
const LISTS = 150;

const subnetOf = ({ net, ...rest }: { readonly net: number }) => ({
  subnet: `10.${net}.0.0/16`,
  pools: [{ pool: `10.${net}.0.0 - 10.${net}.255.255` }],
  ...rest,
});
const DHCP4 = {
  ...ORDERLY,
  'expired-leases-processing': { 'reclaim-timer-wait-time': 0, 'flush-reclaimed-timer-wait-time': 0 },
  subnet4: [
    { id: 1, subnet: '10.64.0.0/14', pools: [{ pool: '10.65.0.0 - 10.65.255.255' }] },
    ...SUBNETS.map(subnetOf),
  ],
  'shared-networks': NETWORKS.map(({ name, subnets }) => ({ name, subnet4: subnets.map(subnetOf) })),
};

interface Query {
  readonly story: number;
  readonly what: string;
  readonly datagram: Uint8Array;
}

const HOW = ['DISCOVER', 'SELECTING', 'INIT-REBOOT', 'RENEW', 'RELEASE', 'DECLINE', 'DISCOVER'] as const;
const TYPE = {
  DISCOVER: MessageType.discover,
  SELECTING: MessageType.request,
  'INIT-REBOOT': MessageType.request,
  RENEW: MessageType.request,
  RELEASE: MessageType.release,
  DECLINE: MessageType.decline,
} as const;

interface Ask {
  readonly id: string;
  readonly how: (typeof HOW)[number];
  readonly address: string;
}

interface Story {
  readonly leases: readonly StartLease[];
  /** Before a restart of the server, after it, and after one with a clean-up of the lease file before it. */
  readonly acts: readonly (readonly Ask[])[];
  readonly net: number;
  readonly mac: string;
}

function stories(): Story[] {
  const random = new Random(41);
  return Array.from({ length: STORIES }, (_, story) => {
    const [net, other] = random.pick(PLACES);
    const two = (value: number) => value.toString(16).padStart(2, '0');
    const number = `${two(story >> 8)}${two(story & 255)}`;
    const mac = `02:00:00:0b:${number.slice(0, 2)}:${number.slice(2)}`;
    const anyId = () => random.pick(IDS.map((id) => (id === '' ? id : `${id}${number}`)));
    const places = Array.from({ length: ADDRESSES }, (_, n) => {
      const at = n % 2 === 0 ? net : other;
      return { address: `10.${at}.${story >> 5}.${((story & 31) << 3) + n + 1}`, subnetId: at - 80 };
    });
    const leases = random
      .shuffled(places)
      .slice(0, 1 + random.below(3))
      .map(({ address, subnetId }): StartLease => {
        const over = random.below(4);
        return {
          address,
          mac,
          subnetId,
          clientId: anyId(),
          lifetimeSec: 4000,
          endsSec: over === 0 || over === 1 ? -100 : 3000,
          state: over === 0 ? 2 : 0,
        };
      });
    const isOver = (address: string) =>
      leases.some((lease) => lease.address === address && lease.endsSec < 0);
    const act = () =>
      Array.from({ length: 2 + random.below(4) }, () => ({
        id: anyId(),
        how: random.pick(HOW),
        address: random.pick(places).address,
      })).filter(({ how, address }, index, all) => {
        // What is over cannot be given back, but for Kea 2.2.
        if (how === 'RELEASE' || how === 'DECLINE') return !isOver(address);
        // An offer of a lease that is over is kept for whom it was made to: what follows would be another story.
        const isKept =
          leases.some((lease) => isOver(lease.address)) || all.some((each) => each.how === 'RELEASE');
        return how !== 'DISCOVER' || !isKept || index === all.length - 1;
      });
    return { leases, acts: [act(), act(), act()], net, mac };
  });
}

function queries(all: readonly Story[], act: number, server: ServerName): Query[] {
  const own = [54, ip(ADDRESS[server])] as const;
  let xid = 1 + act * 0x10000;
  return all.flatMap(({ acts, net, mac }, story) =>
    acts[act]!.map(({ id, how, address }): Query => {
      const isAt = how === 'RENEW' || how === 'RELEASE';
      const options = [
        [82, [5, 4, ...ip(`10.${net}.0.0`)]] as const,
        ...(id === '' ? [] : [[61, [...Buffer.from(id, 'hex')]] as const]),
        ...(isAt || how === 'DISCOVER' ? [] : [[50, ip(address)] as const]),
        ...(how === 'SELECTING' || how === 'RELEASE' || how === 'DECLINE' ? [own] : []),
      ];
      const fields = { type: TYPE[how], mac, xid: xid++, giaddr: ADDRESS.load, options };
      const datagram = packet(isAt ? { ...fields, ciaddr: address } : fields);
      return {
        story,
        what: `${id === '' ? 'nobody' : id} ${how} ${how === 'DISCOVER' ? '' : address}`,
        datagram,
      };
    }),
  );
}

/** What came: an address that the story does not name is a free one, whichever. */
function answerOf({ acts, leases }: Story, { reply }: Asked<Query>): string {
  if (reply === null) return 'silence';
  const named = [...acts.flat(), ...leases].some(({ address }) => address === reply.yiaddr);
  const type = { 2: 'OFFER', 5: 'ACK', 6: 'NAK' }[reply.type];
  return type === 'NAK' ? type : `${type} ${named ? reply.yiaddr : 'a free one'}`;
}

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const version of KEAS_IN_TURN)
  t.test(`clients with one hardware address have the leases that they have from ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const { network, kea, own } = besideKea(t, version, DHCP4);
    const all = stories();
    for (const server of [kea, own]) writeFileSync(server.leaseFile, fileText(all, server));
    const whens = ['with the leases of the file', 'after a restart', 'after a clean-up and a restart'];
    for (const [act, when] of whens.entries()) {
      if (act === 2) for (const server of [kea, own]) cleanUp(server);
      await Promise.all([kea.start(), own.start()]);
      const byKea = await askAsRelay(network, 'server1', queries(all, act, 'server1'));
      const bySubject = await askAsRelay(network, 'server2', queries(all, act, 'server2'));
      compare(t, all, when, byKea, bySubject);
      await compareLists(t, all, when, kea, own);
      await Promise.all([kea.stop(), own.stop()]);
    }
  });

/** In the server's own columns: a file with others is cleaned up at the start, and has the leases in another order then. */
function fileText(all: readonly Story[], { kind }: DhcpServer): string {
  const text = leaseFileText(
    all.flatMap(({ leases }) => leases),
    Date.now(),
  );
  if (kind === 'kea 2.2') return text;
  return text
    .replace('\n', ',pool_id\n')
    .replaceAll(/,\n(?=10)/g, ',,0\n')
    .replace(/,\n$/, ',,0\n');
}

/** Has the lease file of a server that does not run cleaned up, by its own program. */
function cleanUp({ kind, leaseFile }: DhcpServer): void {
  renameSync(leaseFile, `${leaseFile}.1`);
  if (isKea(kind)) {
    const { program, args, env } = cleanupCommand(kind, leaseFile);
    execFileSync(program, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
  } else runCleanup({ path: leaseFile });
}

function compare(
  t: Test,
  all: readonly Story[],
  when: string,
  byKea: readonly Asked<Query>[],
  bySubject: readonly Asked<Query>[],
): void {
  const told = (asked: readonly Asked<Query>[]): string[][] => {
    const answers: string[][] = all.map(() => []);
    for (const each of asked) answers[each.story]!.push(`${each.what}: ${answerOf(all[each.story]!, each)}`);
    return answers;
  };
  const expected = told(byKea);
  let differing = 0;
  for (const [story, found] of told(bySubject).entries()) {
    if (JSON.stringify(found) === JSON.stringify(expected[story])) continue;
    differing += 1;
    const { leases, net } = all[story]!;
    const rows = leases.map(
      ({ address, clientId, endsSec }) => `${address} ${clientId} ${endsSec < 0 ? 'over' : ''}`,
    );
    t.same(found, expected[story], `story ${story} in 10.${net}, ${when}: ${rows.join(', ')}`, {
      kea: expected[story],
    });
  }
  t.equal(differing, 0, `${when} ${differing} of ${all.length} stories differ`);
}

/** The order is that in which a client's lease is looked for. */
async function compareLists(
  t: Test,
  all: readonly Story[],
  when: string,
  kea: DhcpServer,
  own: DhcpServer,
): Promise<void> {
  const listed = async (server: DhcpServer, mac: string): Promise<string[]> => {
    const answer = await server.command('lease4-get-by-hw-address', { 'hw-address': mac });
    const { leases } = answer.arguments as { leases: { 'ip-address': string }[] };
    return leases.map((lease) => lease['ip-address']);
  };
  for (const { mac, leases, acts } of all.slice(0, LISTS)) {
    // What is over may have been offered to somebody: then Tandem shows it to nobody.
    if (leases.some(({ endsSec }) => endsSec < 0) || acts.flat().some(({ how }) => how === 'DISCOVER'))
      continue;
    t.same(await listed(own, mac), await listed(kea, mac), `the leases of ${mac}, ${when}`);
  }
}
