/** Names of which `hostname-char-set` leaves nothing: what the client, the lease and the answer have then, of both Keas and Tandem. */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet } from '../engine/packets.ts';
import { besideKea } from './beside-kea.ts';
import { type Asked, askAsRelay, ORDERLY } from './comparing.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import type { DhcpServer } from './server.ts';
import { KEAS_IN_TURN } from './turn.ts';

const octets = (text: string): number[] => [...Buffer.from(text, 'latin1')];

/** Small letters go; with what is put in their place. */
const SETS = [
  ['[a-z]', ''],
  ['[a-z]+', '-'],
  ['[a-z]', '.'],
  ['.', ''],
] as const;
const NAMES = ['abc', 'a.b', 'abc.', '.', '-', 'a..b', '.abc', 'abc.DEF', 'DEF.abc', '$', 'a$b'];
const SETTINGS = [
  {},
  { 'ddns-qualifying-suffix': 'example.com' },
  { 'ddns-replace-client-name': 'when-present' },
];
const SUBNETS = SETS.flatMap(([set, replacement], row) =>
  SETTINGS.map((more, column) => ({ net: row * SETTINGS.length + column, set, replacement, more })),
);
const DHCP4 = {
  ...ORDERLY,
  'dhcp-ddns': { 'enable-updates': true },
  'ddns-qualifying-suffix': '',
  subnet4: [
    { id: 1, subnet: '10.64.0.0/14', pools: [{ pool: '10.65.0.0 - 10.65.255.255' }] },
    ...SUBNETS.map(({ net, set, replacement, more }) => ({
      id: net + 2,
      subnet: `10.90.${net}.0/24`,
      pools: [{ pool: `10.90.${net}.1 - 10.90.${net}.250` }],
      'hostname-char-set': set,
      'hostname-char-replacement': replacement,
      ...more,
    })),
  ],
};

interface Row {
  readonly what: string;
  readonly address: string;
  readonly datagram: Uint8Array;
}

function queries(server: ServerName): Row[] {
  return SUBNETS.flatMap(({ net, set, replacement, more }) =>
    NAMES.flatMap((name, which) => {
      const labels = name.split('.').filter((label) => label !== '');
      return [
        [12, octets(name)] as const,
        [81, [1, 0, 0, ...octets(name)]] as const,
        [81, [5, 0, 0, ...labels.flatMap((label) => [label.length, ...octets(label)]), 0]] as const,
      ].map((option, how) => {
        const number = net * 256 + which * 3 + how;
        const address = `10.90.${net}.${which * 3 + how + 1}`;
        const mac = `02:00:00:0a:${[number >> 8, number & 255].map((octet) => octet.toString(16).padStart(2, '0')).join(':')}`;
        const options = [
          [50, ip(address)] as const,
          [54, ip(ADDRESS[server])] as const,
          option,
          [55, [12, 81]] as const,
          [82, [5, 4, ...ip(`10.90.${net}.0`)]] as const,
        ];
        const fields = { type: MessageType.request, mac, xid: number + 1, giaddr: ADDRESS.load, options };
        const what = `${set} -> "${replacement}" ${JSON.stringify(more)}: "${name}" in option ${option[0]}, ${how}`;
        return { what, address, datagram: packet(fields) };
      });
    }),
  );
}

async function told(server: DhcpServer, { address, reply }: Asked<Row>): Promise<string> {
  const option = (code: number) =>
    reply?.options.has(code) ? `"${Buffer.from(reply.options.get(code)!).toString('latin1')}"` : 'none';
  const { arguments: lease } = await server.command('lease4-get', { 'ip-address': address });
  const { hostname } = (lease ?? {}) as { hostname?: string };
  return reply === null ? 'silence' : `12 ${option(12)}, 81 ${option(81)}, lease ${hostname}`;
}

const NOTHING = '12 none, 81 none, lease ';

/** Where Kea 3.0 does something else than Kea 2.2 and Tandem, each as docs/kea-compatibility.md tells it. */
const OF_KEA_3: readonly (readonly [reason: string, covers: (kea: string, own: string) => boolean])[] = [
  [
    'option 81 of which nothing is left is not answered',
    (kea, own) => kea === NOTHING && /^12 none, 81 "...[.\0]?", lease \.$/s.test(own),
  ],
  [
    'option 81 with a lone dot is answered with it',
    (kea, own) => own === NOTHING && /^12 none, 81 "..\0\.", lease \.$/s.test(kea),
  ],
  [
    'option 12 of which no letter or digit is left is no name of the domain',
    (kea, own) => {
      const name = /^12 "(.*)", 81 none, lease \1$/s.exec(own)?.[1];
      const bare = /^12 "(.*)", 81 none, lease \1$/s.exec(kea)?.[1] ?? '';
      return name?.startsWith(bare) === true && /^\.*example\.com$/.test(name.slice(bare.length));
    },
  ],
];

for (const version of KEAS_IN_TURN)
  t.test(`what ${version} makes of a name of which nothing remains`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const { network, kea, own } = besideKea(t, version, DHCP4);
    await Promise.all([kea.start(), own.start()]);
    const byKea = await askAsRelay(network, 'server1', queries('server1'));
    const bySubject = await askAsRelay(network, 'server2', queries('server2'));
    const met = new Set<string>();
    for (const [index, query] of bySubject.entries()) {
      const wanted = await told(kea, byKea[index]!);
      const found = await told(own, query);
      const reason = OF_KEA_3.find(([, covers]) => covers(wanted, found))?.[0];
      if (found === wanted) continue;
      if (version === 'kea 3.0' && reason !== undefined) met.add(reason);
      else t.equal(JSON.stringify(found), JSON.stringify(wanted), query.what);
    }
    t.same([...met].sort(), version === 'kea 3.0' ? OF_KEA_3.map(([reason]) => reason).sort() : []);
    await Promise.all([kea.stop(), own.stop()]);
  });
