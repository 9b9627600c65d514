/** DHCPv6 leases as objects, for tests at the edges. */
import { type Lease6, LeaseType } from '../../../../src/lease/dhcp6/model.ts';
import { LeaseState } from '../../../../src/lease/state.ts';
import { addressNumber } from './leases.ts';

/** 2001:db8::1 of one client for an hour, but for `fields`. */
export function lease6(fields: Partial<Lease6> = {}): Lease6 {
  return {
    address: addressNumber(1),
    type: LeaseType.na,
    prefixLength: 128,
    duid: Uint8Array.of(0, 3, 0, 1, 2, 0, 0, 0, 0, 7),
    iaid: 0x0102_0304,
    preferredLifetimeSec: 1800,
    validLifetimeSec: 3600,
    clttSec: 1_800_000_000,
    subnetId: 1,
    poolId: 0,
    fqdnFwd: false,
    fqdnRev: false,
    hostname: '',
    hwAddress: new Uint8Array(0),
    hwType: 1,
    hwSource: 0,
    state: LeaseState.assigned,
    userContext: '',
    ...fields,
  };
}

/** The same of the prefix 2001:db8:0:100::/56. */
export function prefix6(fields: Partial<Lease6> = {}): Lease6 {
  const address = Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  return lease6({ type: LeaseType.pd, prefixLength: 56, address, ...fields });
}
