/** Rows of the lease file, written. Reading them back is the other half of most tests here. */
import fc from 'fast-check';
import t from 'tap';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import { encodeRow, LEASE_FILE_COLUMNS, ROW_BYTES_MAX } from '../../../src/lease/dhcp4/csv.ts';
import { RowDecoder } from '../../../src/lease/dhcp4/csv-decode.ts';
import { RowFault } from '../../../src/lease/dhcp4/csv-fault.ts';
import { leaseOfRecord, recordOfLease } from '../../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import type { LeaseRecord } from '../../../src/lease/dhcp4/record.ts';
import { LeaseState } from '../../../src/lease/state.ts';

const CURRENT = { min: LEASE_FILE_COLUMNS.length, max: LEASE_FILE_COLUMNS.length };
const out = new Uint8Array(ROW_BYTES_MAX);

const lease: Lease4 = {
  address: parseIpv4('192.0.2.10')!,
  hwAddress: Uint8Array.of(2, 0, 0, 0, 0, 0xab),
  clientId: Uint8Array.of(1, 2, 0, 0, 0, 0, 0xab),
  validLifetimeSec: 3600,
  clttSec: 1_795_214_936,
  subnetId: 7,
  poolId: 3,
  fqdnFwd: true,
  fqdnRev: false,
  hostname: 'alpha.example.org',
  state: LeaseState.assigned,
  userContext: '{"a":1}',
};

function textOf(record: LeaseRecord): string {
  return Buffer.from(out.subarray(0, encodeRow(out, 0, record))).toString('latin1');
}

const row = (change: Partial<Lease4>): string => textOf(recordOfLease({ ...lease, ...change }));

t.test('a row has the columns of Kea in their order and ends with a newline', async (t) => {
  t.equal(
    row({}),
    '192.0.2.10,02:00:00:00:00:ab,01:02:00:00:00:00:ab,3600,1795218536,7,1,0,alpha.example.org,0,{"a":1},3\n',
  );
});

t.test('what is absent leaves its column empty', async (t) => {
  const change = { hwAddress: new Uint8Array(0), clientId: null, hostname: '', userContext: '', poolId: 0 };
  t.equal(row({ ...change, state: LeaseState.declined }), '192.0.2.10,,,3600,1795218536,7,1,0,,1,,0\n');
});

t.test('numbers have their full range', async (t) => {
  const change = { subnetId: 0xffff_ffff, poolId: 0xffff_ffff, validLifetimeSec: 0xffff_ffff };
  t.match(row({ ...change, clttSec: 0xffff_ffff }), ',4294967295,8589934590,4294967295,1,0,');
  t.match(row({ ...change }), ',{"a":1},4294967295\n');
  t.match(row({ validLifetimeSec: 0, clttSec: 999_999_999 }), ',0,999999999,7,');
  t.match(row({ validLifetimeSec: 0, clttSec: 1_000_000_000 }), ',0,1000000000,7,');
  t.match(row({ address: parseIpv4('255.0.10.99')! }), /^255\.0\.10\.99,/);
});

t.test(
  'octets that could end a field or a line are escaped in both texts, as two lower-case digits',
  async (t) => {
    const hostname = Uint8Array.from({ length: 256 }, (_, octet) => octet);
    const all = { ...recordOfLease(lease), hostname, hostnameLength: 255 };
    const field = textOf(all).split(',')[8]!;
    t.equal(field.length, 0x20 * 5 + 2 * 5 + (0x7f - 0x20 - 2) + (255 - 0x7f) * 5);
    t.match(field, '&#x00&#x01');
    t.match(field, '!"#$%&#x26\'()*+&#x2c-./');
    t.match(field, 'z{|}~&#x7f&#x80');
    t.match(row({ userContext: '{"a":"ü,&"}' }), ',{"a":"&#xc3&#xbc&#x2c&#x26"},');
  },
);

t.test('a deletion without identifiers is that of a declined lease, which Kea can read', async (t) => {
  const anonymous = { hwAddress: new Uint8Array(0), clientId: null, validLifetimeSec: 0 };
  t.match(row(anonymous), /^192\.0\.2\.10,,,0,1795214936,7,1,0,alpha\.example\.org,1,/);
});

t.test('a lease that no row can stand for is not written', async (t) => {
  const record = recordOfLease(lease);
  const cases: [string, Partial<LeaseRecord>][] = [
    ['an offer', { state: LeaseState.offered }],
    ['no address', { address: 0 }],
    ['a live lease without identifiers', { hwLength: 0, clientIdLength: 0 }],
    ['a hardware address of 17 octets', { hwLength: 17 }],
    ['a client identifier of 256 octets', { clientIdLength: 256 }],
    ['a host name of 256 octets', { hostnameLength: 256 }],
    ['a user context of 12,289 octets', { userContextLength: 12_289 }],
  ];
  for (const [what, change] of cases) {
    out.fill(0);
    t.equal(encodeRow(out, 5, { ...record, ...change }), 5, what);
  }
});

t.test('the longest row has exactly the room that is promised, and one octet less refuses it', async (t) => {
  const bytes = new Uint8Array(20_000).fill(0xff);
  const longest: LeaseRecord = {
    ...recordOfLease(lease),
    address: 0xffff_ffff,
    hw: bytes,
    hwLength: 16,
    clientId: bytes,
    clientIdLength: 255,
    validLifetimeSec: 0xffff_ffff,
    expireSec: Number.MAX_SAFE_INTEGER,
    subnetId: 0xffff_ffff,
    poolId: 0xffff_ffff,
    hostname: bytes,
    hostnameLength: 255,
    userContext: bytes,
    userContextLength: 12_288,
  };
  // Each of the two hex fields has one colon less than octets.
  const length = encodeRow(out, 0, longest);
  t.equal(length, ROW_BYTES_MAX - 2);
  t.equal(encodeRow(out.subarray(0, length), 0, longest), length);
  t.equal(encodeRow(out.subarray(0, length - 1), 0, longest), 0);
});

const octets = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
/** Everything that may stand in a table, host names of hostile octets included. */
const records = fc
  .record({
    address: fc.integer({ min: 1, max: 0xffff_ffff }),
    hw: octets(1, 16),
    clientId: octets(0, 255),
    subnetId: u32,
    poolId: u32,
    validLifetimeSec: u32,
    clttSec: u32,
    state: fc.integer({ min: 0, max: 3 }),
    hostname: octets(0, 255),
    fqdnFwd: fc.boolean(),
    fqdnRev: fc.boolean(),
    context: fc.option(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 })), {
      nil: null,
    }),
  })
  .map(({ context, clttSec, ...plain }): LeaseRecord => {
    const userContext = context === null ? new Uint8Array(0) : Buffer.from(JSON.stringify(context));
    return {
      ...plain,
      expireSec: clttSec + plain.validLifetimeSec,
      hwOffset: 0,
      hwLength: plain.hw.length,
      clientIdOffset: 0,
      clientIdLength: plain.clientId.length,
      hostnameOffset: 0,
      hostnameLength: plain.hostname.length,
      userContext,
      userContextOffset: 0,
      userContextLength: userContext.length,
    };
  });

const lower = (bytes: Uint8Array): number[] =>
  Array.from(bytes, (octet) => (octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet));
const range = (bytes: Uint8Array, offset: number, length: number): Uint8Array =>
  bytes.slice(offset, offset + length);

t.test('whatever is written can be read again, hostile names and contexts included', async (t) => {
  const decoder = new RowDecoder();
  const run = fc.property(records, (written) => {
    fc.pre(written.userContextLength <= 12_288);
    const end = encodeRow(out, 0, written);
    const fault = decoder.decode(out, 0, CURRENT);
    const read = decoder.record;
    return (
      fault === RowFault.none &&
      decoder.next === end &&
      JSON.stringify({
        ...leaseOfRecord(read),
        hostname: Array.from(range(read.hostname, read.hostnameOffset, read.hostnameLength)),
      }) === JSON.stringify({ ...leaseOfRecord(written), hostname: lower(written.hostname) })
    );
  });
  fc.assert(run, { seed: 20_261_120, numRuns: 2_000 });
  t.pass('2,000 rows');
});
