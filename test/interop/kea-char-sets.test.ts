/** Names cleaned by `hostname-char-set`, a POSIX extended regular expression: as both Keas clean them. */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet } from '../engine/packets.ts';
import { besideKea } from './beside-kea.ts';
import { askAsRelay, ORDERLY } from './comparing.ts';
import { ADDRESS } from './configuration.ts';
import { needServers } from './kea.ts';

const octets = (text: string): number[] => [...Buffer.from(text, 'latin1')];

/** With what is put in the place of what matches. */
const SETS: readonly (readonly [set: string, replacement: string])[] = [
  ['[^A-Za-z0-9.-]', ''],
  ['[^A-Za-z0-9-]+', '-'],
  ['_', ''],
  ['_|-', 'x'],
  ['(_|-)+', '-'],
  ['a+b?', 'y'],
  ['ab|abc|a', '0'],
  ['(a|ab)(c|bcd)', 'w'],
  ['a*', '-'],
  ['a*(ab)?', '-'],
  ['(a?){3}', 'z'],
  ['(a*|b)*', 'q'],
  ['x{2}', 'x'],
  ['x{2,}', 'x'],
  ['a{0,2}b', '9'],
  ['^[0-9]+', ''],
  ['[0-9]+$', ''],
  ['^-|-$', ''],
  ['^(www|ftp)', 'host'],
  ['[[:digit:]]', 'd'],
  ['[^[:alnum:].-]+', ''],
  ['[[:upper:]]', ''],
  ['[]a]', 'b'],
  ['[^]a]', 'q'],
  ['[a-]', ''],
  ['[-a]', ''],
  ['[\\a]', 'e'],
  ['[\\.]', '-'],
  ['\\.', '-'],
  ['.', 'o'],
  ['\\$', 's'],
  ['a|', 'n'],
  ['()', 'n'],
  ['a**', 'n'],
  ['a+?', 'n'],
  ['}', 'n'],
  ['_', '$&$&'],
  ['[_-]', '$$'],
  ['b', '$0x'],
  ['b', '$`'],
  ['b', "$'"],
  ['b', '$7k'],
  ['b', 'k$'],
  ['b', '$x'],
];
const NAMES = ['www1-host_b', 'aab', 'xxaabbabcd-', '-A_B$C', '12abc34', 'a.b.c_d', 'AaB.xxx-y'];
const SUBNETS = SETS.map(([set, replacement], index) => ({
  id: index + 2,
  subnet: `10.90.${index}.0/24`,
  pools: [{ pool: `10.90.${index}.10 - 10.90.${index}.250` }],
  'hostname-char-set': set,
  'hostname-char-replacement': replacement,
}));
const DHCP4 = {
  ...ORDERLY,
  'dhcp-ddns': { 'enable-updates': true },
  'ddns-qualifying-suffix': 'example.com',
  subnet4: [{ id: 1, subnet: '10.64.0.0/14', pools: [{ pool: '10.65.0.0 - 10.65.255.255' }] }, ...SUBNETS],
};

interface Row {
  readonly what: string;
  readonly datagram: Uint8Array;
}

function queries(): Row[] {
  return SETS.flatMap(([set, replacement], index) =>
    NAMES.flatMap((name, which) =>
      [
        [12, octets(name)] as const,
        [81, [0, 0, 0, ...octets(name)]] as const,
        [81, [4, 0, 0, ...name.split('.').flatMap((label) => [label.length, ...octets(label)]), 0]] as const,
      ].map((option, how) => {
        const number = (index * NAMES.length + which) * 3 + how;
        const mac = `02:00:00:09:${[number >> 8, number & 255].map((octet) => octet.toString(16).padStart(2, '0')).join(':')}`;
        const options = [option, [55, [12, 81]], [82, [5, 4, ...ip(`10.90.${index}.1`)]]] as const;
        const fields = { type: MessageType.discover, mac, xid: number + 1, giaddr: ADDRESS.load };
        const what = `${set} -> ${replacement}: ${name} in option ${option[0]}, ${how}`;
        return {
          what,
          datagram: packet({ ...fields, options: options.map(([code, data]) => [code, [...data]]) }),
        };
      }),
    ),
  );
}

for (const version of ['kea 2.2', 'kea 3.0'] as const)
  t.test(`names are those of ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const { network, kea, own } = besideKea(t, version, DHCP4);
    await Promise.all([kea.start(), own.start()]);
    const byKea = await askAsRelay(network, 'server1', queries());
    const bySubject = await askAsRelay(network, 'server2', queries());
    for (const [index, { what, reply }] of bySubject.entries()) {
      const wanted = byKea[index]!.reply;
      const named = (of: typeof reply): unknown =>
        of === null
          ? 'silence'
          : [12, 81].map((code) => Buffer.from(of.options.get(code) ?? []).toString('latin1'));
      t.same(named(reply), named(wanted), what);
    }
    await Promise.all([kea.stop(), own.stop()]);
  });
