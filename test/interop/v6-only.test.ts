/** Clients that can do without IPv4 [RFC8925], and options with faults that `lenient-option-parsing` forgives: as Kea 3.0. */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet } from '../engine/packets.ts';
import { askAsRelay, comparable, ORDERLY } from './comparing.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { createServer, SUBJECT } from './server.ts';

type Option = readonly [number, readonly number[]];
type Row = { what: string; datagram: Uint8Array };

const V6_ONLY = { name: 'v6-only-preferred', data: '1800' };
const DOMAIN = { name: 'domain-name', data: 'example.org', 'always-send': true };
const MAIN = { id: 1, subnet: '10.64.0.0/14', pools: [{ pool: '10.65.0.0 - 10.65.255.255' }] };
const OTHER = { id: 2, subnet: '10.80.0.0/24', pools: [{ pool: '10.80.0.100 - 10.80.0.199' }] };
const host = { 'hw-address': '02:00:00:00:07:05', hostname: 'reserved', 'next-server': '10.64.9.9' };
const network = (more: object, one: object, two: object) => ({
  subnet4: [],
  'shared-networks': [
    {
      name: 'n',
      ...more,
      subnet4: [
        { ...MAIN, ...one },
        { ...OTHER, ...two },
      ],
    },
  ],
});

const PLACES: readonly (readonly [what: string, dhcp4: object])[] = [
  ['a subnet', { subnet4: [{ ...MAIN, 'option-data': [V6_ONLY, DOMAIN], reservations: [host] }, OTHER] }],
  ['a network', network({ 'option-data': [V6_ONLY] }, {}, {})],
  ['a subnet of the network', network({}, {}, { 'option-data': [V6_ONLY, DOMAIN] })],
  ['a pool', { subnet4: [{ ...MAIN, pools: [{ ...MAIN.pools[0], 'option-data': [V6_ONLY] }] }] }],
  ['the global scope', { 'option-data': [V6_ONLY], subnet4: [MAIN] }],
];

let transaction = 1;
/** A client that is told of option 108 may not ask as the one behind each query, which has this address. */
function query(type: number, client: number, options: readonly Option[], fields: object = {}): Uint8Array {
  const mac = `02:00:00:00:07:${client.toString(16).padStart(2, '0')}`;
  return packet({ type, xid: transaction++, mac, giaddr: ADDRESS.load, options, ...fields });
}

function v6OnlyQueries(server: ServerName): Row[] {
  const own: Option = [54, ip(ADDRESS[server])];
  const asks: Option = [55, [1, 3, 51, 108]];
  const rows: Row[] = [];
  const { discover, request, inform } = MessageType;
  for (const [how, more] of [
    ['asking', [asks]],
    ['not asking', [[55, [1, 3, 51]]]],
    ['with the option', [[108, [0, 0, 0, 1]]]],
    ['asking, named', [asks, [12, [97]], [82, [1, 1, 7]]]],
    ['asking, with a domain name', [asks, [81, [0, 0, 0, 97]]]],
  ] as readonly [string, Option[]][]) {
    for (const client of [4, 5]) {
      const address: Option = [50, ip(`10.65.1.${client}`)];
      const at = { ciaddr: `10.65.1.${client}` };
      rows.push(
        { what: `DISCOVER ${how}`, datagram: query(discover, client, more) },
        { what: `REQUEST ${how}`, datagram: query(request, client, [own, address, ...more]) },
        { what: `INIT-REBOOT ${how}`, datagram: query(request, client, [address, ...more]) },
        { what: `renewal ${how}`, datagram: query(request, client, more, at) },
        { what: `INFORM ${how}`, datagram: query(inform, client, more, { ciaddr: '0.0.0.0' }) },
      );
    }
  }
  return rows;
}

const FLEX_ID = {
  library: 'libdhcp_flex_id.so',
  parameters: { 'identifier-expression': 'option[226].hex', 'replace-client-id': true },
};
/** Whether clients get their identifier back [RFC6842]; what replaces it is sent back whatever the setting. */
const ECHOES: readonly (readonly [what: string, dhcp4: object])[] = [
  ['with echo', {}],
  ['without echo', { 'echo-client-id': false }],
  ['with echo and flexible identifiers', { 'hooks-libraries': [FLEX_ID] }],
  ['without echo, with flexible identifiers', { 'echo-client-id': false, 'hooks-libraries': [FLEX_ID] }],
];

function identifiedQueries(server: ServerName): Row[] {
  const own: Option = [54, ip(ADDRESS[server])];
  const asks: Option = [55, [1, 3, 51, 61, 108]];
  const { discover, request, inform } = MessageType;
  const identified: readonly (readonly [what: string, options: readonly Option[]])[] = [
    ['no identifier', []],
    ['an identifier', [[61, [1, 2, 3]]]],
    ['a port', [[226, [7, 7, 7]]]],
    [
      'both',
      [
        [61, [1, 2, 3]],
        [226, [7, 7, 7]],
      ],
    ],
  ];
  return identified.flatMap(([what, options], index) => {
    const more = [asks, ...options];
    const address: Option = [50, ip('10.65.1.9')];
    return [
      { what: `DISCOVER, ${what}`, datagram: query(discover, index, more) },
      { what: `REQUEST, ${what}`, datagram: query(request, index, [own, address, ...more]) },
      { what: `INFORM, ${what}`, datagram: query(inform, index, more, { ciaddr: '0.0.0.0' }) },
    ];
  });
}

const enterprise = [0, 0, 0, 9];
function lenientQueries(): Row[] {
  const faults: readonly (readonly [what: string, options: readonly Option[]])[] = [
    ['124 that is whole', [[124, [...enterprise, 2, 97, 98]]]],
    ['124 that is cut off', [[124, [...enterprise, 5, 97, 98]]]],
    [
      '124 and 200',
      [
        [124, [...enterprise, 5, 97, 98]],
        [200, [1]],
      ],
    ],
    ['124 cut off in the second data', [[124, [...enterprise, 1, 97, ...enterprise, 9, 120, 121]]]],
    ['124 with a length alone', [[124, [...enterprise, 5]]]],
    ['81 with a label past the end', [[81, [4, 0, 0, 9, 97, 98]]]],
    [
      '81, 12 and 200',
      [
        [81, [4, 0, 0, 9, 97, 98]],
        [12, [97]],
        [200, [1]],
      ],
    ],
    ['81 with a label of 64', [[81, [4, 0, 0, 64, ...new Array(64).fill(97), 0]]]],
    ['81 with an empty label', [[81, [0, 0, 0, 97, 46, 46, 98]]]],
    ['81 with a pointer', [[81, [4, 0, 0, 0xc0, 0]]]],
    ['81 of two octets', [[81, [0, 0]]]],
    ['81 with flags against each other', [[81, [9, 0, 0, 97]]]],
    ['81 with unknown flags', [[81, [0xf0, 0, 0, 97]]]],
    ['119 that is cut off', [[119, [5, 97, 98]]]],
  ];
  return faults.map(([what, options], index) => ({
    what,
    datagram: query(MessageType.discover, index + 1, options),
  }));
}

const CLASSES = [
  'vendor-class[9].exists',
  "vendor-class[9].data == 'ab'",
  "vendor-class[9].data[1] == 'xy'",
  'option[81].exists',
  'option[200].exists',
  "option[12].hex == 'a'",
].map((test, index) => ({
  name: `class${index}`,
  test,
  'option-data': [{ code: 230 + index, data: '01', 'csv-format': false, 'always-send': true }],
}));

const SCENES: readonly (readonly [what: string, dhcp4: object, queries: (server: ServerName) => Row[]])[] = [
  ...PLACES.map(([what, dhcp4]) => [`IPv6 alone on ${what}`, dhcp4, v6OnlyQueries] as const),
  ...ECHOES.map(
    ([what, more]) => [`IPv6 alone ${what}`, { ...PLACES[0]![1], ...more }, identifiedQueries] as const,
  ),
  [
    'lenient option parsing',
    { compatibility: { 'lenient-option-parsing': true }, 'client-classes': CLASSES, subnet4: [MAIN] },
    lenientQueries,
  ],
];

for (const [what, dhcp4, queries] of SCENES)
  t.test(`${what}: the answers of Kea 3.0`, async (t) => {
    if (!needServers(t, ['kea 3.0'], ['ip'])) return;
    const directory = temporaryDirectory(t);
    const scene = createNetwork(t, serversSegment());
    const settings = { ...ORDERLY, ...dhcp4 };
    const kea = createServer(scene, 'kea 3.0', { name: 'server1', directory, mode: null, dhcp4: settings });
    const own = createServer(scene, SUBJECT, { name: 'server2', directory, mode: null, dhcp4: settings });
    await Promise.all([kea.start(), own.start()]);
    const byKea = await askAsRelay(scene, 'server1', queries('server1'));
    const bySubject = await askAsRelay(scene, 'server2', queries('server2'));
    for (const [index, { what, reply }] of bySubject.entries()) {
      const wanted = byKea[index]!.reply;
      t.same(comparable('server2', reply), comparable('server1', wanted), `${index}: ${what}`);
      t.equal(reply?.siaddr, wanted?.siaddr, `${index}: ${what}: siaddr`);
    }
    await Promise.all([kea.stop(), own.stop()]);
  });
