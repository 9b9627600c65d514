/** What is configured for codes that a server makes or echoes itself: Kea and Tandem send the same octets. */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet } from '../engine/packets.ts';
import { askAsRelay, comparable, ORDERLY } from './comparing.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import { KEAS, needServers } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { createServer, SUBJECT } from './server.ts';

/** Octets of a configured option of each code that is anything to a server. */
const CONFIGURED: Readonly<Record<number, string>> = {
  1: 'ff000000',
  3: '0a000009',
  6: '0a000008',
  12: '737276',
  15: '6578616d706c65',
  50: '09090909',
  51: '0000004d',
  52: '03',
  53: '04',
  55: '01',
  56: '6d7367',
  57: '03e7',
  58: '00000058',
  59: '00000063',
  60: '7663',
  61: '01020304',
  66: '7466747070',
  82: '01024142',
  118: '08080808',
  200: '5a5a',
};
const CODES = Object.keys(CONFIGURED).map(Number);

interface Row {
  readonly what: string;
  readonly datagram: Uint8Array;
}

/** Each kind of query, with and without a request list, with and without what is echoed. */
function queries(server: ServerName): Row[] {
  const echoes = [
    [12, [...Buffer.from('host')]],
    [61, [1, 2, 3]],
    [82, [1, 2, 0x61, 0x62]],
    [118, ip('10.80.0.0')],
  ] as const;
  const types: readonly (readonly [what: string, type: number, options: readonly [number, number[]][]])[] = [
    ['DISCOVER', MessageType.discover, []],
    ['REQUEST', MessageType.request, [[54, ip(ADDRESS[server])]]],
    [
      'a refused REQUEST',
      MessageType.request,
      [
        [50, ip('10.65.200.1')],
        [54, ip(ADDRESS[server])],
      ],
    ],
    ['INFORM', MessageType.inform, []],
  ];
  const rows: Row[] = [];
  for (const [what, type, options] of types) {
    for (const list of [
      [],
      [1, 3],
      [12],
      [53, 54],
      [58],
      [82],
      [118],
      [51, 61],
      CODES,
      [...CODES].reverse(),
    ]) {
      for (const echoed of [[], ...echoes.map((each) => [each]), echoes]) {
        const asked = list.length === 0 ? [] : ([[55, list]] as const);
        const xid = rows.length + 1;
        const mac = `02:00:00:02:${(xid >>> 8).toString(16).padStart(2, '0')}:${(xid & 255).toString(16).padStart(2, '0')}`;
        rows.push({
          what: `${what}, 55 = ${list}, with ${echoed.map(([code]) => code)}`,
          datagram: packet({
            type,
            xid,
            mac,
            giaddr: ADDRESS.load,
            options: [...options, ...asked, ...echoed],
          }),
        });
      }
    }
  }
  return rows;
}

const WAYS = [
  ['asked for', {}],
  ['always sent', { 'always-send': true }],
] as const;

for (const [how, more, version] of KEAS.flatMap((kea) => WAYS.map((way) => [...way, kea] as const))) {
  t.test(`options of all codes, ${how}, in every kind of answer, as ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, serversSegment());
    const options = CODES.map((code) => ({ code, data: CONFIGURED[code], 'csv-format': false, ...more }));
    for (const timers of [
      {},
      { 'renew-timer': 1000, 'rebind-timer': 5000 },
      { 'renew-timer': 5000, 'rebind-timer': 6000 },
    ]) {
      const dhcp4 = { ...ORDERLY, 'option-data': options, ...timers };
      const kea = createServer(network, version, { name: 'server1', directory, mode: null, dhcp4 });
      const own = createServer(network, SUBJECT, { name: 'server2', directory, mode: null, dhcp4 });
      await Promise.all([kea.start(), own.start()]);
      const byKea = await askAsRelay(network, 'server1', directory, queries('server1'));
      const bySubject = await askAsRelay(network, 'server2', directory, queries('server2'));
      let same = 0;
      for (const [index, { what, reply }] of bySubject.entries()) {
        const wanted = comparable('server1', byKea[index]!.reply);
        const found = comparable('server2', reply);
        if (JSON.stringify(found) === JSON.stringify(wanted)) same++;
        else t.same(found, wanted, `${what}, ${JSON.stringify(timers)}`);
      }
      t.equal(same, byKea.length, `${byKea.length} answers`);
      await Promise.all([kea.stop(), own.stop()]);
    }
  });
}
