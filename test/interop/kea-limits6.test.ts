/**
 * The limits library with DHCPv6: the real Kea 3.0 and Tandem get the same messages of many clients, and advertise, give and refuse
 * alike, addresses and prefixes apart, also where templates make the classes; the leases that they have in the end are the same,
 * with the same classes in them.
 */
import t from 'tap';
import { MessageType } from '../../src/dhcp6/codes.ts';
import { type ClassedLease, countedClasses } from './counted-classes.ts';
import { Random } from './differential/random.ts';
import { playSteps, SERVER_ID } from './differential6/player.ts';
import { createSide } from './differential6/side.ts';
import type { Ia, Step } from './differential6/steps.ts';
import { treeOf } from './differential6/tree.ts';
import { by, colons } from './differential6/ways.ts';
import { needServers, type ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import type { Network } from './network.ts';
import { farSubnet6, nearSubnet6 } from './scene6.ts';
import { createServer6 } from './server6.ts';

const CLIENTS = 24;
const MESSAGES = 350;
/** Of the option by which clients say what they are. */
const KIND = 1234;

const limits = (value: Readonly<Record<string, unknown>>) => ({ 'user-context': { limits: value } });
const RELAY = by('2001:db8:2::1');

const duidOf = (client: number): string => `000300010200000100${(client + 16).toString(16)}`;

/** One behind the relay with the same number. */
function subnet(id: number, more: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    id,
    subnet: `2001:db8:${id}::/64`,
    pools: [{ pool: `2001:db8:${id}::1000 - 2001:db8:${id}::1fff` }],
    ...more,
  };
}

const DHCP6 = {
  'server-id': SERVER_ID,
  'preferred-lifetime': 3000,
  'valid-lifetime': 4000,
  'cache-max-age': 0,
  // A lease that was given back is gone: to its former client Kea would give it again whatever the limits.
  'expired-leases-processing': { 'flush-reclaimed-timer-wait-time': 0, 'hold-reclaimed-time': 0 },
  'hooks-libraries': [{ library: 'libdhcp_lease_cmds.so' }, { library: 'libdhcp_limits.so' }],
  'client-classes': [
    {
      name: 'phones',
      test: `option[${KIND}].hex == 'p'`,
      ...limits({ 'address-limit': 4, 'prefix-limit': 3 }),
    },
    { name: 'cameras', test: `option[${KIND}].hex == 'c'`, ...limits({ 'address-limit': 0 }) },
    { name: 'guests', test: `option[${KIND}].hex == 'g'`, ...limits({ 'address-limit': 1 }) },
    { name: 'routers', test: `option[${KIND}].hex == 'r'`, ...limits({ 'prefix-limit': 3 }) },
    { name: 'others', test: "not member('phones')" },
  ],
  subnet6: [
    nearSubnet6(),
    farSubnet6({ 'rapid-commit': true, ...limits({ 'address-limit': 14, 'prefix-limit': 9 }) }),
    subnet(3, { 'cache-threshold': 0.9, 'cache-max-age': 3000 }),
    subnet(4, {
      reservations: [{ duid: colons(duidOf(1)), 'ip-addresses': ['2001:db8:4::1fff'] }],
      ...limits({ 'address-limit': 1 }),
    }),
  ],
  'shared-networks': [
    {
      name: 'two subnets',
      subnet6: [subnet(5, limits({ 'address-limit': 2 })), subnet(6, limits({ 'address-limit': 1 }))],
    },
  ],
};

/** The same with templates: what a client sends makes its classes. */
const TEMPLATES = {
  ...DHCP6,
  'client-classes': [
    {
      name: 'kind',
      'template-test': `option[${KIND}].hex`,
      ...limits({ 'address-limit': 3, 'prefix-limit': 2 }),
    },
    {
      name: 'own',
      'template-test': "hexstring(option[1].hex, '')",
      ...limits({ 'address-limit': 1 }),
    },
    { name: 'SPAWN_kind_c', ...limits({ 'prefix-limit': 1 }) },
    { name: 'others', test: "not member('SPAWN_kind_c')" },
  ],
};

const { solicit, request, renew, rebind, release, decline } = MessageType;
const TYPES = [
  ...[solicit, solicit, request, request, request, request],
  ...[renew, rebind, release, release, decline],
];

/** The same messages for both servers: each client always asks for addresses and prefixes of its own. */
function messages(kinds: readonly string[]): Step[] {
  const random = new Random(4711);
  const declined = new Map<string, number>();
  return Array.from({ length: MESSAGES }, (_, script) => {
    const client = random.below(CLIENTS);
    const kind = kinds[client % kinds.length]!;
    const type = random.pick(TYPES);
    // What is declined is not asked for again, and an offer that Tandem keeps is not either.
    const na = (nth: number): Ia => {
      const key = `${client} ${nth}`;
      const iaid = nth + 2 * (declined.get(key) ?? 0);
      if (type === decline) declined.set(key, (declined.get(key) ?? 0) + 1);
      return { kind: 'na', iaid, parts: [`2001:db8:2::${(0x1100 + client * 32 + iaid).toString(16)}`] };
    };
    const pd = (iaid: number): Ia => ({
      kind: 'pd',
      iaid,
      parts: [`2001:db8:90${(client + 16).toString(16)}:${iaid}00::/56`],
    });
    const what = random.below(type === decline ? 2 : 5);
    const ias = [[na(1)], [na(1), na(2)], [pd(1)], [na(1), pd(1)], [na(2), pd(1), na(1), pd(2)]][what]!;
    const isFor = type === request || type === renew || type === release || type === decline;
    return {
      script,
      type,
      duid: duidOf(client),
      server: isFor ? ('own' as const) : null,
      ias,
      options: [
        ...(kind === '' ? [] : [[KIND, Buffer.from(kind).toString('hex')] as const]),
        ...(type === solicit && random.chance(0.3) ? [[14, ''] as const] : []),
      ],
      relays: RELAY,
    };
  });
}

/** A message for the address ::100N of a subnet, N being the client. */
function message(type: number, id: number, client: number, kind = '', iaid = 1): Step {
  return {
    script: 0,
    type,
    duid: duidOf(client),
    server: type === rebind || type === solicit ? null : 'own',
    ias: [{ kind: 'na', iaid, parts: [`2001:db8:${id}::100${client}`] }],
    options: kind === '' ? [] : [[KIND, Buffer.from(kind).toString('hex')]],
    relays: by(`2001:db8:${id}::1`),
  };
}

const SPECIAL: readonly Step[] = [
  // A lease that is answered as it is counts as what it was.
  ...[renew, rebind, request].flatMap((type) => [
    message(request, 3, 1, 'g'),
    message(type, 3, 1),
    message(request, 3, 2, 'g'),
    message(release, 3, 2),
    message(release, 3, 1),
  ]),
  // What is reserved is under the limits too.
  message(request, 4, 2),
  message(request, 4, 1),
  message(solicit, 4, 1),
  message(release, 4, 2),
  message(request, 4, 1),
  message(request, 4, 2),
  // In a network.
  ...[1, 2, 3].map((client) => message(request, 5, client)),
  ...[4, 5].map((client) => message(request, 6, client)),
  message(solicit, 5, 6),
  message(release, 5, 1),
  message(request, 5, 6),
  message(solicit, 6, 7),
];

interface Lease extends ClassedLease {
  readonly 'subnet-id': number;
}

async function lifeOf(
  network: Network,
  kind: ServerKind,
  directory: string,
  dhcp6: Record<string, unknown>,
  steps: readonly Step[],
) {
  const server = createServer6(network, kind, { name: 'server1', directory, dhcp6 });
  await server.start();
  const replies = await playSteps(network, steps);
  const { arguments: all } = await server.command('lease6-get-all');
  const { arguments: statistics } = await server.command('statistic-get-all');
  await server.stop();
  const leases = (all as { leases: Lease[] }).leases
    .filter((each) => each['subnet-id'] !== 1)
    .map((lease) => `${lease['ip-address']} ${lease.state} ${countedClasses(lease)}`);
  const counted = Object.entries(statistics as Record<string, [[number]]>)
    .filter(([name]) => /^(subnet\[2\]\.)?v6-allocation-fail(-subnet|-classes)?$/.test(name))
    .map(([name, [[value]]]) => `${name} ${value}`);
  return { replies: replies.map(treeOf), leases: leases.sort(), counted: counted.sort() };
}

for (const [what, dhcp6, more, kinds] of [
  ['the same leases within the same limits', DHCP6, SPECIAL, ['', 'p', '', 'c', '', 'r', 'p', 'r']],
  ['each class that a template makes has limits of its own', TEMPLATES, [], ['p', 'c', 'p', 'q/1', '']],
] as const) {
  t.test(what, async (t) => {
    if (!needServers(t, ['kea 3.0'], ['ip'], 'kea-dhcp6')) return;
    const steps = [...messages(kinds), ...more];
    const [beside, network] = await Promise.all([createSide(t), createSide(t)]);
    const [kea, tandem] = await Promise.all([
      lifeOf(beside, 'kea 3.0', temporaryDirectory(t), dhcp6, steps),
      lifeOf(network, 'tandem', temporaryDirectory(t), dhcp6, steps),
    ]);
    const linesOf = ({ replies }: typeof kea): string[] =>
      steps.map((step, at) => `${at} ${JSON.stringify(step)}: ${replies[at]!.join('\n')}`);
    t.same(linesOf(tandem), linesOf(kea));
    t.same(tandem.leases, kea.leases);
    t.same(tandem.counted, kea.counted);
    const refused = (status: string): number =>
      kea.replies.filter((reply) => reply.some((line) => line.trim() === `status ${status}`)).length;
    t.ok(refused('2') > 10 && refused('6') > 10, 'limits were reached');
  });
}
