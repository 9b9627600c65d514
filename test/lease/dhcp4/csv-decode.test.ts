/** Rows of the lease file, read: what is accepted, and the reason for everything that is not. */
import fc from 'fast-check';
import t from 'tap';
import { formatHex } from '../../../src/base/hex.ts';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import type { ColumnRange } from '../../../src/lease/csv-read.ts';
import { ROW_BYTES_MAX } from '../../../src/lease/dhcp4/csv.ts';
import { RowDecoder } from '../../../src/lease/dhcp4/csv-decode.ts';
import { RowFault, rowFaultTexts } from '../../../src/lease/dhcp4/csv-fault.ts';
import { leaseOfRecord } from '../../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';

const CURRENT: ColumnRange = { min: 12, max: 12 };
const GOOD = '192.0.2.10,02:00:00:00:00:ab,01:02:03,3600,1795218536,7,1,0,alpha,0,{"a":1},3';
const decoder = new RowDecoder();
const faultNames = new Map(Object.entries(RowFault).map(([name, fault]) => [fault, name]));

/** The lease, or the name of the fault. */
function read(text: string, columns = CURRENT): Lease4 | string {
  const bytes = Buffer.from(`${text}\nnext row`, 'latin1');
  const fault = decoder.decode(bytes, 0, columns);
  if (decoder.next !== text.length + 1) throw new Error(`the row behind ${text} was not found`);
  return fault === RowFault.none ? leaseOfRecord(decoder.record) : faultNames.get(fault)!;
}

function readLease(text: string, columns = CURRENT): Lease4 {
  const lease = read(text, columns);
  if (typeof lease === 'string') throw new Error(`unexpected fault: ${lease}`);
  return lease;
}

/** A good row with one column replaced. */
function withColumn(index: number, value: string): string {
  const columns = GOOD.split(',');
  columns[index] = value;
  return columns.join(',');
}

t.test('a row becomes a lease', async (t) => {
  t.same(readLease(GOOD), {
    address: parseIpv4('192.0.2.10'),
    hwAddress: Uint8Array.of(2, 0, 0, 0, 0, 0xab),
    clientId: Uint8Array.of(1, 2, 3),
    validLifetimeSec: 3600,
    clttSec: 1_795_218_536 - 3600,
    subnetId: 7,
    poolId: 3,
    fqdnFwd: true,
    fqdnRev: false,
    hostname: 'alpha',
    state: 0,
    userContext: '{"a":1}',
  });
});

t.test('an identifier may have single digits, upper case, or be absent', async (t) => {
  t.equal(formatHex(readLease(withColumn(1, 'A:0B:c')).hwAddress), '0a:0b:0c');
  t.equal(readLease(withColumn(2, '')).clientId, null);
  t.equal(readLease(withColumn(1, '')).hwAddress.length, 0);
});

t.test('each column has its own fault', async (t) => {
  const cases: [number, string, string[]][] = [
    [
      0,
      'address',
      [
        '',
        '192.0.2',
        '192.0.2.10.1',
        '192.0.2.256',
        '192.0.2.010',
        '192..2.1',
        '0.0.0.0',
        '::1',
        ' 1.2.3.4',
        '1.2.3.4 ',
        '-1.2.3.4',
      ],
    ],
    [1, 'hardwareAddress', [':', '02:', ':02', '02::03', '020', '0g', '02-03', `${'00:'.repeat(16)}00`]],
    [2, 'clientId', ['01:', 'zz', `${'00:'.repeat(255)}00`]],
    [3, 'validLifetime', ['', '-1', '4294967296', '1.5', '1e3', '0x10', ' 1', '99999999999999999999999999']],
    [4, 'expire', ['', '-1', '9007199254740992', 'x', '4294970896']],
    [5, 'subnetId', ['', '4294967296', 'a']],
    [6, 'fqdnFwd', ['', '2', 'true']],
    [7, 'fqdnRev', ['', '2', 'false']],
    [8, 'hostname', ['a'.repeat(256)]],
    [9, 'state', ['', '4', '255', 'x', '0x']],
    [10, 'userContext', ['x', '[]', '{', '{}{}', '"{}"', 'null', `{"a":"${'b'.repeat(12_281)}"}`]],
    [11, 'poolId', ['', '4294967296', 'x', '1x']],
  ];
  for (const [index, fault, values] of cases) {
    for (const value of values)
      t.equal(read(withColumn(index, value)), fault, `${fault}: ${value.slice(0, 40)}`);
  }
});

t.test('the limits themselves are good', async (t) => {
  t.equal(readLease(withColumn(1, `${'00:'.repeat(15)}00`)).hwAddress.length, 16);
  t.equal(readLease(withColumn(2, `${'00:'.repeat(254)}00`)).clientId!.length, 255);
  t.equal(readLease(withColumn(8, 'a'.repeat(255))).hostname.length, 255);
  t.equal(readLease(withColumn(10, `{"a":"${'b'.repeat(12_280)}"}`)).userContext.length, 12_288);
  t.equal(readLease(withColumn(4, String(0xffff_ffff + 3600))).clttSec, 0xffff_ffff);
});

t.test('a lease that ends before it began, on paper, began in 1970', async (t) => {
  const lease = readLease(withColumn(4, '100'));
  t.equal(lease.clttSec, 0);
  t.equal(lease.validLifetimeSec, 3600);
});

t.test('a row without any identifier is bad unless its lease is declined', async (t) => {
  t.equal(read('192.0.2.1,,,600,1795218536,1,0,0,,0,,0'), 'noIdentifier');
  t.equal(readLease('192.0.2.1,,,600,1795218536,1,0,0,,1,,0').state, 1);
});

t.test(
  'escapes are read, what only looks like one stands for itself, host names become lower case',
  async (t) => {
    t.equal(readLease(withColumn(8, 'a&#x2cb&#X2C&#x2&#xzz&&#x26#x2c')).hostname, 'a,b&#x2c&#x2&#xzz&&#x2c');
    t.equal(readLease(withColumn(8, 'end&#x')).hostname, 'end&#x');
    t.equal(readLease(withColumn(8, '&#x4D&#x4d')).hostname, 'mm');
    t.equal(readLease(withColumn(10, '{"A":"&#x2c &#xc3&#xbc"}')).userContext, '{"A":", ü"}');
  },
);

t.test('the header of the file decides how many columns a row may have', async (t) => {
  const columns = GOOD.split(',');
  const first = (count: number): string => columns.slice(0, count).join(',');
  const oldest: ColumnRange = { min: 9, max: 12 };
  t.match(readLease(first(9), oldest), { hostname: 'alpha', state: 0, userContext: '', poolId: 0 });
  t.match(readLease(withColumn(9, '2').split(',').slice(0, 10).join(','), oldest), { state: 2, poolId: 0 });
  t.match(readLease(first(11), oldest), { userContext: '{"a":1}', poolId: 0 });
  t.match(readLease(GOOD, oldest), { poolId: 3 });
  t.equal(read(first(10), { min: 11, max: 12 }), 'columns');
  t.equal(read(first(11)), 'columns');
  t.equal(read(first(8), oldest), 'columns');
  t.equal(read(first(1), oldest), 'columns');
  t.equal(read('', oldest), 'columns');
  t.equal(read(`${GOOD},x`), 'columns');
  t.match(readLease(`${GOOD},newer,`, { min: 12, max: 14 }), { poolId: 3 });
  t.equal(read(`${GOOD},1,2,3`, { min: 12, max: 14 }), 'columns');
});

t.test('a row longer than any lease can be is bad, whatever a newer schema may say', async (t) => {
  t.equal(read(`${GOOD},${'x'.repeat(ROW_BYTES_MAX)}`, { min: 12, max: 13 }), 'tooLong');
});

t.test('every fault has a text, and every text a fault', async (t) => {
  t.same(
    [...faultNames.keys()].sort((a, b) => a - b),
    Array.from(rowFaultTexts.keys()),
  );
});

t.test('a row cut off at any octet is bad', async (t) => {
  for (let length = 0; length < GOOD.length; length++) {
    t.type(read(GOOD.slice(0, length)), 'string', `${length} octets`);
  }
});

t.test('no octets make the decoder fail or lose the next row', async (t) => {
  const columns = fc.record({ min: fc.integer({ min: 9, max: 12 }), max: fc.integer({ min: 12, max: 20 }) });
  const noise = fc
    .uint8Array({ maxLength: 400 })
    .map((bytes) => Buffer.from(bytes.filter((octet) => octet !== 10)));
  const mutated = fc
    .tuple(fc.nat(GOOD.length - 1), fc.constantFrom(...'\0,:.&#x{}"\\9afZ\xff'), fc.nat(3))
    .map(([at, octet, cut]) => Buffer.from(GOOD.slice(0, at) + octet + GOOD.slice(at + cut), 'latin1'));
  const run = fc.property(fc.oneof(noise, mutated), columns, (line, range) => {
    const bytes = Buffer.concat([line, Buffer.from('\n'), Buffer.from(GOOD), Buffer.from('\n')]);
    const fault = decoder.decode(bytes, 0, range);
    const isNamed = rowFaultTexts[fault] !== undefined;
    const isBehind = decoder.next === line.length + 1;
    return isNamed && isBehind && decoder.decode(bytes, decoder.next, CURRENT) === RowFault.none;
  });
  fc.assert(run, { seed: 20_261_121, numRuns: 20_000 });
  t.pass('20,000 lines');
});
