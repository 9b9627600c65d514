/** The binary lease update: what is written is read as the same, and octets that are no record are told. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { formatIpv4 } from '../../../src/base/ipv4.ts';
import { leaseOfRecord, recordOfLease } from '../../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import { emptyRecord } from '../../../src/lease/dhcp4/record.ts';
import {
  decodeUpdateRecord,
  encodeUpdateRecord,
  isUpdateRecord,
  UPDATE_RECORD_BYTES_MAX,
  updateRecordAddress,
} from '../../../src/lease/dhcp4/update-record.ts';
import { LeaseState } from '../../../src/lease/state.ts';

const HEADER_BYTES = 28;
const U32_MAX = 0xffffffff;
const anyU32 = fc.integer({ min: 0, max: U32_MAX });
const anyOctets = (maxLength: number) => fc.uint8Array({ maxLength });

const anyLease: fc.Arbitrary<Lease4> = fc
  .record(
    {
      address: fc.integer({ min: 1, max: U32_MAX }),
      hwAddress: anyOctets(16),
      clientId: fc.option(fc.uint8Array({ minLength: 1, maxLength: 255 })),
      subnetId: anyU32,
      poolId: anyU32,
      validLifetimeSec: fc.oneof(fc.constant(U32_MAX), anyU32),
      clttSec: fc.oneof(fc.constant(U32_MAX), anyU32),
      state: fc.constantFrom<LeaseState>(0, 1, 2, 3),
      hostname: fc.string({ unit: 'grapheme-ascii', maxLength: 255 }),
      fqdnFwd: fc.boolean(),
      fqdnRev: fc.boolean(),
      userContext: fc.oneof(
        fc.constant(''),
        fc.string({ maxLength: 200 }).map((a) => JSON.stringify({ a })),
      ),
    },
    { noNullPrototype: true },
  )
  // Only a declined lease is of nobody.
  .map((lease) =>
    lease.hwAddress.length + (lease.clientId?.length ?? 0) === 0
      ? { ...lease, state: LeaseState.declined }
      : lease,
  );

const LEASE: Lease4 = {
  address: 0x0a000105,
  hwAddress: Uint8Array.of(2, 0, 0, 0, 0, 7),
  clientId: Uint8Array.of(1, 2, 0, 0, 0, 0, 7),
  subnetId: 0x01020304,
  poolId: 5,
  validLifetimeSec: 3600,
  clttSec: 1_800_000_000,
  state: 0,
  hostname: 'a.b',
  fqdnFwd: true,
  fqdnRev: false,
  userContext: '{"a":1}',
};

function encode(lease: Lease4, isUpdate = true): Uint8Array {
  const out = new Uint8Array(UPDATE_RECORD_BYTES_MAX);
  return out.slice(0, encodeUpdateRecord(out, 0, recordOfLease(lease), isUpdate));
}

function faultOf(bytes: Uint8Array): string | null {
  return decodeUpdateRecord(bytes, 0, bytes.length, emptyRecord());
}

/** One octet of a good record changed. */
function changed(at: number, octet: number): Uint8Array {
  const bytes = encode(LEASE);
  bytes[at] = octet;
  return bytes;
}

t.test('what is written is read as the same lease, at any offset, with anything around it', async (t) => {
  fc.assert(
    fc.property(anyLease, fc.boolean(), fc.nat(64), fc.nat(255), (lease, isUpdate, at, around) => {
      const out = new Uint8Array(at + UPDATE_RECORD_BYTES_MAX + 8).fill(around);
      const end = encodeUpdateRecord(out, at, recordOfLease(lease), isUpdate);
      const record = emptyRecord();
      assert.equal(decodeUpdateRecord(out, at, end - at, record), null);
      assert.deepEqual(leaseOfRecord(record), lease);
      assert.equal(isUpdateRecord(out, at), isUpdate);
      assert.equal(updateRecordAddress(out, at), lease.address);
      const untouched = [...out.subarray(0, at), ...out.subarray(end)];
      assert(untouched.every((octet) => octet === around));
    }),
    { seed: 1, numRuns: 1000 },
  );
  t.pass('1000 leases');
});

t.test('the octets are those of the layout', async (t) => {
  const octets = [
    [1, 0, 1, 6, 7, 3, 7, 0],
    [5, 1, 0, 10],
    [4, 3, 2, 1],
    [5, 0, 0, 0],
    [0x10, 0x0e, 0, 0],
    [0x00, 0xd2, 0x49, 0x6b],
    [2, 0, 0, 0, 0, 7],
    [1, 2, 0, 0, 0, 0, 7],
    [...Buffer.from('a.b{"a":1}')],
  ];
  t.same([...encode(LEASE)], octets.flat());
  t.equal(encode({ ...LEASE, hostname: '', userContext: '' }, false).length, HEADER_BYTES + 13);
});

t.test('the longest record has the announced length', async (t) => {
  const longest = encode({
    ...LEASE,
    hwAddress: new Uint8Array(16).fill(1),
    clientId: new Uint8Array(255).fill(2),
    hostname: 'h'.repeat(255),
    userContext: `{"a":"${'x'.repeat(12_280)}"}`,
  });
  t.equal(longest.length, UPDATE_RECORD_BYTES_MAX);
  t.equal(faultOf(longest), null);
});

t.test('a record that is cut anywhere, or has more behind it, is none', async (t) => {
  const whole = encode(LEASE);
  for (let length = 0; length < whole.length; length++) {
    const fault = faultOf(whole.slice(0, length));
    t.match(fault, length < HEADER_BYTES ? /cut off/ : /do not add up/, `${length} octets`);
  }
  t.match(faultOf(Uint8Array.of(...whole, 0)), /do not add up/);
  t.match(decodeUpdateRecord(whole, 0, whole.length + 1, emptyRecord()), /cut off/, 'the memory ends before');
  t.match(decodeUpdateRecord(whole, 1, whole.length, emptyRecord()), /cut off/);
});

t.test('each value that cannot be is told by its own words', async (t) => {
  const rows: [string, Uint8Array, RegExp][] = [
    ['operation 2', changed(0, 2), /operation/],
    ['state 4', changed(1, 4), /state/],
    ['state 255: an offer', changed(1, 255), /state/],
    ['a third flag', changed(2, 4), /flag/],
    ['a longer hardware address', changed(3, 7), /do not add up/],
    ['no address', encode({ ...LEASE, address: 0 }), /0\.0\.0\.0/],
    ['a hardware address of 17', Uint8Array.of(...changed(3, 17), ...new Uint8Array(11)), /hardware address/],
    ['nobody', encode({ ...LEASE, hwAddress: new Uint8Array(0), clientId: null }), /nobody/],
    ['a context of a list', encode({ ...LEASE, userContext: '[1]' }), /JSON map/],
    ['a context that is cut', encode({ ...LEASE, userContext: '{"a":"' }), /JSON map/],
    ['a context of 12,289', withContext(12_289), /user context/],
    ['a context of 65,535', withContext(65_535), /user context/],
  ];
  for (const [name, bytes, words] of rows) t.match(faultOf(bytes), words, name);
  const nobody = { ...LEASE, hwAddress: new Uint8Array(0), clientId: null };
  t.equal(faultOf(encode({ ...nobody, state: 1 })), null, 'a declined lease is of nobody');
  t.equal(
    faultOf(encode({ ...nobody, validLifetimeSec: 0 }, false)),
    null,
    'so is what is no lease any more',
  );
});

t.test('any octets give a lease that is written as the same octets, or a fault', async (t) => {
  const record = emptyRecord();
  const again = new Uint8Array(UPDATE_RECORD_BYTES_MAX);
  let read = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        anyOctets(80),
        anyLease.map((lease) => encode(lease)),
      ),
      fc.array(fc.tuple(fc.nat(HEADER_BYTES), fc.nat(255)), { maxLength: 2 }),
      (octets, changes) => {
        const bytes = octets.slice();
        for (const [at, octet] of changes) if (at < bytes.length) bytes[at] = octet;
        if (decodeUpdateRecord(bytes, 0, bytes.length, record) !== null) return;
        read++;
        assert(formatIpv4(record.address) !== '0.0.0.0');
        const length = encodeUpdateRecord(again, 0, record, isUpdateRecord(bytes, 0));
        assert.deepEqual(again.subarray(0, length), bytes);
      },
    ),
    { seed: 2, numRuns: 3000 },
  );
  t.ok(read > 300, `${read} of them were leases`);
});

function withContext(length: number): Uint8Array {
  const bytes = Uint8Array.of(...encode({ ...LEASE, userContext: '' }), ...new Uint8Array(length));
  bytes[6] = length & 255;
  bytes[7] = length >>> 8;
  return bytes;
}
