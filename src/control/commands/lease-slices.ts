/** All leases, a slice at a time, for commands that look through the table: the partner's heartbeats are answered in between. */
import type { LeaseStoreOf } from '../../lease/store.ts';

/** Leases looked at between two turns of the event loop: 2 ms. */
const SLICE_LEASES = 1_000;

/** The leases of the beginning, ascending by address and as they are when their slice comes; those added later are left out. */
export async function* leaseSlices<Lease, Address>({
  store,
  yieldTurn,
}: {
  readonly store: Pick<LeaseStoreOf<Lease, Address, unknown>, 'get' | 'walk'>;
  readonly yieldTurn: () => Promise<void>;
}): AsyncGenerator<readonly Lease[]> {
  // Once: under load the order of the addresses is another one for every slice.
  const addresses = store.walk();
  for (let from = 0; from < addresses.length; from += SLICE_LEASES) {
    if (from > 0) await yieldTurn();
    const leases: Lease[] = [];
    for (let at = from; at < Math.min(addresses.length, from + SLICE_LEASES); at++) {
      const lease = store.get(addresses.at(at));
      if (lease !== null) leases.push(lease);
    }
    yield leases;
  }
}
