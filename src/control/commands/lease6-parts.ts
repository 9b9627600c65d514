/** What the DHCPv6 lease commands work on. */
import type { Lease6 } from '../../lease/dhcp6/model.ts';
import type { LeaseStore6 } from '../../lease/dhcp6/store.ts';
import type { LeaseCommandParts } from './lease-parts.ts';
import type { LeaseSubnets6 } from './lease6-subnets.ts';

export type LeaseCommandParts6 = LeaseCommandParts<
  Lease6,
  Uint8Array,
  Uint8Array | null,
  LeaseSubnets6,
  LeaseStore6
>;
