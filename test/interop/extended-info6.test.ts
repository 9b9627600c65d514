/**
 * What DHCPv6 leases keep of relays (`store-extended-info`), and the hardware addresses that these tell: row by row the same in the lease files of Kea and Tandem, when leases
 * are given, go on, and end.
 */
import t from 'tap';
import { MessageType } from '../../src/dhcp6/codes.ts';
import { SERVERS_SEGMENT } from './configuration.ts';
import { playSteps, SERVER_ID } from './differential6/player.ts';
import type { Ia, OptionHex, Relay, Step } from './differential6/steps.ts';
import { needServers, type ServerKind } from './kea.ts';
import { readRows } from './lease-files.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { createPair6 } from './pair6.ts';
import { ADDRESS6, addressesUsable, farSubnet6, nearSubnet6 } from './scene6.ts';
import { SUBJECT } from './server.ts';
import { createServer6, type DhcpServer6 } from './server6.ts';
import { KEAS_IN_TURN } from './turn.ts';

const { decline, rebind, release, renew, request, solicit } = MessageType;
const BOTH: readonly Ia[] = [
  { kind: 'na', iaid: 1, parts: [] },
  { kind: 'pd', iaid: 2, parts: [] },
];
const OWN = BOTH.map((ia) => ({ ...ia, parts: ['own'] }));
const LINK = '2001:db8:2::5';

const relay = (options: readonly OptionHex[], link = LINK, peer = 'fe80::1'): Relay => ({
  link,
  peer,
  options,
});
const RAPID: OptionHex = [14, ''];

const SUBNETS = [nearSubnet6({ 'rapid-commit': true }), farSubnet6({ 'rapid-commit': true })];

/** Ways to the server, the nearest to the client first. */
const WAYS: readonly (readonly Relay[])[] = [
  [],
  [relay([])],
  [relay([[18, '6530']])],
  [relay([[18, '']])],
  [
    relay([
      [53, '0003ab'],
      [37, '00000009cd'],
      [38, ''],
      [37, '00000007ef'],
      [18, '65'],
    ]),
  ],
  [relay([[37, '00000009']])],
  [
    relay([
      [53, ''],
      [53, '0003'],
    ]),
  ],
  [
    relay([
      [79, '0001020304050607'],
      [65_001, '00'],
      [300, 'ff'],
      [300, '00'],
    ]),
  ],
  [relay([[79, '0006020304050608']])],
  [relay([[18, '01']]), relay([[37, '00000009ab']], '::', 'fe80::2')],
  [relay([[53, '00']], LINK, '::ffff:c000:201'), relay([], '2001:db8:2::'), relay([[53, '01']], '::', '::')],
];

/** What each client does, one after the other, and the way of each message. */
type Deed = readonly [type: number, way: number, ias: readonly Ia[], options?: readonly OptionHex[]];
const DEEDS: readonly (readonly Deed[])[] = [
  ...WAYS.map((_, way): Deed[] => [[request, way, BOTH]]),
  [
    [solicit, 2, BOTH],
    [solicit, 2, BOTH, [RAPID]],
  ],
  [
    [request, 2, BOTH],
    [renew, 0, OWN],
    [renew, 4, OWN],
    [rebind, 9, OWN],
    [rebind, 9, OWN],
  ],
  [
    [request, 0, BOTH],
    [rebind, 2, OWN],
  ],
  // What relays say of the hardware address changes with the way.
  [
    [request, 0, BOTH],
    [renew, 7, OWN],
    [request, 2, OWN],
    [rebind, 8, OWN.slice(0, 1)],
    [renew, 2, OWN],
    [release, 7, OWN],
  ],
  [
    [request, 2, BOTH],
    [request, 4, OWN],
  ],
  [
    [request, 2, BOTH],
    [decline, 4, OWN.slice(0, 1)],
  ],
  [
    [request, 2, BOTH],
    [release, 4, OWN],
    [request, 0, BOTH],
  ],
];

function stepOf(client: number, [type, way, ias, options = []]: Deed): Step {
  const duid = `00030001020000000a${client.toString(16).padStart(2, '0')}`;
  const server = type === solicit || type === rebind ? null : 'own';
  return { script: client, type, duid, server, ias, options, relays: WAYS[way]! };
}

const STEPS = DEEDS.flatMap((deeds, client) => deeds.map((deed) => stepOf(client, deed)));

/** Rows of the file in their order: of which lease, in which state, its hardware address and its context. */
async function rowsOf(t: Parameters<typeof createNetwork>[0], kind: ServerKind): Promise<string[]> {
  const network = createNetwork(t, {
    [SERVERS_SEGMENT]: { server1: { address: ADDRESS6.server1 }, load: { address: ADDRESS6.load } },
  });
  await addressesUsable(network, [
    ['server1', SERVERS_SEGMENT],
    ['load', SERVERS_SEGMENT],
  ]);
  const server = createServer6(network, kind, {
    name: 'server1',
    directory: temporaryDirectory(t),
    dhcp6: {
      'server-id': SERVER_ID,
      'store-extended-info': true,
      'cache-max-age': 0,
      'preferred-lifetime': 3000,
      'valid-lifetime': 4000,
      subnet6: SUBNETS,
    },
  });
  await server.start();
  await playSteps(network, STEPS);
  await server.stop();
  const { rows } = readRows(server.leaseFile);
  return rows.map((field) => {
    const end = field('valid_lifetime') === '0' ? ' gone' : '';
    const hardware = ['hwaddr', 'hwtype', 'hwaddr_source'].map(field).join('/');
    return `${field('duid').slice(-5)} ${field('lease_type')} ${field('state')}${end}: ${hardware} ${field('user_context')}`;
  });
}

/** As Kea 2.2 writes a context, and a declined lease of nobody's. */
function olderForm(row: string): string {
  return row
    .replace('"relay-info"', '"relays"')
    .replace(/&#x2c "(relay|remote)-id": "[0-9A-F]+"/g, '')
    .replace(/^00:00 0 1/, '00 0 1')
    .replace(' 3 gone', ' 0 gone');
}

for (const version of KEAS_IN_TURN)
  t.test(`the lease file says of the relays what that of ${version} says`, async (t) => {
    if (!needServers(t, [version], ['ip'], 'kea-dhcp6')) return;
    const wanted = await rowsOf(t, version);
    const found = await rowsOf(t, SUBJECT);
    t.ok(wanted.length > STEPS.length);
    t.same(version === 'kea 2.2' ? found.map(olderForm) : found, wanted);
  });

for (const version of KEAS_IN_TURN)
  t.test(`what leases keep of relays is known to ${version} as the partner`, async (t) => {
    if (!needServers(t, [version], ['ip'], 'kea-dhcp6')) return;
    const both = { 'store-extended-info': true, subnet6: SUBNETS };
    const pair = await createPair6(t, {
      mode: 'hot-standby',
      server1: SUBJECT,
      server2: version,
      dhcp6: { server1: { ...both, 'server-id': SERVER_ID }, server2: both },
    });
    await Promise.all([pair.server1.start(), pair.server2.start()]);
    await pair.normal();
    const steps = WAYS.map((_, way) => stepOf(way, [solicit, way, BOTH, [RAPID]]));
    await playSteps(pair.network, steps);
    await pair.stop();
    const contextsOf = ({ leaseFile }: DhcpServer6) =>
      new Map(readRows(leaseFile).rows.map((field) => [field('address'), field('user_context')]));
    const own = contextsOf(pair.server1);
    t.equal(own.size, 2 * WAYS.length + 1, 'and that of the one behind every message');
    t.same(Object.fromEntries(contextsOf(pair.server2)), Object.fromEntries(own));
  });
