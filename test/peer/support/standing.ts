/** What brings a peer to the leases of a test. */
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { haLeases4 } from '../../../src/ha/sync/dhcp4/leases.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import type { LeaseStore } from '../../../src/lease/dhcp4/store.ts';
import type { DispatcherParts } from '../../../src/peer/dispatcher-parts.ts';

/** @param leaseAt the lease of an address, or null */
export function standingBy(
  leaseAt: (address: number) => Lease4 | null,
  clock: Clock = systemClock,
): DispatcherParts['standing'] {
  const { standing } = haLeases4({ get: leaseAt } as LeaseStore, clock);
  return standing;
}
