/** What is configured for codes that a server makes or echoes itself: Kea and Tandem send the same octets. */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet, type Reply } from '../engine/packets.ts';
import { askAsRelay, comparable, ORDERLY } from './comparing.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { messageKinds } from './message-kinds.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { createServer, SUBJECT } from './server.ts';
import { KEAS_IN_TURN } from './turn.ts';

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

/**
 * Each kind of query, with and without a request list, with and without what is echoed.
 * @param round so that no two rounds have a transaction in common
 */
function queries(server: ServerName, round: number): Row[] {
  const echoes = [
    [12, [...Buffer.from('host')]],
    [61, [1, 2, 3]],
    [82, [1, 2, 0x61, 0x62]],
    [118, ip('10.80.0.0')],
  ] as const;
  const rows: Row[] = [];
  for (const [what, type, options] of messageKinds(server)) {
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
        const client = rows.length + 1;
        const mac = `02:00:00:02:${(client >>> 8).toString(16).padStart(2, '0')}:${(client & 255).toString(16).padStart(2, '0')}`;
        const xid = 65_536 * round + client;
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

// Each in networks of its own; they wait for a good part of their time.
t.jobs = 2;

for (const [how, more, version] of KEAS_IN_TURN.flatMap((kea) => WAYS.map((way) => [...way, kea] as const))) {
  t.test(`options of all codes, ${how}, in every kind of answer, as ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, serversSegment());
    const options = CODES.map((code) => ({ code, data: CONFIGURED[code], 'csv-format': false, ...more }));
    const kea = createServer(network, version, { name: 'server1', directory, mode: null, dhcp4: ORDERLY });
    const own = createServer(network, SUBJECT, { name: 'server2', directory, mode: null, dhcp4: ORDERLY });
    await Promise.all([kea.start(), own.start()]);
    for (const [round, timers] of [
      {},
      { 'renew-timer': 1000, 'rebind-timer': 5000 },
      { 'renew-timer': 5000, 'rebind-timer': 6000 },
    ].entries()) {
      const dhcp4 = { ...ORDERLY, 'option-data': options, ...timers };
      await Promise.all([kea.reconfigure(dhcp4), own.reconfigure(dhcp4)]);
      const byKea = await askAsRelay(network, 'server1', queries('server1', round));
      const bySubject = await askAsRelay(network, 'server2', queries('server2', round));
      let same = 0;
      for (const [index, { what, reply }] of bySubject.entries()) {
        const wanted = comparable('server1', byKea[index]!.reply);
        const found = comparable('server2', reply);
        if (JSON.stringify(found) === JSON.stringify(wanted)) same++;
        else t.same(found, wanted, `${what}, ${JSON.stringify(timers)}`);
      }
      t.equal(same, byKea.length, `${byKea.length} answers`);
    }
    await Promise.all([kea.stop(), own.stop()]);
  });
}

const SUB_CODES = [1, 2, 3, 4, 5];
const BOXES = [
  { name: 'box', code: 222, type: 'empty', encapsulate: 'boxes' },
  ...SUB_CODES.map((code) => ({ name: `s${code}`, code, space: 'boxes', type: 'string' })),
  { name: 'nested', code: 9, space: 'boxes', type: 'empty', encapsulate: 'inner' },
  ...SUB_CODES.map((code) => ({ name: `i${code}`, code, space: 'inner', type: 'string' })),
];
const SIZES = [
  [20, 20],
  [251],
  [252],
  [255],
  [600],
  [123, 126],
  [123, 128],
  [250, 1],
  [10, 250, 10],
  [100, 100, 100],
];

/** The options of a reply part by part, in hexadecimal, without the server identifier. */
function partsOf({ bytes }: Reply): string[] {
  const parts: string[] = [];
  for (let at = 240; bytes[at] !== 255; at += 2 + bytes[at + 1]!)
    if (bytes[at] !== 54) parts.push(Buffer.from(bytes.slice(at, at + 2 + bytes[at + 1]!)).toString('hex'));
  return parts;
}

// Kea 2.2 cuts in the same places, but from one of the nested ones on it was silent.
for (const version of ['kea 3.0'] as const)
  t.test(`options with many sub-options are cut as by ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, serversSegment());
    // A class for each row, chosen by the client's option 200.
    const classes = SIZES.flatMap((sizes, row) =>
      ['boxes', 'inner'].map((space, depth) => ({
        name: `row${row}-${depth}`,
        test: `option[200].hex == 0x${depth}0${row.toString(16).padStart(2, '0')}`,
        'option-data': [
          { name: 'box' },
          ...(depth === 1 ? [{ name: 'nested', space: 'boxes' }] : []),
          ...sizes.map((size, index) => ({
            name: `${depth === 1 ? 'i' : 's'}${index + 1}`,
            space,
            data: 'ab'[index % 2]!.repeat(size),
          })),
        ],
      })),
    );
    const rows = SIZES.flatMap((sizes, row) =>
      [0, 1].map((depth) => ({
        what: `${sizes} octets at depth ${depth}`,
        datagram: packet({
          type: MessageType.discover,
          xid: row * 2 + depth + 1,
          mac: `02:00:00:00:05:${(row * 2 + depth).toString(16).padStart(2, '0')}`,
          giaddr: ADDRESS.load,
          options: [
            [55, [222]],
            [50, ip(`10.65.1.${row * 2 + depth + 1}`)],
            [200, [depth * 16, row]],
          ],
        }),
      })),
    );
    const dhcp4 = { ...ORDERLY, 'option-def': BOXES, 'client-classes': classes };
    const kea = createServer(network, version, { name: 'server1', directory, mode: null, dhcp4 });
    const own = createServer(network, SUBJECT, { name: 'server2', directory, mode: null, dhcp4 });
    await Promise.all([kea.start(), own.start()]);
    const byKea = await askAsRelay(network, 'server1', rows);
    const bySubject = await askAsRelay(network, 'server2', rows);
    for (const [index, { what, reply }] of bySubject.entries()) {
      const wanted = partsOf(byKea[index]!.reply!);
      t.same(partsOf(reply!), wanted, what);
      t.ok(
        wanted.some((part) => part.startsWith('de')),
        `${what}: there is one`,
      );
    }
    await Promise.all([kea.stop(), own.stop()]);
  });
