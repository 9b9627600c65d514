/** subnet6-select-test of Kea 3.0 and of Tandem, with the same configuration: the same answers. Kea 2.2 does not have it. */
import t from 'tap';
import { SERVERS_SEGMENT } from './configuration.ts';
import { SERVER_ID } from './differential6/player.ts';
import { needServers, type ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network } from './network.ts';
import { ADDRESS6, addressesUsable } from './scene6.ts';
import { SUBJECT } from './server.ts';
import { createServer6 } from './server6.ts';

const KEA = 'kea 3.0';
const GUARD = 'client-class';
const DHCP6 = {
  'server-id': SERVER_ID,
  subnet6: [
    { id: 1, subnet: '2001:db8:1::/64', interface: SERVERS_SEGMENT },
    { id: 2, subnet: '2001:db8:2::/64', 'interface-id': 'abc', [GUARD]: 'c1' },
    { id: 3, subnet: '2001:db8:3::/64', relay: { 'ip-addresses': ['2001:db8:9::9', 'fe80::9'] } },
    { id: 4, subnet: '2001:db8:4::/64', 'interface-id': '12' },
  ],
  'shared-networks': [
    {
      name: 'foo',
      'interface-id': 'network',
      subnet6: [
        { id: 5, subnet: '2001:db8:5::/64', [GUARD]: 'c2' },
        { id: 6, subnet: '2001:db8:6::/64' },
      ],
    },
    { name: 'bar', [GUARD]: 'c1', subnet6: [{ id: 7, subnet: '2001:db8:7::/64' }] },
  ],
};
const TEXTS = [
  '',
  'x',
  'lo',
  SERVERS_SEGMENT,
  '10.0.0.1',
  '::',
  '::ffff:10.0.0.1',
  '2001:db8::/32',
  'fe80::1%lo',
];
const WRONG = [1, null, true, [], {}];
const ADDRESSES = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `2001:db8:${n}::7`),
  '2001:db8:9::9',
  'fe80::9',
  '::',
];
const IDENTIFIERS = [
  "'abc'",
  " 'abc' ",
  '616263',
  '0x616263',
  '61:62:63',
  '61 62 63',
  "'12'",
  '3132',
  "'network'",
  "''",
  'zz',
  '6',
  '61:',
  "'",
];
const CLASSES = [[], ['c1'], ['c2'], ['c1', 'c2'], ['nobody knows', 'c1']];

function* questions(): Generator<unknown> {
  yield* [undefined, null, [], 'x', {}, { foo: 1 }, { foo: 1, classes: 1 }, { classes: 1, foo: 1 }];
  for (const name of ['interface', 'interface-id', 'link', 'remote', 'classes'])
    for (const value of [...TEXTS, ...WRONG, [1], ['c1', 1]]) yield { [name]: value };
  for (const classes of CLASSES) {
    for (const address of ADDRESSES) {
      yield { remote: address, classes };
      yield { link: address, classes };
      yield { link: address, remote: '2001:db8:1::9', interface: SERVERS_SEGMENT, classes };
      // Without a link-address Kea 3.0 takes no notice of an interface-id, later ones do.
      if (address !== '::') yield { link: address, 'interface-id': "'abc'", classes };
    }
    for (const identifier of IDENTIFIERS)
      yield { 'interface-id': identifier, link: '2001:db8:6::1', classes };
  }
  for (const name of ['lo', SERVERS_SEGMENT, 'none'])
    for (const remote of ADDRESSES) yield { interface: name, remote };
}

/** Answers in the order of the questions. */
async function answers(network: Network, kind: ServerKind, directory: string): Promise<unknown[]> {
  const server = createServer6(network, kind, { name: 'server1', directory, dhcp6: DHCP6 });
  await server.start();
  const told: unknown[] = [];
  for (const args of questions()) told.push(await server.command('subnet6-select-test', args as never));
  await server.stop();
  return told;
}

t.test('a subnet is selected as by Kea', async (t) => {
  if (!needServers(t, [KEA], ['ip'], 'kea-dhcp6')) return;
  const network = createNetwork(t, {
    [SERVERS_SEGMENT]: { server1: { address: ADDRESS6.server1, mac: '02:00:00:00:0a:01' } },
  });
  await addressesUsable(network, [['server1', SERVERS_SEGMENT]]);
  const kea = await answers(network, KEA, temporaryDirectory(t));
  const tandem = await answers(network, SUBJECT, temporaryDirectory(t));
  for (const [at, args] of [...questions()].entries())
    if (JSON.stringify(kea[at]) !== JSON.stringify(tandem[at]))
      t.same(tandem[at], kea[at], JSON.stringify(args));
  t.ok(kea.length > 300, `${kea.length} answers`);
});
