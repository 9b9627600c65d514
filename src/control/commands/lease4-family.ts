/** What is of DHCPv4 in the lease commands. */
import { formatIpv4, type Ipv4 } from '../../base/ipv4.ts';
import { LEASE_FILE_COLUMNS } from '../../lease/dhcp4/csv.ts';
import { encodeLease } from '../../lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import type { LeaseStore } from '../../lease/dhcp4/store.ts';
import { LeaseState } from '../../lease/state.ts';
import type { LeaseFamily } from './lease-family.ts';
import { identifyLease, isOfClient } from './lease4-identify.ts';
import { encodeLease4 } from './lease4-json.ts';
import { readLease } from './lease4-read.ts';
import type { LeaseSubnets } from './lease4-subnets.ts';
import { readAddress } from './lease4-text.ts';

export const family4: LeaseFamily<Lease4, Ipv4, number, LeaseSubnets, LeaseStore> = {
  version: 4,
  start: -1,
  stateMax: LeaseState.released,
  columns: LEASE_FILE_COLUMNS,
  readAddress,
  formatAddress: formatIpv4,
  readFrom: readAddress,
  addressOf: ({ address }) => address,
  readLease,
  identify: identifyLease,
  isOfClient,
  describe: ({ address }) => `address ${formatIpv4(address)}`,
  encode: encodeLease4,
  encodeRow: encodeLease,
};
