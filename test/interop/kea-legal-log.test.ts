/** The forensic log: Kea 3.0 and Tandem write the same lines. The library of Kea 2.2 is not free. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

const octets = (text: string): number[] => [...Buffer.from(text, 'latin1')];
const { discover, request, release, decline } = MessageType;

type Step = readonly [
  type: number,
  client: number,
  address: string,
  options?: (readonly [number, number[]])[],
];

const A = '10.65.100.1';
const B = '10.65.100.2';
const C = '10.65.100.3';
const relay: readonly [number, number[]] = [82, [1, 5, ...octets('howdy'), 2, 2, 0x87, 0xf6, 6, 1, 0x61]];
const STEPS: readonly Step[] = [
  [discover, 1, A],
  [request, 1, A, [[12, octets('one')]]],
  [request, 2, B, [relay, [61, octets('printable')], [12, octets('two')]]],
  [request, 2, B, [relay, [61, octets('printable')], [12, octets('two\nlines')]]],
  [request, 3, C, [[61, [1, 2, 3]]]],
  [request, 4, A],
  [release, 1, A],
  [decline, 3, C, [[61, [1, 2, 3]]]],
  [release, 2, B, [relay, [61, octets('printable')]]],
];

const HARDWARE = { 'hw-address': '1a:1b:1c:1d:1e:1f' };
const own = (address: string, more = {}) => ({ 'ip-address': address, 'subnet-id': 1, ...HARDWARE, ...more });
const D = '10.65.100.9';
const E = '10.65.100.8';
const COMMANDS: readonly (readonly [command: string, args: Record<string, unknown>])[] = [
  ['lease4-add', own(D, { 'valid-lft': 90_061 })],
  ['lease4-add', own(D)],
  [
    'lease4-add',
    own(E, { 'client-id': '61:62:63', comment: 'hello', 'user-context': { b: [1, 'x'], a: null } }),
  ],
  ['lease4-update', own(D, { 'client-id': '01:02', hostname: 'x.y' })],
  ['lease4-update', own(E, { origin: 'ha-partner', 'valid-lft': 60 })],
  ['lease4-update', own('10.65.100.7')],
  ['lease4-del', { 'ip-address': D }],
  ['lease4-del', { 'identifier-type': 'hw-address', identifier: HARDWARE['hw-address'], 'subnet-id': 1 }],
  ['lease4-del', { 'ip-address': D }],
];

/** Those of the manual, and what is at their edges. */
const RELAYED =
  "ifelse(pkt4.giaddr == 0.0.0.0, '', ' connected via relay at address: ' + addrtotext(pkt4.giaddr) + " +
  "ifelse(option[82].option[1].exists, ', circuit-id: ' + hexstring(option[82].option[1].hex, ':'), ''))";
const DEVICE =
  "substring(hexstring(pkt4.htype, ''), 7, 1) + ' ' + hexstring(pkt4.mac, ':') + " +
  `ifelse(option[61].exists, ', client-id: ' + hexstring(option[61].hex, ':'), '') + ${RELAYED}`;
const MANUAL = {
  'request-parser-format':
    "ifelse(pkt4.msgtype == 4 or pkt4.msgtype == 7, 'Address: ' + ifelse(option[50].exists, " +
    "addrtotext(option[50].hex), addrtotext(pkt4.ciaddr)) + ' has been released from a device with hardware " +
    `address: hwtype=' + ${DEVICE}, '')`,
  'response-parser-format':
    "ifelse(pkt4.msgtype == 5, 'Address: ' + addrtotext(pkt4.yiaddr) + ' has been assigned for ' + " +
    `uint32totext(option[51].hex) + ' seconds to a device with hardware address: hwtype=' + ${DEVICE}, '')`,
};
const ENDS =
  "hexstring(pkt.src, '') + ' ' + hexstring(pkt.dst, '') + ' ' + pkt.iface + ' ' + uint32totext(pkt.len) + ' ' + " +
  'addrtotext(pkt4.siaddr)';
const FORMATS: readonly Readonly<Record<string, unknown>>[] = [
  {},
  MANUAL,
  { 'request-parser-format': "option[12].hex + 0x0a + 'second line'" },
  { 'response-parser-format': "'given ' + addrtotext(pkt4.yiaddr) + ifelse(member('ALL'), ' all', ' none')" },
  { 'request-parser-format': 'addrtotext(option[12].hex)' },
  { 'request-parser-format': "''" },
  {
    'request-parser-format': "'a' + 0x0a0a",
    'response-parser-format': "'b' + hexstring(option[54].hex, '')",
  },
  { 'request-parser-format': `'query ' + ${ENDS}`, 'response-parser-format': `' reply ' + ${ENDS}` },
];

/** The lines of queries, then those of commands: what is written for a query is written when it is on the disk. */
async function tell(network: Network, server: DhcpServer): Promise<void> {
  const name = server.name as ServerName;
  const steps = STEPS.map(([type, client, address, options = []], index) => {
    const given = type === release;
    const fields = { type, xid: index + 1, mac: `02:00:00:00:04:0${client}`, giaddr: ADDRESS.load };
    const named: [number, number[]][] = type === discover ? [] : [[54, ip(ADDRESS[name])]];
    const wanted: [number, number[]][] = given ? [] : [[50, ip(address)]];
    return {
      datagram: packet({
        ...fields,
        ...(given && { ciaddr: address }),
        options: [...wanted, ...named, ...options],
      }),
    };
  });
  await askAsRelay(network, name, steps);
  for (const [command, args] of COMMANDS) await server.command(command, args);
}

function linesIn(path: string): string[] {
  const lines = readdirSync(path)
    .flatMap((file) => readFileSync(join(path, file), 'utf8').trimEnd().split('\n'))
    .map((line) => line.replace(/^[0-9-]{10} [0-9:]{8} \S+ ?/, 'TIME ').replaceAll(/0a40000[12]/g, 'SERVER'));
  const isOfCommand = (line: string): boolean => /^TIME (Administrator|HA partner)/.test(line);
  return [...lines.filter((line) => !isOfCommand(line)), ...lines.filter(isOfCommand)];
}

FORMATS.forEach((formats, index) => {
  t.test(`lines of the forensic log, formats ${index}`, async (t) => {
    if (!needServers(t, ['kea 3.0'], ['ip'])) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, serversSegment());
    const start = async (
      name: ServerName,
      kind: 'kea 3.0' | typeof SUBJECT,
    ): Promise<[DhcpServer, string]> => {
      const path = join(directory, `legal-${name}`);
      mkdirSync(path);
      const dhcp4 = {
        ...ORDERLY,
        'hooks-libraries': [
          { library: 'libdhcp_lease_cmds.so' },
          { library: 'libdhcp_legal_log.so', parameters: { path, 'base-name': 'legal', ...formats } },
        ],
      };
      const server = createServer(network, kind, { name, directory, mode: null, dhcp4 });
      await server.start();
      return [server, path];
    };
    const [kea, keaPath] = await start('server1', 'kea 3.0');
    const [subject, ownPath] = await start('server2', SUBJECT);
    await tell(network, kea);
    await tell(network, subject);
    const byKea = linesIn(keaPath);
    await until({ what: `${byKea.length} lines`, timeoutMs: 10_000 }, () =>
      linesIn(ownPath).length >= byKea.length ? true : null,
    );
    t.same(linesIn(ownPath), byKea);
    t.ok(byKea.length > 5, `${byKea.length} lines`);
    await Promise.all([kea.stop(), subject.stop()]);
  });
});
