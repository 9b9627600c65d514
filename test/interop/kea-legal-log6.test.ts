/** The formats of the forensic log of DHCPv6: Kea 3.0 and Tandem make the same lines. The library of Kea 2.2 is not free. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { playSteps } from './differential6/player.ts';
import { STEPS } from './event-steps6.ts';
import { forensicLines } from './forensic-lines6.ts';
import { needServers } from './kea.ts';
import { farSubnet6, nearSubnet6 } from './scene6.ts';
import { type Side6, sidesBesideKea6 } from './sides6.ts';
import { until } from './waiting.ts';

/** Those of the manual, and what is at their edges. */
const RELAYED =
  "ifelse(relay6[0].peeraddr == '', '', ' connected via relay at address: ' + addrtotext(relay6[0].peeraddr) + " +
  "' for client on link address: ' + addrtotext(relay6[0].linkaddr) + " +
  "ifelse(relay6[0].option[37].exists, ', remote-id: ' + hexstring(relay6[0].option[37].hex, ':'), '') + " +
  "ifelse(relay6[0].option[38].exists, ', subscriber-id: ' + hexstring(relay6[0].option[38].hex, ':'), '') + " +
  "ifelse(relay6[0].option[18].exists, ', interface-id: ' + hexstring(relay6[0].option[18].hex, ':'), ''))";
const DEVICE = `' a device with DUID: ' + hexstring(option[1].hex, ':') + ${RELAYED}`;
const ADDRESS = "'Address: ' + addrtotext(substring(option[3].option[5].hex, 0, 16))";
const PREFIX =
  "'Prefix: ' + addrtotext(substring(option[25].option[26].hex, 9, 16)) + '/' + " +
  'uint8totext(substring(option[25].option[26].hex, 8, 1))';
const MANUAL = {
  'request-parser-format':
    `ifelse(pkt6.msgtype == 8 or pkt6.msgtype == 9, ifelse(option[3].option[5].exists, ${ADDRESS} + ` +
    `' has been released from' + ${DEVICE}, '') + ifelse(option[25].option[26].exists, ${PREFIX} + ` +
    `' has been released from' + ${DEVICE}, ''), '')`,
  'response-parser-format':
    'ifelse(pkt6.msgtype == 7, ifelse(option[3].option[5].exists and not (substring(option[3].option[5].hex, 20, 4) == 0), ' +
    `${ADDRESS} + ' for ' + uint32totext(substring(option[3].option[5].hex, 20, 4)) + ' to' + ${DEVICE}, '') + ` +
    'ifelse(option[25].option[26].exists and not (substring(option[25].option[26].hex, 4, 4) == 0), ' +
    `${PREFIX} + ' for ' + uint32totext(substring(option[25].option[26].hex, 4, 4)) + ' to' + ${DEVICE}, ''), '')`,
};
const ENDS =
  "hexstring(pkt.src, '') + ' ' + hexstring(pkt.dst, '') + ' ' + pkt.iface + ' ' + uint32totext(pkt.len) + ' ' + " +
  "uint32totext(pkt6.msgtype) + ' ' + uint32totext(pkt6.transid) + ' ' + ifelse(member('ALL'), 'all', 'none')";
const IAS =
  "hexstring(option[3].hex, '') + ' ' + hexstring(option[25].hex, '') + ' ' + hexstring(option[3].option[13].hex, '') + ' ' + " +
  "hexstring(option[25].option[13].hex, '') + ' ' + hexstring(option[3].option[26].hex, '')";
const FORMATS: readonly Readonly<Record<string, unknown>>[] = [
  MANUAL,
  { 'request-parser-format': "substring(option[39].hex, 2, 3) + 0x0a + 'second line'" },
  { 'response-parser-format': "'given by ' + hexstring(option[2].hex, ':')" },
  {
    'request-parser-format': 'addrtotext(option[39].hex)',
    'response-parser-format': "'no line without both'",
  },
  {
    'request-parser-format': `'query ' + ${ENDS} + ' ' + ${IAS}`,
    'response-parser-format': `' reply ' + ${ENDS} + ' ' + ${IAS}`,
  },
];

const configured =
  (formats: Readonly<Record<string, unknown>>) =>
  (directory: string): Record<string, unknown> => {
    const path = join(directory, 'legal');
    mkdirSync(path);
    return {
      'valid-lifetime': 4000,
      'preferred-lifetime': 3000,
      'cache-max-age': 0,
      subnet6: [nearSubnet6(), farSubnet6({ 'rapid-commit': true })],
      'hooks-libraries': [
        { library: 'libdhcp_legal_log.so', parameters: { path, 'base-name': 'legal', ...formats } },
      ],
    };
  };

async function tell({ network, server }: Side6): Promise<void> {
  await server.start();
  await playSteps(network, STEPS);
}

// Each in networks of its own.
t.jobs = 2;

FORMATS.forEach((formats, index) => {
  t.test(`lines of the forensic log of DHCPv6, formats ${index}`, { buffered: true }, async (t) => {
    if (!needServers(t, ['kea 3.0'], ['ip'], 'kea-dhcp6')) return;
    const { kea, own } = await sidesBesideKea6(t, 'kea 3.0', configured(formats));
    await Promise.all([tell(kea), tell(own)]);
    const byKea = forensicLines(kea.directory);
    await until({ what: `${byKea.length} lines`, timeoutMs: 5_000 }, () =>
      forensicLines(own.directory).length >= byKea.length ? true : null,
    ).catch(() => null);
    t.same(forensicLines(own.directory), byKea);
    await Promise.all([kea.server.stop(), own.server.stop()]);
  });
});
