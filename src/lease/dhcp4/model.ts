/** A DHCPv4 lease as it is seen at the edges: files, commands, peers. The data plane works on table rows instead. */
import type { Ipv4 } from '../../base/ipv4.ts';
import type { LeaseState } from '../state.ts';

export interface Lease4 {
  address: Ipv4;
  /** 0..16 octets; empty for a declined lease. */
  hwAddress: Uint8Array;
  /** 1..255 octets, or null when the client has none. */
  clientId: Uint8Array | null;
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
  state: LeaseState;
  /** One-line JSON of a map, or empty. */
  userContext: string;
}
