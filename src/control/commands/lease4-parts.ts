/** What the DHCPv4 lease commands work on. */
import type { Ipv4 } from '../../base/ipv4.ts';
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import type { LeaseStore } from '../../lease/dhcp4/store.ts';
import type { LeaseCommandParts } from './lease-parts.ts';
import type { LeaseSubnets } from './lease4-subnets.ts';

export type LeaseCommandParts4 = LeaseCommandParts<Lease4, Ipv4, number, LeaseSubnets, LeaseStore>;
