/** What brings a peer to the leases of a test. */
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { haLeases4 } from '../../../src/ha/sync/dhcp4/leases.ts';
import { haLeases6 } from '../../../src/ha/sync/dhcp6/leases.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import type { LeaseStore } from '../../../src/lease/dhcp4/store.ts';
import { leaseAddress6 } from '../../../src/lease/dhcp6/lease-address.ts';
import type { Lease6 } from '../../../src/lease/dhcp6/model.ts';
import type { LeaseStore6 } from '../../../src/lease/dhcp6/store.ts';
import type { DispatcherParts } from '../../../src/peer/dispatcher-parts.ts';

/** @param leaseAt the lease of an address, or null */
export function standingBy(
  leaseAt: (address: number) => Lease4 | null,
  clock: Clock = systemClock,
): DispatcherParts['standing'] {
  const { standing } = haLeases4({ get: leaseAt } as LeaseStore, clock);
  return standing;
}

/** The same of DHCPv6. @param leaseAt the lease of an address or of a prefix, or null */
export function standing6By(
  leaseAt: (address: string) => Lease6 | null,
  clock: Clock = systemClock,
): DispatcherParts['standing'] {
  const get = (octets: Uint8Array) =>
    leaseAt(leaseAddress6(octets, 0, false)) ?? leaseAt(leaseAddress6(octets, 0, true));
  return haLeases6({ get } as LeaseStore6, clock).standing;
}
