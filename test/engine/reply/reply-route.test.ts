/** Where replies go, for every kind of query and every way in which it can come. [RFC2131 4.1] */
import t from 'tap';
import { formatIpv4 } from '../../../src/base/ipv4.ts';
import { MessageType } from '../../../src/dhcp4/codes.ts';
import type { Context } from '../../../src/engine/context.ts';
import { serve } from '../../../src/engine/engine.ts';
import { G } from '../../../src/engine/figures/statistics.ts';
import { ClientNames } from '../../../src/engine/names/names.ts';
import type { Query } from '../../../src/engine/query.ts';
import { ReplyRouter, RoutedSlots } from '../../../src/engine/reply/reply-route.ts';
import { ip, type PacketFields, packet } from '../packets.ts';
import { type Arrival, BROADCAST_FD, queryOf, UNICAST_FD } from '../query-of.ts';

const SERVER = ip('10.0.0.1');
const OLD = '10.0.0.77';
const DIRECT = { giaddr: '0.0.0.0' };
const BROADCAST = { isBroadcast: true };

function routeOf(fields: PacketFields, arrival: Arrival): string {
  const slots = new RoutedSlots(new Uint8Array(64), 1, 64);
  new ReplyRouter(slots, 0).route(0, queryOf(packet(fields), arrival));
  const through = slots.fds[0] === BROADCAST_FD ? 'broadcast' : slots.fds[0] === UNICAST_FD ? 'unicast' : '?';
  return `${formatIpv4(slots.addresses[0]!)}:${slots.ports[0]} ${through}`;
}

const EVERYBODY = '255.255.255.255:68 broadcast';
const discover = { ...DIRECT, type: MessageType.discover };
const request = { ...DIRECT, type: MessageType.request };
const inform = { ...DIRECT, type: MessageType.inform };
const selecting = [
  [50, ip(OLD)],
  [54, SERVER],
] as const;

const ROWS: readonly (readonly [what: string, fields: PacketFields, arrival: Arrival, route: string])[] = [
  ['DISCOVER', discover, BROADCAST, EVERYBODY],
  ['DISCOVER with an old address in ciaddr', { ...discover, ciaddr: OLD }, BROADCAST, EVERYBODY],
  ['the same to the server alone', { ...discover, ciaddr: OLD }, {}, EVERYBODY],
  ['DISCOVER from the address in ciaddr', { ...discover, ciaddr: OLD }, { from: OLD }, `${OLD}:68 unicast`],
  ['the same, broadcast', { ...discover, ciaddr: OLD }, { ...BROADCAST, from: OLD }, EVERYBODY],
  ['DISCOVER from another address', { ...discover, ciaddr: OLD }, { from: '10.0.0.78' }, EVERYBODY],
  ['SELECTING', { ...request, options: selecting }, BROADCAST, EVERYBODY],
  ['SELECTING with ciaddr', { ...request, ciaddr: OLD, options: selecting }, BROADCAST, EVERYBODY],
  ['INIT-REBOOT with ciaddr', { ...request, ciaddr: OLD, options: [[50, ip(OLD)]] }, BROADCAST, EVERYBODY],
  ['REQUEST of nothing', request, BROADCAST, EVERYBODY],
  ['RENEWING', { ...request, ciaddr: OLD }, { from: OLD }, `${OLD}:68 unicast`],
  [
    'RENEWING with option 50',
    { ...request, ciaddr: OLD, options: [[50, ip(OLD)]] },
    { from: OLD },
    `${OLD}:68 unicast`,
  ],
  ['REBINDING', { ...request, ciaddr: OLD }, { ...BROADCAST, from: OLD }, `${OLD}:68 unicast`],
  ['REBINDING from 0.0.0.0', { ...request, ciaddr: OLD }, BROADCAST, `${OLD}:68 unicast`],
  ['INFORM', { ...inform, ciaddr: OLD }, { from: OLD }, `${OLD}:68 unicast`],
  ['INFORM from elsewhere', { ...inform, ciaddr: OLD }, { from: '10.0.0.78' }, `${OLD}:68 unicast`],
  ['INFORM without ciaddr', inform, { from: OLD }, `${OLD}:68 unicast`],
  [
    'relayed DISCOVER with ciaddr',
    { ciaddr: OLD, giaddr: '10.0.0.2' },
    { from: '10.0.0.2' },
    '10.0.0.2:67 unicast',
  ],
  [
    'relayed RENEWING',
    { ...request, ciaddr: OLD, giaddr: '10.0.0.2' },
    { from: '10.0.0.2' },
    '10.0.0.2:67 unicast',
  ],
  ['relayed INFORM', { ...inform, giaddr: '10.0.0.2' }, { from: '10.0.0.2' }, '10.0.0.2:67 unicast'],
  [
    'relayed INFORM with ciaddr',
    { ...inform, ciaddr: OLD, giaddr: '10.0.0.2' },
    { from: '10.0.0.2' },
    `${OLD}:68 unicast`,
  ],
  [
    'a relay that shows its port [RFC8357 5]',
    { giaddr: '10.0.0.2', options: [[82, [19, 0]]] },
    { from: '10.0.0.2', fromPort: 1067 },
    '10.0.0.2:1067 unicast',
  ],
  ['a giaddr of all ones is no relay', { ciaddr: OLD, giaddr: '255.255.255.255' }, BROADCAST, EVERYBODY],
];

t.test('ciaddr counts only where the client has the address', async (t) => {
  for (const [what, fields, arrival, route] of ROWS) t.equal(routeOf(fields, arrival), route, what);
});

const STATION = [0x00080011, 3, 0x06000001, 0x44332211, 0x6655];
const RAW = { raw: { port: 1067, mtu: 1400, shadowFd: 9 }, station: STATION };
const bflag = { flags: 0x8000 };

/** Where a reply of a type with this yiaddr goes through a packet socket. */
function rawRouteOf(fields: PacketFields, arrival: Arrival, cell: number, yiaddr: string): string {
  const slots = new RoutedSlots(new Uint8Array(128), 2, 64);
  slots.bytes.set(ip(yiaddr), 64 + 16);
  slots.cells[1] = cell;
  new ReplyRouter(slots, 0).route(1, queryOf(packet(fields), { ...RAW, ...arrival }));
  const station = [...slots.stations.subarray(5)];
  const isSender = station.join() === STATION.join();
  const isAll = station.join() === [...STATION.slice(0, 3), 0xffffffff, 0xffffffff].join();
  const from = `${formatIpv4(slots.sources[1]!)}:${slots.sourcePorts[1]} mtu ${slots.mtus[1]}`;
  if (from !== '10.0.0.1:1067 mtu 1400') return from;
  const to = isSender ? 'the sender' : isAll ? 'all' : station.join();
  return `${formatIpv4(slots.addresses[1]!)}:${slots.ports[1]} ${to}`;
}

t.test('through a packet socket a client without an address is answered at its station', async (t) => {
  const rows: readonly [string, PacketFields, Arrival, number, string, string][] = [
    ['DISCOVER', discover, BROADCAST, G['pkt4-offer-sent'], OLD, `${OLD}:68 the sender`],
    ['DISCOVER with flag', { ...discover, ...bflag }, BROADCAST, 0, OLD, '255.255.255.255:68 all'],
    ['DISCOVER with ciaddr', { ...discover, ciaddr: OLD }, BROADCAST, 0, '10.0.0.9', `${OLD}:68 the sender`],
    ['SELECTING', { ...request, options: selecting }, BROADCAST, 0, OLD, `${OLD}:68 the sender`],
    ['RENEWING', { ...request, ciaddr: OLD }, { from: OLD }, 0, OLD, `${OLD}:68 the sender`],
    ['ciaddr before the flag', { ...request, ciaddr: OLD, ...bflag }, {}, 0, OLD, `${OLD}:68 the sender`],
    ['NAK', request, BROADCAST, G['pkt4-nak-sent'], '0.0.0.0', '255.255.255.255:68 all'],
    [
      'NAK to RENEWING',
      { ...request, ciaddr: OLD },
      {},
      G['pkt4-nak-sent'],
      '0.0.0.0',
      `${OLD}:68 the sender`,
    ],
    ['no address given', discover, { from: OLD }, 0, '0.0.0.0', `${OLD}:68 the sender`],
    ['no address at all', discover, BROADCAST, 0, '0.0.0.0', '255.255.255.255:68 all'],
    ['INFORM', { ...inform, ciaddr: OLD }, {}, 0, '0.0.0.0', `${OLD}:68 the sender`],
    ['relayed', { giaddr: '10.0.0.2', ...bflag }, { from: '10.0.0.9' }, 0, OLD, '10.0.0.2:67 the sender'],
  ];
  for (const [what, fields, arrival, cell, yiaddr, route] of rows)
    t.equal(rawRouteOf(fields, arrival, cell, yiaddr), route, what);
});

t.test('an INFORM from nowhere gets no answer, and is counted [RFC2131 4.3.5]', async (t) => {
  const counted: number[] = [];
  const statistics = { add: (cell: number) => counted.push(cell) };
  const outcome = (fields: PacketFields): number =>
    serve(contextOf(queryOf(packet(fields), BROADCAST), statistics), false);
  t.equal(outcome(inform), G['tandem-drop-no-return-address']);
  t.equal(outcome({ ...inform, giaddr: '255.255.255.255' }), G['tandem-drop-no-return-address']);
  t.same(counted, [G['pkt4-inform-received'], G['pkt4-inform-received']]);
});

/** As much of a context as a query without an answer needs. */
function contextOf(query: Query, statistics: { add: (cell: number) => void }): Context {
  return { query, statistics, names: new ClientNames(query) } as unknown as Context;
}
