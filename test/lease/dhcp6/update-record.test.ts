/** The binary DHCPv6 lease update: what is written is read as the same, and octets that are no record are told. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { recordOfLease6 } from '../../../src/lease/dhcp6/csv-lease.ts';
import type { Lease6 } from '../../../src/lease/dhcp6/model.ts';
import { emptyRecord6 } from '../../../src/lease/dhcp6/record.ts';
import { clientOfUpdate6 } from '../../../src/lease/dhcp6/update-client.ts';
import {
  decodeUpdateRecord6,
  encodeUpdateRecord6,
  isUpdateRecord6,
  UPDATE_ADDRESS_AT_6,
  UPDATE_RECORD_BYTES_MAX_6,
} from '../../../src/lease/dhcp6/update-record.ts';
import { anyFields, recordWith, valuesOf } from './support/leases.ts';
import { lease6, prefix6 } from './support/plain.ts';

const HEADER_BYTES = 56;
const HW = Uint8Array.of(2, 0, 0, 0, 0, 7);
const LEASE = lease6({
  subnetId: 0x0102_0304,
  poolId: 5,
  hwAddress: HW,
  hwType: 0x0106,
  hwSource: 0x0010_0002,
  hostname: 'a.b',
  fqdnFwd: true,
  userContext: '{"a":1}',
});

const anyRecord = anyFields.map(recordWith);

function encode(lease: Lease6, isUpdate = true): Uint8Array {
  const out = new Uint8Array(UPDATE_RECORD_BYTES_MAX_6);
  return out.slice(0, encodeUpdateRecord6(out, 0, recordOfLease6(lease), isUpdate));
}

function faultOf(bytes: Uint8Array): string | null {
  return decodeUpdateRecord6(bytes, 0, bytes.length, emptyRecord6());
}

/** One octet of a good record changed. */
function changed(at: number, octet: number, lease: Lease6 = LEASE): Uint8Array {
  const bytes = encode(lease);
  bytes[at] = octet;
  return bytes;
}

t.test('what is written is read as the same lease, at any offset, with anything around it', async (t) => {
  fc.assert(
    fc.property(anyRecord, fc.boolean(), fc.nat(64), fc.nat(255), (lease, isUpdate, at, around) => {
      const out = new Uint8Array(at + UPDATE_RECORD_BYTES_MAX_6 + 8).fill(around);
      const end = encodeUpdateRecord6(out, at, lease, isUpdate);
      const record = emptyRecord6();
      assert.equal(decodeUpdateRecord6(out, at, end - at, record), null);
      assert.deepEqual(valuesOf(record), valuesOf(lease));
      assert.equal(isUpdateRecord6(out, at), isUpdate);
      const { bytes, offset } = lease.address;
      const address = out.subarray(at + UPDATE_ADDRESS_AT_6, at + UPDATE_ADDRESS_AT_6 + 16);
      assert.deepEqual(address, bytes.subarray(offset, offset + 16));
      const untouched = [...out.subarray(0, at), ...out.subarray(end)];
      assert(untouched.every((octet) => octet === around));
    }),
    { seed: 1, numRuns: 1000 },
  );
  t.pass('1000 leases');
});

t.test('the octets are those of the layout', async (t) => {
  const octets = [
    [1, 0, 1, 0, 128, 10, 6, 3, 7, 0, 0x06, 0x01],
    [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    [4, 3, 2, 1],
    [4, 3, 2, 1],
    [5, 0, 0, 0],
    [0x08, 0x07, 0, 0],
    [0x10, 0x0e, 0, 0],
    [0x00, 0xd2, 0x49, 0x6b],
    [2, 0, 0x10, 0],
    [0, 3, 0, 1, 2, 0, 0, 0, 0, 7],
    [2, 0, 0, 0, 0, 7],
    [...Buffer.from('a.b{"a":1}')],
  ];
  t.same([...encode(LEASE)], octets.flat());
  t.equal(encode(prefix6(), false).length, HEADER_BYTES + 10);
});

t.test('the longest record has the announced length', async (t) => {
  const longest = encode({
    ...LEASE,
    duid: new Uint8Array(130).fill(2),
    hwAddress: new Uint8Array(20).fill(1),
    hostname: 'h'.repeat(255),
    userContext: `{"a":"${'x'.repeat(12_280)}"}`,
  });
  t.equal(longest.length, UPDATE_RECORD_BYTES_MAX_6);
  t.equal(faultOf(longest), null);
});

t.test('a record that is cut anywhere, or has more behind it, is none', async (t) => {
  const whole = encode(LEASE);
  for (let length = 0; length < whole.length; length++) {
    const fault = faultOf(whole.slice(0, length));
    t.match(fault, length < HEADER_BYTES ? /cut off/ : /do not add up/, `${length} octets`);
  }
  t.match(faultOf(Uint8Array.of(...whole, 0)), /do not add up/);
  t.match(
    decodeUpdateRecord6(whole, 0, whole.length + 1, emptyRecord6()),
    /cut off/,
    'the memory ends before',
  );
  t.match(decodeUpdateRecord6(whole, 1, whole.length, emptyRecord6()), /cut off/);
});

t.test('each value that cannot be is told by its own words', async (t) => {
  const noDuid = lease6({ duid: new Uint8Array(0) });
  const rows: [string, Uint8Array, RegExp][] = [
    ['operation 2', changed(0, 2), /operation/],
    ['state 5', changed(1, 5), /state/],
    ['state 255: an offer', changed(1, 255), /state/],
    ['a third flag', changed(2, 4), /flag/],
    ['type 3', changed(3, 3), /type/],
    ['an address with a prefix length', changed(4, 127), /prefix length/],
    ['a prefix without one', changed(4, 0, prefix6()), /prefix length/],
    ['a prefix of 129', changed(4, 129, prefix6()), /prefix length/],
    ['a prefix that is longer than it says', changed(4, 48, prefix6()), /host bits/],
    ['a prefix with a bit at its end', changed(27, 1, prefix6()), /host bits/],
    ['a longer DUID', changed(5, 11), /do not add up/],
    ['no DUID', encode(noDuid), /DUID/],
    ['a DUID of 131', encode(lease6({ duid: new Uint8Array(131) })), /DUID/],
    ['a hardware address of 21', encode(lease6({ hwAddress: new Uint8Array(21) })), /hardware address/],
    ['a type without a hardware address', changed(10, 1, lease6()), /hardware address/],
    ['a source without a hardware address', changed(52, 1, lease6()), /hardware address/],
    ['::', encode(lease6({ address: new Uint8Array(16) })), /::/],
    ['a context of a list', encode({ ...LEASE, userContext: '[1]' }), /JSON map/],
    ['a context that is cut', encode({ ...LEASE, userContext: '{"a":"' }), /JSON map/],
    ['a context of 12,289', withContext(12_289), /user context/],
    ['a context of 65,535', withContext(65_535), /user context/],
  ];
  for (const [name, bytes, words] of rows) t.match(faultOf(bytes), words, name);
  t.equal(
    faultOf(encode(lease6({ duid: Uint8Array.of(0), state: 1 }))),
    null,
    "a declined lease is nobody's",
  );
  t.equal(faultOf(encode(lease6({ state: 4 }))), null, 'a registered address');
});

t.test('any octets give a lease that is written as the same octets, or a fault', async (t) => {
  const record = emptyRecord6();
  const again = new Uint8Array(UPDATE_RECORD_BYTES_MAX_6);
  let read = 0;
  const anyOctets = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    anyRecord.map((lease) => again.slice(0, encodeUpdateRecord6(again, 0, lease, true))),
  );
  const anyChanges = fc.array(fc.tuple(fc.nat(HEADER_BYTES), fc.nat(255)), { maxLength: 2 });
  fc.assert(
    fc.property(anyOctets, anyChanges, (octets, changes) => {
      const bytes = octets.slice();
      for (const [at, octet] of changes) if (at < bytes.length) bytes[at] = octet;
      if (decodeUpdateRecord6(bytes, 0, bytes.length, record) !== null) return;
      read++;
      const length = encodeUpdateRecord6(again, 0, record, isUpdateRecord6(bytes, 0));
      assert.deepEqual(again.subarray(0, length), bytes);
    }),
    { seed: 2, numRuns: 3000 },
  );
  t.ok(read > 300, `${read} of them were leases`);
});

t.test('the client of a record is its DUID', async (t) => {
  const bytes = encode(LEASE);
  t.same(clientOfUpdate6(bytes, 0, bytes.length), {
    hwAddress: '',
    clientId: '00:03:00:01:02:00:00:00:00:07',
  });
});

function withContext(length: number): Uint8Array {
  const bytes = Uint8Array.of(...encode({ ...LEASE, userContext: '' }), ...new Uint8Array(length));
  bytes[8] = length & 255;
  bytes[9] = length >>> 8;
  return bytes;
}
