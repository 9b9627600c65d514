/** The door to the leases of DHCPv4, see ../store.ts. */
import type { Ipv4 } from '../../base/ipv4.ts';
import type { LeaseStoreOf } from '../store.ts';
import type { Lease4 } from './model.ts';

/** Pages start from the first address at -1. */
export interface LeaseStore extends LeaseStoreOf<Lease4, Ipv4, number> {
  findByHwAddress(hwAddress: Uint8Array, subnetId: number | null): Lease4[];
  findByClientId(clientId: Uint8Array, subnetId: number | null): Lease4[];
  /** Every address that has a lease or an offer, ascending; never changed afterwards. */
  addresses(): Uint32Array;
}
