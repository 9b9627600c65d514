/**
 * Leases of flexible identifiers (flex_id with replace-client-id): Kea 3.0 and Tandem answer the same, and their leases have the
 * same owners. The library of Kea 2.2 is not free.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet, type Reply } from '../engine/packets.ts';
import type { AskingPlan } from './asking.ts';
import { captureReplies, findDoubleAnswers } from './capture.ts';
import { askAsRelay, comparable, ORDERLY } from './comparing.ts';
import { ADDRESS, SERVERS_SEGMENT, type ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import { findConflicts } from './lease-files.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment, startFork, startPair } from './pair.ts';
import { createServer, type DhcpServer, SUBJECT } from './server.ts';

const ASKING = fileURLToPath(new URL('./asking.js', import.meta.url));

const octets = (text: string): number[] => [...Buffer.from(text, 'latin1')];
const port = (text: string): readonly [number, number[]] => [226, octets(text)];
const own = (...id: number[]): readonly [number, number[]] => [61, id];
const always = (code: number, text: string) => ({
  code,
  data: `'${text}'`,
  'csv-format': false,
  'always-send': true,
});

const REPLACED = '0x00706f727431';
const CLASSES = [
  { name: 'early', test: `option[61].hex == ${REPLACED}`, 'option-data': [always(230, 'early')] },
  {
    name: 'late',
    test: `member('UNKNOWN') and option[61].hex == ${REPLACED}`,
    'option-data': [always(231, 'late')],
  },
  {
    name: 'last',
    test: `option[61].hex == ${REPLACED}`,
    'only-in-additional-list': true,
    'option-data': [always(232, 'last')],
  },
];

interface Row {
  readonly what: string;
  readonly datagram: Uint8Array;
}

type Step = readonly [
  what: string,
  type: number,
  mac: number,
  options: readonly (readonly [number, number[]])[],
  at?: string,
];

const { discover, request, release, inform, decline } = MessageType;
const A = '10.65.100.1';
const B = '10.65.100.2';
const STEPS: readonly Step[] = [
  ['a first device', discover, 1, [port('port1')]],
  ['a first device takes', request, 1, [port('port1'), [50, ip(A)]]],
  ['another device behind the same port', discover, 2, [port('port1')]],
  ['another device with an identifier takes', request, 3, [port('port1'), own(1, 2, 3), [50, ip(A)]]],
  ['another device wants another address', request, 4, [port('port1'), own(9, 9), [50, ip(B)]]],
  ['a device of another port wants it', request, 5, [port('port2'), own(1, 2, 3), [50, ip(A)]]],
  ['a device of no port', discover, 6, [own(1, 2, 3)]],
  ['a device of no port wants it', request, 6, [own(0, 0x70, 0x6f, 0x72, 0x74, 0x31), [50, ip(A)]]],
  [
    'an identifier that begins like a DUID',
    request,
    7,
    [port('port3'), own(255, 0, 0, 0, 1, 0, 1), [50, ip('10.65.100.3')]],
  ],
  ['a renewal by another device', request, 8, [port('port3')], '10.65.100.3'],
  ['an INFORM', inform, 9, [port('port1'), own(7, 7)], '10.65.0.9'],
  ['a release by another device', release, 10, [port('port3')], '10.65.100.3'],
  ['a release by another port', release, 1, [port('port4')], A],
  ['who had it asks again', request, 7, [port('port3'), [50, ip('10.65.100.3')]]],
  ['a reserved one', request, 11, [port('kept'), [50, ip('10.65.100.77')]]],
  ['a reserved one by its client identifier', request, 12, [port('byid'), [50, ip('10.65.100.78')]]],
  ['three octets', request, 13, [port('xyz'), [50, ip('10.65.100.13')]]],
  ['128 octets', request, 14, [port('y'.repeat(128)), [50, ip('10.65.100.14')]]],
  ['255 octets', request, 15, [port('z'.repeat(255)), [50, ip('10.65.100.15')]]],
  ['a decline by another device', decline, 16, [port('port1'), [50, ip(A)]]],
  ['after the decline', discover, 1, [port('port1')]],
];

function queries(server: ServerName): Row[] {
  return STEPS.map(([what, type, client, options, ciaddr], index) => {
    const selecting = options.some(([code]) => code === 50) || type === release;
    const named = selecting ? ([[54, ip(ADDRESS[server])]] as const) : [];
    const mac = `02:00:00:00:03:${client.toString(16).padStart(2, '0')}`;
    const fields = {
      type,
      xid: index + 1,
      mac,
      giaddr: ADDRESS.load,
      ...(ciaddr === undefined ? {} : { ciaddr }),
    };
    return { what, datagram: packet({ ...fields, options: [...named, ...options] }) };
  });
}

async function leasesOf(server: DhcpServer): Promise<unknown[]> {
  const { arguments: found } = await server.command('lease4-get-all');
  const { leases } = found as { leases: Readonly<Record<string, unknown>>[] };
  // Leases that were given back are kept by both, and named by Kea alone.
  return leases
    .filter(({ state }) => state !== 3)
    .map((lease) => ['ip-address', 'hw-address', 'client-id', 'state'].map((key) => lease[key]).join(' '))
    .sort();
}

/** Addresses that were asked for are compared, others are any. */
function looked(server: ServerName, reply: Reply | null): unknown {
  const address = reply?.yiaddr.startsWith('10.65.100.') ? reply.yiaddr : 'any';
  return [comparable(server, reply), address];
}

for (const [what, more] of [
  ['', {}],
  [' without echo', { 'echo-client-id': false }],
  [' where client identifiers are ignored', { 'match-client-id': false }],
] as const)
  t.test(`leases belong to flexible identifiers${what}`, async (t) => {
    if (!needServers(t, ['kea 3.0'], ['ip'])) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, serversSegment());
    const flexId = { 'identifier-expression': 'option[226].hex', 'replace-client-id': true };
    const flexOption = { options: [{ code: 240, add: "hexstring(option[61].hex, '')" }] };
    const dhcp4 = {
      ...ORDERLY,
      'client-classes': CLASSES,
      'host-reservation-identifiers': ['hw-address', 'client-id', 'flex-id'],
      'reservations-global': true,
      reservations: [
        { 'flex-id': "'kept'", 'ip-address': '10.65.100.77', hostname: 'kept' },
        { 'client-id': '0062796964', 'ip-address': '10.65.100.78', hostname: 'byid' },
      ],
      'hooks-libraries': [
        { library: 'libdhcp_lease_cmds.so' },
        { library: 'libdhcp_flex_id.so', parameters: flexId },
        { library: 'libdhcp_flex_option.so', parameters: flexOption },
      ],
      ...more,
    };
    const kea = createServer(network, 'kea 3.0', { name: 'server1', directory, mode: null, dhcp4 });
    const subject = createServer(network, SUBJECT, { name: 'server2', directory, mode: null, dhcp4 });
    await Promise.all([kea.start(), subject.start()]);
    const byKea = await askAsRelay(network, 'server1', queries('server1'));
    const bySubject = await askAsRelay(network, 'server2', queries('server2'));
    for (const [index, { what, reply }] of bySubject.entries())
      t.same(looked('server2', reply), looked('server1', byKea[index]!.reply), what);
    t.same(await leasesOf(subject), await leasesOf(kea));
    await Promise.all([kea.stop(), subject.stop()]);
  });

const CLIENTS = 40;

for (const [server1, server2] of [
  ['kea 3.0', SUBJECT],
  [SUBJECT, 'kea 3.0'],
] as const)
  t.test(`${server1} and ${server2} share the leases of flexible identifiers`, async (t) => {
    if (!needServers(t, [server1, server2], ['ip', 'tcpdump'])) return;
    const parameters = {
      'identifier-expression': "concat('p-', option[226].hex)",
      'replace-client-id': true,
    };
    const libraries = [{ library: 'libdhcp_flex_id.so', parameters }];
    const pair = await startPair(t, { mode: 'load-balancing', server1, server2, libraries });
    await startFork(pair.network);
    const capture = await captureReplies(
      pair.network,
      'load',
      SERVERS_SEGMENT,
      join(pair.directory, 'replies.pcap'),
    );
    const asking: AskingPlan = {
      target: ADDRESS.fork,
      local: ADDRESS.load,
      clients: CLIENTS,
      milliseconds: 20_000,
      options: [[226, '70']],
    };
    const asker = pair.network.start('load', process.execPath, [ASKING, JSON.stringify(asking)]);
    await asker.ended;
    t.match(asker.output(), `${CLIENTS} offers, ${CLIENTS} acknowledgements`);
    const replies = await capture.stop();
    await pair.stop();
    t.same(findDoubleAnswers(replies), []);
    t.equal(new Set(replies.map(({ server }) => server)).size, 2, 'both servers answer');
    const [one, two] = [pair.server1.leases(), pair.server2.leases()];
    t.equal(one.leases.size, CLIENTS);
    t.equal(two.leases.size, CLIENTS);
    t.same(findConflicts({ one, two }), []);
    const ids = [...one.leases.values()].map(({ clientId }) => `${clientId}`);
    t.same(
      ids.filter((id) => !id.startsWith('00:70:2d:70')),
      [],
    );
  });
