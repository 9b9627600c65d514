/** What is of DHCPv6 in the lease commands. */
import { formatIpv6 } from '../../base/ipv6-text.ts';
import { LEASE_FILE_COLUMNS_6 } from '../../lease/dhcp6/csv.ts';
import { encodeLease6 } from '../../lease/dhcp6/csv-lease.ts';
import { type Lease6, LeaseType } from '../../lease/dhcp6/model.ts';
import type { LeaseStore6 } from '../../lease/dhcp6/store.ts';
import { LeaseState } from '../../lease/state.ts';
import type { LeaseFamily } from './lease-family.ts';
import { identifyLease6, isOfClient6 } from './lease6-identify.ts';
import { encodeLease6Json } from './lease6-json.ts';
import { readLease6 } from './lease6-read.ts';
import type { LeaseSubnets6 } from './lease6-subnets.ts';
import { readAddress6, readAnyAddress6 } from './lease6-text.ts';

export const family6: LeaseFamily<Lease6, Uint8Array, Uint8Array | null, LeaseSubnets6, LeaseStore6> = {
  version: 6,
  start: null,
  stateMax: LeaseState.registered,
  columns: LEASE_FILE_COLUMNS_6,
  readAddress: readAddress6,
  formatAddress: (address) => formatIpv6(address),
  readFrom: readAnyAddress6,
  addressOf: ({ address }) => address,
  readLease: readLease6,
  identify: identifyLease6,
  isOfClient: isOfClient6,
  describe,
  encode: encodeLease6Json,
  encodeRow: encodeLease6,
};

function describe({ address, prefixLength, type }: Lease6): string {
  const text = formatIpv6(address);
  return type === LeaseType.pd ? `prefix ${text}/${prefixLength}` : `address ${text}`;
}
