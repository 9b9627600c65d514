/** The door to the leases of DHCPv6, see ../store.ts. An address is 16 octets; a prefix is told by its first one. */
import type { LeaseStoreOf } from '../store.ts';
import type { Lease6, LeaseType } from './model.ts';

/** Pages start from the first address at null. What is found comes by subnet, and there in the order in which it came. */
export interface LeaseStore6 extends LeaseStoreOf<Lease6, Uint8Array, Uint8Array | null> {
  /** The leases of a client. @param subnetId null = in any subnet */
  findByDuid(duid: Uint8Array, subnetId: number | null): Lease6[];
  /** Those of one of its identity associations. */
  findByIa(duid: Uint8Array, iaid: number, type: LeaseType, subnetId: number | null): Lease6[];
  /** Every address that has a lease or an offer, ascending, 16 octets each; never changed afterwards. */
  addresses(): Uint8Array;
}
