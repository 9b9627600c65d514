/**
 * Addresses whose lease the partner may lack although nobody has given up on it: a request failed, and the next heartbeat
 * was answered again. The client of such a lease got no answer; when it asks again its lease is sent again, but when it
 * does not the two tables would differ for as long as the lease runs. So each is sent once more as it stands then.
 */
import type { LeaseAddress } from '../lease/update-family.ts';
import { OWED_ADDRESSES_MAX } from './limits.ts';

export class OwedLeases {
  readonly #addresses = new Set<LeaseAddress>();

  /** @returns false when there were too many: then all are forgotten, and the partner must synchronize */
  add(address: LeaseAddress): boolean {
    this.#addresses.add(address);
    if (this.#addresses.size <= OWED_ADDRESSES_MAX) return true;
    this.clear();
    return false;
  }

  clear(): void {
    this.#addresses.clear();
  }

  get size(): number {
    return this.#addresses.size;
  }

  /** Takes the address that has waited longest, or null. */
  take(): LeaseAddress | null {
    for (const address of this.#addresses) {
      this.#addresses.delete(address);
      return address;
    }
    return null;
  }
}
