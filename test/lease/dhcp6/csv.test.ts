/** Rows of the DHCPv6 lease file, both ways. */
import fc from 'fast-check';
import t from 'tap';
import { encodeRow6, LEASE_FILE_COLUMNS_6, ROW_BYTES_MAX_6 } from '../../../src/lease/dhcp6/csv.ts';
import { readAddress, writeAddress } from '../../../src/lease/dhcp6/csv-address.ts';
import { RowDecoder6 } from '../../../src/lease/dhcp6/csv-decode.ts';
import { RowFault6, rowFaultTexts6 } from '../../../src/lease/dhcp6/csv-fault.ts';
import { anyFields, type RecordFields, recordWith, valuesOf } from './support/leases.ts';

const CURRENT = { min: 18, max: 18 };
const ROW = '2001:db8::1,00:03:00:01,3600,1700003600,7,1800,0,5,128,1,0,host,02:00:00:00:00:01,0,,1,2,9';

function textOf(fields: RecordFields): string {
  const row = new Uint8Array(ROW_BYTES_MAX_6);
  return Buffer.from(row.subarray(0, encodeRow6(row, 0, recordWith(fields)))).toString('latin1');
}

function decode(text: string, columns = CURRENT) {
  const decoder = new RowDecoder6();
  const bytes = Buffer.from(`${text}\n`, 'latin1');
  const fault = decoder.decode(bytes, 0, columns);
  t.equal(decoder.next, bytes.length, 'the next row is found');
  return { fault, values: valuesOf(decoder.record) as Record<string, unknown> };
}

t.test('a row is written as Kea writes it', async (t) => {
  t.equal(LEASE_FILE_COLUMNS_6.length, 18);
  const fields = {
    iaid: 5,
    subnetId: 7,
    poolId: 9,
    preferredLifetimeSec: 1800,
    fqdnFwd: true,
    hostname: Buffer.from('host'),
    hw: Uint8Array.of(2, 0, 0, 0, 0, 1),
    hwType: 1,
    hwSource: 2,
  };
  t.equal(textOf(fields), `${ROW}\n`);
  t.match(
    textOf({ ...fields, hw: new Uint8Array(0) }),
    /,host,,0,,,,9\n$/,
    'no hardware address, no kind of one',
  );
  t.match(textOf({ hostname: Buffer.from('a,b&c\x01') }), /,a&#x2cb&#x26c&#x01,/);
  t.match(textOf({ duid: new Uint8Array(3), state: 1 }), /^2001:db8::1,00:00:00,/);
  for (const wrong of [
    { duid: new Uint8Array(0) },
    { state: 255 },
    { prefixLength: 64 },
    { type: 2, prefixLength: 64 },
    { address: new Uint8Array(16) },
  ])
    t.equal(textOf(wrong), '', 'and what is no lease of a file is not');
});

t.test('any lease comes back as it was, at any place of a buffer', async (t) => {
  const decoder = new RowDecoder6();
  const row = new Uint8Array(ROW_BYTES_MAX_6 + 10);
  let longest = 0;
  fc.assert(
    fc.property(anyFields, fc.nat(9), (fields, at) => {
      const record = recordWith(fields);
      const end = encodeRow6(row, at, record);
      longest = Math.max(longest, end - at);
      if (decoder.decode(row, at, CURRENT) !== RowFault6.none || decoder.next !== end) return false;
      return JSON.stringify(valuesOf(decoder.record)) === JSON.stringify(valuesOf(record));
    }),
    { numRuns: 500 },
  );
  t.ok(longest <= ROW_BYTES_MAX_6);
  t.ok(ROW_BYTES_MAX_6 < 65_536, 'a row fits the 16 bits of a row index');
});

t.test('addresses are written as RFC 5952 says, and read in every form', async (t) => {
  const forms: [string, string][] = [
    ['2001:db8::1', '2001:db8:0:0:0:0:0:1'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['2001:db8::', '2001:0DB8::'],
    ['2001:0:0:1::1', '2001:0:0:1:0:0:0:1'],
    ['2001:db8::1:0:0:1', '2001:db8:0:0:1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8::1:1:1:1:1'],
    ['fe80::abcd:0:123:4567', 'FE80:0000::abcd:0:0123:4567'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6::', '1:2:3:4:5:6:0:0'],
  ];
  for (const [text, other] of forms) {
    for (const form of [text, other]) {
      const octets = new Uint8Array(16);
      t.equal(readAddress(Buffer.from(`${form},`), 0, octets, 0), form.length, form);
      const out = Buffer.alloc(39);
      t.equal(out.toString('latin1', 0, writeAddress(out, 0, octets, 0)), text);
    }
  }
  const wrong = [
    '',
    ':',
    ':1',
    '1:',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '1:2:3:4:5:6:7::8',
    '12345::',
    'g::',
    '1:2:',
  ];
  for (const text of wrong) t.equal(readAddress(Buffer.from(`${text},`), 0, new Uint8Array(16), 0), -1, text);
});

t.test('older and newer schemas', async (t) => {
  const names = ROW.split(',');
  for (let columns = 12; columns <= 18; columns++) {
    const range = { min: columns, max: 18 };
    const { fault, values } = decode(names.slice(0, columns).join(','), range);
    t.equal(fault, RowFault6.none, `${columns} columns`);
    t.equal(values['hw'], columns > 12 ? '020000000001' : '');
    t.equal(values['hwSource'], columns > 16 ? 2 : 0);
    t.equal(values['poolId'], columns > 17 ? 9 : 0);
  }
  t.equal(decode(`${ROW},new,newer`, { min: 18, max: 20 }).fault, RowFault6.none);
  t.equal(decode(`${ROW},new`, CURRENT).fault, RowFault6.columns);
  t.equal(decode(names.slice(0, 17).join(','), CURRENT).fault, RowFault6.columns);
});

t.test('each malformed column has its fault', async (t) => {
  const faults: [number, string, number][] = [
    [0, '::', RowFault6.address],
    [0, '10.0.0.1', RowFault6.address],
    [1, '', RowFault6.duid],
    [1, '00:'.repeat(131).slice(0, -1), RowFault6.duid],
    [2, '4294967296', RowFault6.validLifetime],
    [3, 'x', RowFault6.expire],
    [3, '99999999999999', RowFault6.expire],
    [4, '-1', RowFault6.subnetId],
    [5, '', RowFault6.preferredLifetime],
    [6, '3', RowFault6.leaseType],
    [7, '4294967296', RowFault6.iaid],
    [8, '64', RowFault6.prefixLength],
    [8, '129', RowFault6.prefixLength],
    [9, '2', RowFault6.fqdnFwd],
    [10, '', RowFault6.fqdnRev],
    [11, 'h'.repeat(256), RowFault6.hostname],
    [12, '00:'.repeat(21).slice(0, -1), RowFault6.hardwareAddress],
    [12, '0x', RowFault6.hardwareAddress],
    [13, '5', RowFault6.state],
    [14, '[]', RowFault6.userContext],
    [15, '65536', RowFault6.hardwareType],
    [16, 'x', RowFault6.hardwareSource],
    [17, '4294967296', RowFault6.poolId],
    [17, '1x', RowFault6.poolId],
  ];
  for (const [column, text, fault] of faults) {
    const names = ROW.split(',');
    names[column] = text;
    t.equal(rowFaultTexts6[decode(names.join(',')).fault], rowFaultTexts6[fault], `${column}: ${text}`);
  }
});

t.test('a prefix ends where its length says', async (t) => {
  const prefix = (address: string, length: number) =>
    decode(ROW.replace('2001:db8::1', address).replace(',0,5,128,', `,2,5,${length},`)).fault;
  t.equal(prefix('2001:db8:0:100::', 56), RowFault6.none);
  t.equal(prefix('2001:db8:0:100::', 55), RowFault6.hostBits);
  t.equal(prefix('2001:db8::1', 128), RowFault6.none);
  t.equal(prefix('2001:db8::1', 64), RowFault6.hostBits);
  t.match(rowFaultTexts6[RowFault6.hostBits], /prefix_len/);
});

t.test('every truncation and any octets are judged, never thrown', async (t) => {
  for (let length = 0; length < ROW.length; length++) {
    const { fault } = decode(ROW.slice(0, length));
    if (fault === RowFault6.none) t.fail(`cut to ${length}`);
  }
  const decoder = new RowDecoder6();
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(ROW.length - 1), fc.nat(255)), { maxLength: 5 }), (changes) => {
      const bytes = Buffer.from(`${ROW}\n`);
      for (const [at, octet] of changes) bytes[at] = octet;
      decoder.decode(bytes, 0, CURRENT);
      return decoder.next > 0 && bytes[decoder.next - 1] === 0x0a;
    }),
    { numRuns: 2000 },
  );
});
