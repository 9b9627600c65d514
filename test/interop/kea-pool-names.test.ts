/** DNS settings of pools, as Kea 3.0 has them: the same answers, leases and name change requests. */
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet } from '../engine/packets.ts';
import { askAsRelay, ORDERLY } from './comparing.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network } from './network.ts';
import { serversSegment } from './pair.ts';
import { createServer, type DhcpServer, SUBJECT } from './server.ts';
import { until } from './waiting.ts';

const SINK = fileURLToPath(new URL('./request-sink.js', import.meta.url));
const SINK_MS = 10_000;

const octets = (text: string): number[] => [...Buffer.from(text, 'latin1')];
/** Of the first pool, of the second, and of none. */
const PLACES = ['10.65.100.', '10.66.100.'] as const;
const INPUTS: readonly (readonly [number, number[]] | null)[] = [
  null,
  [12, octets('host')],
  [12, octets('ho_st')],
  [81, [0, 0, 0, ...octets('fq')]],
  [81, [1, 0, 0, ...octets('fq.example.org.')]],
  [81, [8, 0, 0, ...octets('no')]],
];

const POOL: readonly Readonly<Record<string, unknown>>[] = [
  { 'ddns-ttl': 77 },
  { 'ddns-ttl-percent': 0.5, 'ddns-ttl-max': 900 },
  { 'ddns-ttl-min': 3000 },
  { 'ddns-conflict-resolution-mode': 'no-check-without-dhcid' },
  { 'ddns-update-on-renew': true },
  { 'ddns-send-updates': false },
  { 'ddns-override-no-update': true, 'ddns-override-client-update': true },
  { 'ddns-replace-client-name': 'always', 'ddns-generated-prefix': 'pool' },
  { 'ddns-qualifying-suffix': 'pool.example' },
  { 'hostname-char-set': '[a-h]', 'hostname-char-replacement': 'Z' },
];

interface Query {
  readonly datagram: Uint8Array;
  readonly address: string;
}

/** Each client asks twice: the second time it renews. */
function queries(server: ServerName): Query[] {
  const all = PLACES.flatMap((place) =>
    INPUTS.map((input, index) => ({ address: `${place}${index + 1}`, input })),
  );
  return [true, false].flatMap((isFirst) =>
    all.map(({ address, input }, index) => {
      const mac = `02:00:00:00:05:${(index + 1).toString(16).padStart(2, '0')}`;
      const own: [number, number[]][] = isFirst
        ? [
            [50, ip(address)],
            [54, ip(ADDRESS[server])],
          ]
        : [];
      const options = input === null ? own : [...own, input];
      const xid = index + 1 + (isFirst ? 0 : 256);
      const fields = { type: MessageType.request, mac, xid, giaddr: ADDRESS.load };
      const datagram = packet({ ...fields, options, ...(isFirst ? {} : { ciaddr: address }) });
      return { datagram, address };
    }),
  );
}

async function look(
  network: Network,
  server: DhcpServer,
  settled: (lines: readonly string[]) => boolean,
): Promise<{ answers: unknown[]; leases: unknown[]; requests: string[] }> {
  const name = server.name as ServerName;
  const sink = network.start(name, process.execPath, [SINK]);
  await sink.waitForOutput(/listening/, SINK_MS);
  await server.start();
  const answered = await askAsRelay(network, name, queries(name));
  const lines = (): string[] =>
    sink
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
  await until({ what: `requests of ${name}`, timeoutMs: SINK_MS }, () => (settled(lines()) ? true : null));
  const leases: unknown[] = [];
  for (const { address } of answered.slice(0, answered.length / 2)) {
    const { arguments: lease } = await server.command('lease4-get', { 'ip-address': address });
    const { hostname, 'fqdn-fwd': fwd, 'fqdn-rev': rev } = (lease ?? {}) as Record<string, unknown>;
    leases.push([address, hostname, fwd, rev]);
  }
  const requests = lines().map((line) => {
    const request = JSON.parse(line) as Record<string, unknown>;
    const { 'lease-expires-on': _, 'use-conflict-resolution': isChecked, ...rest } = request;
    // Kea 3.0 names the mode always, Tandem where a kea-dhcp-ddns 2.2 would not understand it otherwise.
    const mode = isChecked === true ? 'check-with-dhcid' : 'no-check-with-dhcid';
    return JSON.stringify({ 'conflict-resolution-mode': mode, ...rest });
  });
  await server.stop();
  const answers = answered.map(({ reply, address }) => [
    address,
    ...[12, 81].map((code) => Buffer.from(reply?.options.get(code) ?? []).toString('latin1')),
  ]);
  return { answers, leases, requests };
}

POOL.forEach((settings, index) => {
  t.test(`names of a pool are Kea's, settings ${index}`, async (t) => {
    if (!needServers(t, ['kea 3.0'], ['ip'])) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, serversSegment());
    const dhcp4 = {
      ...ORDERLY,
      'dhcp-ddns': { 'enable-updates': true },
      'ddns-qualifying-suffix': 'example.com',
      subnet4: [
        {
          id: 1,
          subnet: '10.64.0.0/14',
          pools: [{ pool: '10.65.0.0 - 10.65.255.255', ...settings }, { pool: '10.66.0.0 - 10.66.255.255' }],
        },
      ],
    };
    const kea = createServer(network, 'kea 3.0', { name: 'server1', directory, mode: null, dhcp4 });
    const own = createServer(network, SUBJECT, { name: 'server2', directory, mode: null, dhcp4 });
    let count = -1;
    let rounds = 0;
    const byKea = await look(network, kea, (lines) => {
      rounds = lines.length === count ? rounds + 1 : 0;
      count = lines.length;
      return rounds > 5;
    });
    const bySubject = await look(network, own, (lines) => lines.length >= byKea.requests.length);
    t.same(bySubject.answers, byKea.answers);
    t.same(bySubject.leases, byKea.leases);
    t.same(bySubject.requests, byKea.requests);
    t.ok(byKea.requests.length > 0, `${byKea.requests.length} requests`);
  });
});
