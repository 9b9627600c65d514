/**
 * Addresses whose leases changed while the partner was out of reach, oldest first, up to `delayed-updates-limit` changes.
 * Once one had to be refused the backlog is worth nothing as such and says so until it is cleared: the partner must
 * synchronize.
 */
import type { LeaseAddress } from '../lease/update-family.ts';

export class Backlog {
  /** Changes kept at most, 0 = none. A lower one refuses what comes; what is kept already stays. */
  limit: number;
  readonly #addresses: LeaseAddress[] = [];
  #overflown = false;
  #clearings = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get length(): number {
    return this.#addresses.length;
  }

  get overflown(): boolean {
    return this.#overflown;
  }

  /** Grows with each `clear`: whoever awaited something in between must not go on with old changes. */
  get clearings(): number {
    return this.#clearings;
  }

  push(address: LeaseAddress): void {
    if (this.#addresses.length < this.limit) this.#addresses.push(address);
    else this.#overflown = true;
  }

  /** The address at a position from the front, or null behind the end. */
  at(index: number): LeaseAddress | null {
    return this.#addresses[index] ?? null;
  }

  /** Removes the oldest changes. */
  drop(count: number): void {
    this.#addresses.splice(0, count);
  }

  clear(): void {
    this.#addresses.length = 0;
    this.#overflown = false;
    this.#clearings++;
  }
}
