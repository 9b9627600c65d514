/** DHCPv6 leases for tests: numbered ones, and random ones of every shape. */
import fc from 'fast-check';
import { type ByteRange, setRange } from '../../../../src/base/byte-range.ts';
import { emptyRecord6, type LeaseRecord6 } from '../../../../src/lease/dhcp6/record.ts';

/** A run of octets that is all of its array. */
export function rangeOf(octets: Iterable<number>): ByteRange {
  const bytes = Uint8Array.from(octets);
  return { bytes, offset: 0, length: bytes.length };
}

/** 2001:db8::number, below 2^32. */
export function addressNumber(number: number): Uint8Array {
  const bytes = Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  new DataView(bytes.buffer).setUint32(12, number);
  return bytes;
}

/** What a record says; ranges as octets. */
export interface RecordFields extends Partial<Omit<LeaseRecord6, RangeField>> {
  readonly address?: Uint8Array;
  readonly duid?: Uint8Array;
  readonly hw?: Uint8Array;
  readonly hostname?: Uint8Array;
  readonly userContext?: Uint8Array;
}
type RangeField = 'address' | 'duid' | 'hw' | 'hostname' | 'userContext';
const RANGES = ['address', 'duid', 'hw', 'hostname', 'userContext'] as const;

/** A record of an address that client 0 has for an hour, but for `fields`. */
export function recordWith(fields: RecordFields): LeaseRecord6 {
  const { address, duid, hw, hostname, userContext, ...numbers } = fields;
  const ranges = { address: addressNumber(1), duid: Uint8Array.of(0, 3, 0, 1), ...dropAbsent(fields) };
  const record = Object.assign(emptyRecord6(), { validLifetimeSec: 3600, expireSec: 1_700_003_600 }, numbers);
  for (const name of RANGES) {
    const bytes = ranges[name];
    if (bytes !== undefined) setRange(record[name], bytes, 0, bytes.length);
  }
  return record;
}

function dropAbsent(fields: RecordFields): Partial<Record<RangeField, Uint8Array>> {
  const entries = RANGES.map((name) => [name, fields[name]] as const);
  return Object.fromEntries(entries.filter(([, bytes]) => bytes !== undefined));
}

/** A record as plain values that tests can compare. */
export function valuesOf(record: LeaseRecord6): object {
  const hex = ({ bytes, offset, length }: ByteRange): string =>
    Buffer.from(bytes.subarray(offset, offset + length)).toString('hex');
  return { ...record, ...Object.fromEntries(RANGES.map((name) => [name, hex(record[name])])) };
}

/** The first address of the prefix of that length at an address; the first bit is set, so that it is not ::. */
function prefixAt(address: Uint8Array, length: number): Uint8Array {
  const octets = address.map((octet, i) => octet & ~(0xff >> Math.min(8, Math.max(0, length - i * 8))));
  octets[0] = octets[0]! | 0x80;
  return octets;
}

const u32 = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.constantFrom(0, 1, 0x8000_0000, 0xffff_ffff),
);

/** Fields of any lease that the file can hold. */
export const anyFields: fc.Arbitrary<RecordFields> = fc
  .record({
    address: fc.uint8Array({ minLength: 16, maxLength: 16 }).filter((octets) => octets.some((o) => o !== 0)),
    duid: fc
      .uint8Array({ minLength: 1, maxLength: 130 })
      .filter((octets) => octets.some((octet) => octet !== 0)),
    prefix: fc.integer({ min: 1, max: 128 }),
    type: fc.constantFrom(0, 2),
    iaid: u32,
    preferredLifetimeSec: u32,
    validLifetimeSec: u32,
    clttSec: u32,
    subnetId: u32,
    poolId: u32,
    state: fc.integer({ min: 0, max: 4 }),
    fqdnFwd: fc.boolean(),
    fqdnRev: fc.boolean(),
    hostname: fc
      .uint8Array({ maxLength: 255 })
      .map((octets) => octets.map((o) => (o >= 65 && o <= 90 ? 97 : o))),
    hw: fc.uint8Array({ maxLength: 20 }),
    hwType: fc.integer({ min: 0, max: 0xffff }),
    hwSource: u32,
    userContext: fc.option(fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }), { nil: null }),
  })
  .map(({ prefix, clttSec, userContext, address, ...rest }) => ({
    ...rest,
    address: rest.type === 2 ? prefixAt(address, prefix) : address,
    prefixLength: rest.type === 2 ? prefix : 128,
    expireSec: clttSec + rest.validLifetimeSec,
    // What stands without an address means nothing, and the file does not keep it.
    ...(rest.hw.length === 0 ? { hwType: 1, hwSource: 0 } : {}),
    userContext: userContext === null ? new Uint8Array(0) : Buffer.from(JSON.stringify(userContext)),
  }));
