/** What classes do to a query: guards of subnets and pools, DROP, REJECT, additional classes, those of a host. */
import t, { type Test } from 'tap';
import { addHostClasses, classifyKnown } from '../../../src/engine/classes/assign.ts';
import { classifyReceived } from '../../../src/engine/classes/classification.ts';
import type { Context } from '../../../src/engine/context.ts';
import { Membership } from '../../classes/membership.ts';
import { DISCOVER, datagram4, END, option } from '../../oracle/datagram4.ts';
import type { BenchServer } from '../bench-server.ts';
import { ip, packet } from '../packets.ts';
import { discover, request, serverFor } from '../queries.ts';

const PRIMARY = 1;
const SECONDARY = 2;
/** Hash 254 is even, the primary's; 31 is odd, the secondary's. */
const OF_PRIMARY = '00:00:00:00:00:00';
const OF_SECONDARY = '0a:0b:0c:0d:0e:0f';

const vendor = (text: string) => [60, [...Buffer.from(text)]] as const;

/** The configuration of Kea's manual: phones and laptops of each server have a pool of their own. */
const ADVANCED = {
  'client-classes': [
    { name: 'phones', test: "substring(option[60].hex,0,6) == 'Aastra'" },
    { name: 'laptops', test: "not member('phones')" },
    { name: 'phones_server1', test: "member('phones') and member('HA_server1')" },
    { name: 'phones_server2', test: "member('phones') and member('HA_server2')" },
    { name: 'laptops_server1', test: "member('laptops') and member('HA_server1')" },
    { name: 'laptops_server2', test: "member('laptops') and member('HA_server2')" },
  ],
  subnet4: [
    {
      id: 1,
      subnet: '10.0.0.0/16',
      pools: [
        { pool: '10.0.1.0/24', 'client-class': 'phones_server1' },
        { pool: '10.0.2.0/24', 'client-class': 'laptops_server1' },
        { pool: '10.0.3.0/24', 'client-class': 'phones_server2' },
        { pool: '10.0.4.0/24', 'client-class': 'laptops_server2' },
      ],
      relay: { 'ip-addresses': ['127.0.0.1'] },
    },
  ],
};

function pairServer(t: Test, name: string): BenchServer {
  const peers = [
    { name: 'server1', url: 'http://127.0.0.1:8001/', role: 'primary' },
    { name: 'server2', url: 'http://127.0.0.1:8002/', role: 'secondary' },
  ];
  const relationship = { 'this-server-name': name, mode: 'load-balancing', peers };
  return serverFor(t, {
    ...ADVANCED,
    'hooks-libraries': [
      { library: '/usr/lib/libdhcp_lease_cmds.so' },
      { library: '/usr/lib/libdhcp_ha.so', parameters: { 'high-availability': [relationship] } },
    ],
  });
}

t.test('phones and laptops of both servers of a pair get addresses of their own pools', async (t) => {
  for (const [name, scope] of [
    ['server1', PRIMARY],
    ['server2', SECONDARY],
  ] as const) {
    const server = pairServer(t, name);
    server.policy({ activeServers: 2, scopes: scope });
    const own = scope === PRIMARY ? OF_PRIMARY : OF_SECONDARY;
    const pools = scope === PRIMARY ? ['10.0.1.', '10.0.2.'] : ['10.0.3.', '10.0.4.'];
    const phone = server.ask(packet({ mac: own, options: [vendor('Aastra 6739i')] }));
    t.ok(phone?.yiaddr.startsWith(pools[0]!), `${name}: phone ${phone?.yiaddr}`);
    const laptop = server.ask(packet({ mac: own.replace(/..$/, '00'), options: [vendor('MSFT 5.0')] }));
    if (laptop !== null) t.ok(laptop.yiaddr.startsWith(pools[1]!), `${name}: laptop ${laptop.yiaddr}`);
    t.equal(server.ask(packet({ mac: scope === PRIMARY ? OF_SECONDARY : OF_PRIMARY })), null);
    server.policy({ activeServers: 2, scopes: PRIMARY | SECONDARY });
    const others = scope === PRIMARY ? ['10.0.3.', '10.0.4.'] : ['10.0.1.', '10.0.2.'];
    const other = scope === PRIMARY ? OF_SECONDARY : OF_PRIMARY;
    t.ok(
      server.ask(packet({ mac: other }))?.yiaddr.startsWith(others[1]!),
      'the partner’s laptops, standing in',
    );
  }
});

t.test('a subnet is selected only by queries of its class', async (t) => {
  const server = serverFor(t, {
    'client-classes': [{ name: 'gold', test: "option[60].hex == 'gold'" }],
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/24',
        pools: [{ pool: '10.0.0.10 - 10.0.0.20' }],
        relay: { 'ip-addresses': ['127.0.0.1'] },
        'client-class': 'gold',
      },
    ],
  });
  t.equal(server.ask(discover(1)), null);
  t.equal(server.statistic('tandem-drop-no-subnet'), 1);
  t.match(server.ask(discover(1, [vendor('gold')]))?.yiaddr, /^10\.0\.0\./);
});

t.test('DROP drops at either time, REJECT is silent to DISCOVER and refuses REQUEST', async (t) => {
  const server = serverFor(t, {
    'client-classes': [
      { name: 'DROP', test: "option[60].hex == 'drop' or option[60].hex == 'late' and member('UNKNOWN')" },
      { name: 'REJECT', test: "option[60].hex == 'reject'" },
    ],
  });
  t.equal(server.ask(discover(1, [vendor('drop')])), null);
  t.equal(server.ask(discover(1, [vendor('late')])), null);
  t.equal(server.statistic('tandem-drop-class'), 2);
  t.equal(server.statistic('pkt4-admin-filtered'), 2);
  t.equal(server.ask(discover(1, [vendor('reject')])), null);
  t.equal(server.statistic('tandem-drop-class-reject'), 1);
  t.equal(server.ask(request(1, '10.0.0.10', [vendor('reject')]))?.type, 6);
  t.equal(server.ask(discover(1))?.type, 2);
});

t.test('an expression with an error is counted', async (t) => {
  const server = serverFor(t, {
    'client-classes': [{ name: 'x', test: "addrtotext(option[60].hex) == 'x'" }],
  });
  t.equal(server.ask(discover(1, [vendor('abc')]))?.type, 2);
  t.equal(server.statistic('tandem-class-errors'), 1);
});

t.test('the classes of a host come first, and the others are evaluated anew', async (t) => {
  const membership = new Membership([
    { name: 'second', test: "not member('reserved')" },
    { name: 'reserved' },
    { name: 'third', test: "member('reserved')" },
    { name: 'late', test: "member('KNOWN') and member('third')" },
    { name: 'sub', test: "member('KNOWN') and option[43].option[1].exists" },
  ]);
  membership.take(datagram4({ options: [...DISCOVER, ...option(43, [1, 1, 0]), ...END] }));
  const context = { classes: membership.program, query: membership.query } as unknown as Context;
  classifyReceived(context);
  t.same(membership.names(), ['second']);
  addHostClasses(context, [membership.ids.find('reserved')]);
  t.same(membership.names(), ['reserved', 'third']);
  classifyKnown(context, true);
  t.same(membership.names(), ['reserved', 'third', 'KNOWN', 'late', 'sub']);
});

t.test('a query in parts is classified as one', async (t) => {
  const server = serverFor(t, {
    'client-classes': [{ name: 'DROP', test: "option[77].hex == 'abcd'" }],
  });
  const parts = [
    [77, [97, 98]],
    [77, [99, 100]],
  ] as const;
  t.equal(server.ask(discover(1, parts)), null);
  t.equal(
    server.ask(
      packet({
        options: [
          [77, [97, 98]],
          [50, ip('10.0.0.10')],
        ],
      }),
    )?.type,
    2,
  );
});
