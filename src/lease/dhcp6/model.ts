/** A DHCPv6 lease as it is seen at the edges: files, commands, peers. The data plane works on table rows instead. */
import type { LeaseState } from '../state.ts';

/** What is leased, with Kea's numbers. */
export const LeaseType = {
  /** A non-temporary address (RFC 8415 21.4). */
  na: 0,
  /** A temporary address, of which files may know; nobody leases one. */
  ta: 1,
  /** A delegated prefix (RFC 8415 21.21). */
  pd: 2,
} as const;
export type LeaseType = (typeof LeaseType)[keyof typeof LeaseType];

/** Bits of an address: the prefix length of a lease that is one. */
export const ADDRESS_BITS = 128;
export const ADDRESS_BYTES = 16;

export interface Lease6 {
  /** 16 octets; of a prefix its first address. */
  address: Uint8Array;
  type: LeaseType;
  /** 128 for an address, 1..128 for a prefix. */
  prefixLength: number;
  /** 1..130 octets; zeros when nobody has the lease: it is declined. */
  duid: Uint8Array;
  /** u32. */
  iaid: number;
  /** Seconds, u32; 0xffffffff = infinite. */
  preferredLifetimeSec: number;
  /** Seconds, u32; 0xffffffff = infinite. */
  validLifetimeSec: number;
  /** Client's last transaction time, Unix seconds; the lease ends at cltt + valid lifetime, also on paper when infinite. */
  clttSec: number;
  subnetId: number;
  poolId: number;
  fqdnFwd: boolean;
  fqdnRev: boolean;
  /** Lower case, at most 255 octets in UTF-8; empty = none. */
  hostname: string;
  /** 0..20 octets; empty = not known. */
  hwAddress: Uint8Array;
  /** Hardware type of the IANA registry, u16; without meaning where there is no address. */
  hwType: number;
  /** How the address was found out, bits of Kea's; without meaning where there is no address. */
  hwSource: number;
  state: LeaseState;
  /** One-line JSON of a map, or empty. */
  userContext: string;
}
