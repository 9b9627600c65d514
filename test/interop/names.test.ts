/**
 * Names of clients, put to Kea and to Tandem with the same settings: the same options 12 and 81 in the answers, the same
 * leases, the same name change requests.
 */
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet } from '../engine/packets.ts';
import { needRootAnd } from '../support/need.ts';
import type { CommandAnswer } from './command.ts';
import { askAsRelay, ORDERLY } from './comparing.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network } from './network.ts';
import { serversSegment } from './pair.ts';
import type { RunningProgram } from './programs.ts';
import { createServer, type DhcpServer, SUBJECT } from './server.ts';
import { until } from './waiting.ts';

const SINK = fileURLToPath(new URL('./request-sink.js', import.meta.url));
const SINK_MS = 10_000;

const octets = (text: string): number[] => [...Buffer.from(text, 'latin1')];
const L63 = 'a'.repeat(63);
const HOST_NAMES = [
  ...[
    'Host',
    ' a ',
    '.',
    '..',
    'a.',
    '.a',
    'a..b',
    'aaa..bbb',
    'a.b',
    'A.B.',
    'a_b',
    '_',
    '__.__',
    '_.b',
    'b._',
    'a\0b',
    'ab\0',
  ],
  ...[
    '\0',
    'a b',
    'a\\.b',
    'a\\101',
    'a\\',
    '@',
    '*',
    '-',
    '(a)',
    'x.example.com',
    'xexample.com',
    'EXAMPLE.com',
    L63,
    `${L63}a`,
  ],
  ...[`${L63}.${L63}.${L63}`, 'a.'.repeat(100)],
].map((name) => [12, octets(name)] as const);
const FQDNS = [
  ...[
    '',
    '.',
    'a',
    'A.b',
    'A.b.',
    'a..b',
    '.a',
    ' a ',
    'a_b',
    'a\0',
    '*',
    'x.example.com',
    'xexample.com',
    'a\\b',
    L63,
  ].flatMap((name) => [0, 1, 2, 8].map((flags) => [flags, 0, 0, ...octets(name)])),
  ...[
    '',
    '\0',
    '\x04Host',
    '\x04Host\0',
    '\x04Host\x03Org',
    '\x04Host\x03Org\0',
    '\x04Host\0xyz',
    '\x05ab',
    '\xc0\x0c',
  ].flatMap((name) => [4, 5, 12].map((flags) => [flags, 0, 0, ...octets(name)])),
  ...[
    '\x01a\xc0\x03',
    '\x03a.b\0',
    '\x01_\0',
    '\x01_',
    '\x01_\x01b\0',
    '\x01X\x07EXAMPLE\x03COM',
    '\x08xexample\x03com',
  ].map((name) => [5, 0, 0, ...octets(name)]),
  ...[
    [],
    [0],
    [4, 0],
    [9, 0, 0, 97],
    [15, 0, 0, 1, 97],
    [0xf1, 0, 0, 97],
    [5, 255, 255, 1, 97, 0],
    [1, 7, 8, 97],
  ],
].map((data) => [81, data] as const);
const INPUTS: readonly (readonly [number, readonly number[]] | null)[] = [null, ...HOST_NAMES, ...FQDNS];

const SUFFIX = { 'ddns-qualifying-suffix': 'example.com' };
const UPDATES = { 'dhcp-ddns': { 'enable-updates': true } };
const SETTINGS: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { ...UPDATES, ...SUFFIX },
  {
    ...UPDATES,
    ...SUFFIX,
    'ddns-override-client-update': true,
    'ddns-replace-client-name': 'when-not-present',
  },
  {
    ...UPDATES,
    'ddns-override-no-update': true,
    'ddns-replace-client-name': 'always',
    'ddns-generated-prefix': 'gen',
  },
  { ...UPDATES, 'ddns-send-updates': false, 'ddns-replace-client-name': 'when-present' },
  { ...UPDATES, ...SUFFIX, 'hostname-char-set': '[^A-Za-z.]+', 'hostname-char-replacement': 'Zz' },
];

interface Named {
  readonly options: readonly string[] | null;
  readonly lease: unknown;
  readonly requests: readonly unknown[];
}

function queries(server: ServerName): { datagram: Uint8Array; address: string }[] {
  return INPUTS.map((input, index) => {
    const address = `10.65.100.${index + 1}`;
    const mac = `02:00:00:00:01:${(index + 1).toString(16).padStart(2, '0')}`;
    const own = [[50, ip(address)], [54, ip(ADDRESS[server])], ...(input === null ? [] : [input])] as const;
    const fields = { type: MessageType.request, mac, xid: index + 1, giaddr: ADDRESS.load };
    return {
      datagram: packet({ ...fields, options: own.map(([code, data]) => [code, [...data]]) }),
      address,
    };
  });
}

/** Asks everything, and looks at answers, leases and requests by address. */
async function look(network: Network, server: DhcpServer, sink: RunningProgram): Promise<Named[]> {
  const answered = await askAsRelay(network, server.name as ServerName, queries(server.name as ServerName));
  const leases: CommandAnswer[] = [];
  for (const { address } of answered)
    leases.push(await server.command('lease4-get', { 'ip-address': address }));
  const told = leases.filter(({ arguments: lease }) => isTold(lease)).length;
  const lines = (): string[] =>
    sink
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
  await until({ what: `${told} requests of ${server.name}`, timeoutMs: SINK_MS }, () =>
    lines().length >= told ? true : null,
  );
  const requests = lines().map((line) => JSON.parse(line) as Record<string, unknown>);
  return answered.map(({ reply, address }, index) => ({
    options:
      reply === null
        ? null
        : [12, 81].map((code) => Buffer.from(reply.options.get(code) ?? []).toString('latin1')),
    lease: nameOf(leases[index]!.arguments),
    requests: requests
      .filter((request) => request['ip-address'] === address)
      .map(({ 'lease-expires-on': _, ...rest }) => JSON.stringify(rest)),
  }));
}

function isTold(lease: unknown): boolean {
  const { hostname = '', 'fqdn-fwd': fwd, 'fqdn-rev': rev } = (lease ?? {}) as Record<string, unknown>;
  // A name with an empty label is kept and told to nobody.
  return hostname !== '' && !/^\../.test(String(hostname)) && (fwd === true || rev === true);
}

function nameOf(lease: unknown): unknown {
  const { hostname, 'fqdn-fwd': fwd, 'fqdn-rev': rev } = (lease ?? {}) as Record<string, unknown>;
  return { hostname, fwd, rev };
}

SETTINGS.forEach((settings, index) => {
  t.test(`names are Kea's, settings ${index}`, async (t) => {
    if (!needRootAnd(t, ['ip', 'kea-dhcp4'])) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, serversSegment());
    const dhcp4 = { ...ORDERLY, ...settings };
    const kea = createServer(network, 'kea 2.2', { name: 'server1', directory, mode: null, dhcp4 });
    const own = createServer(network, SUBJECT, { name: 'server2', directory, mode: null, dhcp4 });
    const [keaSink, ownSink] = ['server1', 'server2'].map((host) =>
      network.start(host, process.execPath, [SINK]),
    );
    await Promise.all([keaSink!, ownSink!].map((sink) => sink.waitForOutput(/listening/, SINK_MS)));
    await Promise.all([kea.start(), own.start()]);
    const byKea = await look(network, kea, keaSink!);
    const bySubject = await look(network, own, ownSink!);
    for (const [at, found] of bySubject.entries()) {
      const same = JSON.stringify(found) === JSON.stringify(byKea[at]);
      if (!same) t.same(found, byKea[at], `${JSON.stringify(INPUTS[at])}`);
    }
    const requests = byKea.reduce((sum, { requests }) => sum + requests.length, 0);
    t.pass(`${byKea.length} inputs, ${requests} requests`);
    t.equal(
      byKea.some(({ options }) => options !== null),
      true,
    );
    await Promise.all([kea.stop(), own.stop()]);
  });
});
