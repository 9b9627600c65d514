/**
 * Addresses whose lease the partner may lack although nobody has given up on it: a request failed, and the next heartbeat
 * was answered again. The client of such a lease got no answer; when it asks again its lease is sent again, but when it
 * does not the two tables would differ for as long as the lease runs. So each is sent once more as it stands then.
 */
import type { Ipv4 } from '../base/ipv4.ts';
import type { Lease4 } from '../lease/dhcp4/model.ts';
import { isInForce } from '../lease/dhcp4/precedence.ts';
import { LeaseState } from '../lease/state.ts';
import { OWED_ADDRESSES_MAX } from './limits.ts';
import type { LeaseToSend } from './model.ts';

export class OwedLeases {
  readonly #addresses = new Set<Ipv4>();

  /** @returns false when there were too many: then all are forgotten, and the partner must synchronize */
  add(address: Ipv4): boolean {
    this.#addresses.add(address);
    if (this.#addresses.size <= OWED_ADDRESSES_MAX) return true;
    this.#addresses.clear();
    return false;
  }

  get size(): number {
    return this.#addresses.size;
  }

  /** Takes the address that has waited longest, or null. */
  take(): Ipv4 | null {
    for (const address of this.#addresses) {
      this.#addresses.delete(address);
      return address;
    }
    return null;
  }
}

/**
 * What the partner is owed for an address whose lease stands as given: the lease, its deletion, or nothing, because a
 * lease that has run out since then runs out at the partner as well.
 */
export function asOwed(address: Ipv4, lease: Lease4 | null, nowSec: number): LeaseToSend | null {
  if (lease === null) return { lease: noLease(address), isUpdate: false };
  if (isInForce(lease, nowSec)) return { lease, isUpdate: true };
  return lease.state === LeaseState.released ? { lease, isUpdate: false } : null;
}

/** Stands for the absence of a lease: of a deletion peers read the address only. */
function noLease(address: Ipv4): Lease4 {
  return {
    address,
    hwAddress: new Uint8Array(0),
    clientId: null,
    validLifetimeSec: 0,
    clttSec: 0,
    subnetId: 0,
    poolId: 0,
    fqdnFwd: false,
    fqdnRev: false,
    hostname: '',
    state: LeaseState.released,
    userContext: '',
  };
}
