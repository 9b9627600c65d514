/**
 * One DHCPv6 lease as numbers and byte ranges: what the lease table hands to the encoders and what the lease file's reader
 * hands to the table. The object and its ranges are reused from row to row, so nobody may keep a reference to them.
 */
import { type ByteRange, emptyRange } from '../../base/byte-range.ts';
import { ADDRESS_BITS, LeaseType } from './model.ts';

/** Two octets of type and 128 of identifier (RFC 8415 11.1). */
export const DUID_BYTES_MAX = 130;
/** Infiniband has the longest; Kea keeps as many. */
export const HARDWARE_ADDRESS_BYTES_MAX = 20;

/** The DUID that Kea writes where nobody has a lease. */
export const NOBODY = new Uint8Array(3);

export interface LeaseRecord6 {
  /** 16 octets; of a prefix its first address. */
  readonly address: ByteRange;
  /** A `LeaseType`. */
  type: number;
  /** 1..128. */
  prefixLength: number;
  /** 1..130 octets. */
  readonly duid: ByteRange;
  /** u32. */
  iaid: number;
  /** Seconds, u32; 0xffffffff = infinite. */
  preferredLifetimeSec: number;
  /** Seconds, u32; 0xffffffff = infinite. */
  validLifetimeSec: number;
  /** Client's last transaction time plus valid lifetime: Unix seconds, 0..2^53-1, also on paper when infinite. */
  expireSec: number;
  subnetId: number;
  poolId: number;
  /** A `LeaseState`. */
  state: number;
  fqdnFwd: boolean;
  fqdnRev: boolean;
  /** 0..255 octets. */
  readonly hostname: ByteRange;
  /** 0..20 octets. */
  readonly hw: ByteRange;
  /** u16. */
  hwType: number;
  /** u32. */
  hwSource: number;
  /** One JSON map, or nothing; 0..12,288 octets. */
  readonly userContext: ByteRange;
}

/** A record of nothing, to be filled in. */
export function emptyRecord6(): LeaseRecord6 {
  return {
    address: emptyRange(),
    type: LeaseType.na,
    prefixLength: ADDRESS_BITS,
    duid: emptyRange(),
    iaid: 0,
    preferredLifetimeSec: 0,
    validLifetimeSec: 0,
    expireSec: 0,
    subnetId: 0,
    poolId: 0,
    state: 0,
    fqdnFwd: false,
    fqdnRev: false,
    hostname: emptyRange(),
    hw: emptyRange(),
    hwType: 1,
    hwSource: 0,
    userContext: emptyRange(),
  };
}

/** Octets of the DUIDs that stand for nobody: "0" in Kea's memory, 00:00:00 in its lease file. */
const NOBODY_BYTES_MAX = 3;

/**
 * Whether a DUID is one that Kea writes where nobody has a lease (declined): one to three zeros. Its leases are not looked
 * for by client; no client can call itself so.
 */
export function isNobody(bytes: Uint8Array, offset: number, length: number): boolean {
  if (length > NOBODY_BYTES_MAX) return false;
  for (let i = 0; i < length; i++) if (bytes[offset + i] !== 0) return false;
  return true;
}
