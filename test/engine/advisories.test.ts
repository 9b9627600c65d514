/**
 * What has brought down DHCP servers elsewhere, packet by packet: identifiers and names of odd sizes, floods, and repetition
 * without end.
 */
import t from 'tap';
import { ByteRingReader } from '../../src/base/byte-ring.ts';
import { encodeRow, ROW_BYTES_MAX } from '../../src/lease/dhcp4/csv.ts';
import { RowDecoder } from '../../src/lease/dhcp4/csv-decode.ts';
import { RowFault } from '../../src/lease/dhcp4/csv-fault.ts';
import { keptCorpus } from '../fuzz/corpus.ts';
import { heapGrowth } from '../support/heap.ts';
import { numbersFrom } from '../support/numbers.ts';
import { packet } from './packets.ts';
import { discover, lease, mac, type Options, release, renew, request, serverFor } from './queries.ts';
import { TestClock } from './test-clock.ts';

/** What a reader of the lease file makes of every row that a server has written. */
function rowsOf(ring: ByteRingReader): RowDecoder[] {
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  const rows: RowDecoder[] = [];
  while (ring.next(record)) {
    const decoder = new RowDecoder();
    const fault = decoder.decode(ring.bytes.slice(record.offset, record.offset + record.length), 0, {
      min: 12,
      max: 12,
    });
    if (fault !== RowFault.none) throw new Error(`a row with fault ${fault}`);
    rows.push(decoder);
  }
  ring.release();
  return rows;
}

t.test(
  'client identifiers of every length are served or ignored, and read from the file as they were',
  async (t) => {
    const server = serverFor(t, {
      subnet4: [
        {
          id: 1,
          subnet: '10.0.0.0/16',
          pools: [{ pool: '10.0.1.0/24' }],
          relay: { 'ip-addresses': ['127.0.0.1'] },
        },
      ],
    });
    const ring = new ByteRingReader(server.bookMemory.changes.ring);
    for (const octets of [0, 1, 2, 3, 127, 128, 129, 130, 253, 254, 255]) {
      for (const fill of [0, 0x2c, 0xff]) {
        const identifier = new Array<number>(octets).fill(fill);
        const reply = lease(server, 1 + octets, [[61, identifier]]);
        t.equal(reply.type, 5, `${octets} octets of ${fill}`, { diagnostic: false });
        const [row] = rowsOf(ring);
        t.equal(row?.record.clientIdLength, octets, `${octets} octets are in the file`, {
          diagnostic: false,
        });
        server.ask(release(1 + octets, reply.yiaddr));
        rowsOf(ring);
      }
    }
  },
);

const NAMES = [
  '',
  '.',
  '...',
  'aaa..bbb',
  '-',
  '--',
  '_',
  '__.__',
  ' ',
  '\0',
  '\0\0a',
  '\t',
  '@',
  'ä.ö',
  '.a',
  'a.',
  '1',
  'A',
];
const octetsOf = (name: string): number[] => [...Buffer.from(name, 'latin1')];
/** Option 81 with the name as text and as labels, and with labels that lie. */
function fqdns(name: string): number[][] {
  const labels = name.split('.').flatMap((label) => [Buffer.byteLength(label, 'latin1'), ...octetsOf(label)]);
  return [
    [1, 0, 0, ...octetsOf(name)],
    [5, 0, 0, ...labels],
    [4, 0, 0, ...labels, 0],
    [5, 0, 0, 64, ...octetsOf(name)],
    [5, 0, 0, 0xc0, 3, ...labels],
    [5, 0],
  ];
}

t.test(
  'names of which a set of characters leaves nothing: no row that cannot be read, and an answer',
  async (t) => {
    const sets = [
      ['[^A-Za-z0-9.-]', ''],
      ['[^A-Za-z0-9.-]', '.'],
      ['[A-Za-z0-9.-]', ''],
      ['[A-Za-z0-9._-]', '-'],
      ['[^x]', ''],
      ['[.]', ''],
      ['[.]', '..'],
    ] as const;
    for (const [set, replacement] of sets) {
      const server = serverFor(t, {
        'hostname-char-set': set,
        'hostname-char-replacement': replacement,
        'ddns-qualifying-suffix': 'example.com',
        'dhcp-ddns': { 'enable-updates': true },
        'ddns-replace-client-name': 'when-present',
      });
      const ring = new ByteRingReader(server.bookMemory.changes.ring);
      const before = server.statistic('pkt4-received');
      let asked = 0;
      for (const name of NAMES) {
        const all: Options[] = [[[12, octetsOf(name)]], ...fqdns(name).map((data): Options => [[81, data]])];
        for (const options of all) {
          server.ask(discover(7, options));
          server.ask(request(7, '10.0.0.12', options));
          asked += 2;
          for (const { record } of rowsOf(ring)) {
            const written = encodeRow(new Uint8Array(ROW_BYTES_MAX), 0, record);
            t.ok(written > 0, `${set} of ${JSON.stringify(name)}`, { diagnostic: false });
          }
        }
      }
      t.equal(server.statistic('pkt4-received') - before, asked, `${set}: none was lost`);
      t.equal(lease(server, 8).type, 5, 'a client without a name is served');
    }
  },
);

t.test('a flood of DISCOVERs from stations that are none: bounded memory, and the offers end', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, {}, { clock, capacity: 512 });
  const chance = numbersFrom(20_261_127);
  const station = (): string => mac(chance(1 << 24));
  for (let count = 0; count < 20_000; count++) {
    server.send(packet({ mac: station(), options: [[61, Array.from({ length: 255 }, () => chance(256))]] }));
    if (count % 32 === 0) server.replies();
  }
  server.replies();
  t.ok(server.addresses().length <= 11, `${server.addresses().length} rows for 11 addresses`);
  t.equal(server.statistic('assigned-addresses'), 0, 'nobody has a lease');
  t.equal(server.statistic('pkt4-received'), 20_000);
  // All are promised to somebody, until they are not.
  clock.pass(3_600);
  for (let client = 1; client <= 11; client++) t.equal(lease(server, client).type, 5, `client ${client}`);
  t.equal(server.ask(discover(12)), null, 'and then the pool is empty');
});

/** Rounds of 8,000 queries, twice. TANDEM_SOAK_ROUNDS=600 sees ten million. */
const SOAK_ROUNDS = Number(process.env['TANDEM_SOAK_ROUNDS'] ?? 8);
const PATIENCE_MS = 60_000 + SOAK_ROUNDS * 8_000;
t.setTimeout(PATIENCE_MS);

t.test(
  'exchanges without end, right and malformed ones: the heap stays as it is',
  { timeout: PATIENCE_MS },
  async (t) => {
    const server = serverFor(t, {
      subnet4: [
        {
          id: 1,
          subnet: '10.0.0.0/16',
          pools: [{ pool: '10.0.1.0/24' }],
          relay: { 'ip-addresses': ['127.0.0.1'] },
        },
      ],
      'client-classes': [{ name: 'x', test: "substring(option[60].hex, 0, 3) == 'abc'" }],
    });
    const ring = new ByteRingReader(server.bookMemory.changes.ring);
    const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
    const chance = numbersFrom(7);
    const corpus = keptCorpus('datagrams').map((datagram) => {
      const own = datagram.slice(0, 2048);
      // The relay must stay where the test listens.
      if (own.length >= 28) own.set([127, 0, 0, 1], 24);
      return own;
    });
    const makers = [
      (client: number) => discover(client, [[12, octetsOf(`host-${client}`)]]),
      (client: number) =>
        request(client, `10.0.1.${client & 255}`, [
          [60, octetsOf('abc')],
          [55, [1, 3, 6]],
        ]),
      (client: number) => renew(client, `10.0.1.${client & 255}`),
      (client: number) => release(client, `10.0.1.${client & 255}`),
      (client: number) => packet({ type: 8, mac: mac(client), ciaddr: '10.0.1.9' }),
      () => corpus[chance(corpus.length)]!,
    ];
    const pool = Array.from({ length: 6_000 }, (_, index) => makers[index % makers.length]!(chance(300)));
    const round = (): void => {
      for (let batch = 0; batch < 500; batch++) {
        for (let i = 0; i < 16; i++) server.post(pool[chance(pool.length)]!);
        server.turn();
        server.makeDurable();
        server.replies();
        while (ring.next(record));
        ring.release();
      }
    };
    const grown = heapGrowth(round, SOAK_ROUNDS);
    const received = server.statistic('pkt4-received');
    // Less than one number for each query.
    t.ok(grown < SOAK_ROUNDS * 40_000, `${received} queries, ${grown} octets more`);
    t.comment(`${received} queries, ${grown} octets more`);
    t.ok(received > 10_000);
  },
);
