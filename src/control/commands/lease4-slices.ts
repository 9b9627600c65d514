/** All leases, a slice at a time, for commands that look through the table: the partner's heartbeats are answered in between. */
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import type { LeaseCommandParts } from './lease4-parts.ts';

/** Leases looked at between two turns of the event loop: 2 ms. */
const SLICE_LEASES = 1_000;

/** The leases of the beginning, ascending by address and as they are when their slice comes; those added later are left out. */
export async function* leaseSlices({
  store,
  yieldTurn,
}: Pick<LeaseCommandParts, 'store' | 'yieldTurn'>): AsyncGenerator<readonly Lease4[]> {
  // Once: under load the order of the addresses is another one for every slice.
  const addresses = store.addresses();
  for (let at = 0; at < addresses.length; at += SLICE_LEASES) {
    if (at > 0) await yieldTurn();
    const leases: Lease4[] = [];
    for (const address of addresses.subarray(at, at + SLICE_LEASES)) {
      const lease = store.get(address);
      if (lease !== null) leases.push(lease);
    }
    yield leases;
  }
}
