/**
 * One lease as numbers and byte ranges: what the lease table hands to the encoders and what the lease file's reader
 * hands to the table. The object and its buffers are reused from row to row, so nobody may keep a reference to them.
 */
import type { Ipv4 } from '../../base/ipv4.ts';

/** chaddr has 16 octets (RFC 2131 2). */
export const HARDWARE_ADDRESS_BYTES_MAX = 16;
/** The length octet of option 61 (RFC 2132 9.14). */
export const CLIENT_ID_BYTES_MAX = 255;
/** A byte range is `buffer[offset .. offset + length)`; length 0 = the lease has none. */
export interface LeaseRecord {
  address: Ipv4;
  hw: Uint8Array;
  hwOffset: number;
  /** 0..16; 0 for a declined lease. */
  hwLength: number;
  clientId: Uint8Array;
  clientIdOffset: number;
  /** 0..255; 0 = none. */
  clientIdLength: number;
  subnetId: number;
  poolId: number;
  /** Seconds, u32; 0xffffffff = infinite. */
  validLifetimeSec: number;
  /** Client's last transaction time plus valid lifetime: Unix seconds, 0..2^53-1, also on paper when infinite. */
  expireSec: number;
  /** A `LeaseState`. */
  state: number;
  hostname: Uint8Array;
  hostnameOffset: number;
  /** 0..255. */
  hostnameLength: number;
  fqdnFwd: boolean;
  fqdnRev: boolean;
  /** One JSON map, or nothing. */
  userContext: Uint8Array;
  userContextOffset: number;
  /** 0..12,288. */
  userContextLength: number;
}

const NOTHING = new Uint8Array(0);

/** A record of nothing, to be filled in. @param bytes what its ranges point into */
export function emptyRecord(bytes: Uint8Array = NOTHING): LeaseRecord {
  return {
    address: 0,
    hw: bytes,
    hwOffset: 0,
    hwLength: 0,
    clientId: bytes,
    clientIdOffset: 0,
    clientIdLength: 0,
    subnetId: 0,
    poolId: 0,
    validLifetimeSec: 0,
    expireSec: 0,
    state: 0,
    hostname: bytes,
    hostnameOffset: 0,
    hostnameLength: 0,
    fqdnFwd: false,
    fqdnRev: false,
    userContext: bytes,
    userContextOffset: 0,
    userContextLength: 0,
  };
}
