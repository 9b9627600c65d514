/** Leases for the tests of main's lease store. */
import type { Ipv4 } from '../../src/base/ipv4.ts';
import type { Lease4 } from '../../src/lease/dhcp4/model.ts';
import { LeaseState } from '../../src/lease/state.ts';

/** A lease of subnet 1, of a client with the hardware address 02:00:00:00:00:00 if nothing else is said. */
export function leaseOf(address: Ipv4, fields: Partial<Lease4> = {}): Lease4 {
  return {
    address,
    hwAddress: Uint8Array.of(2, 0, 0, 0, 0, 0),
    clientId: null,
    validLifetimeSec: 3600,
    clttSec: 1_800_000_000,
    subnetId: 1,
    poolId: 0,
    fqdnFwd: false,
    fqdnRev: false,
    hostname: '',
    state: LeaseState.assigned,
    userContext: '',
    ...fields,
  };
}
