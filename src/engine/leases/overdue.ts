/**
 * Finds addresses whose offer, lease or probation is over, but which the expiry timer has not given back to their pool
 * yet: a pool that looks full must not refuse an address that is anybody's. Times are whole seconds, so that a pool which
 * was looked through has nothing new before the next second: a full pool costs one look a second, however many ask.
 */
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LeaseState } from '../../lease/state.ts';
import type { CompiledPool } from '../compiled/compiled.ts';

/** Addresses looked at a second and pool: some 1 ms under the lock. The rest of a larger pool waits for the timer. */
const LOOKS_PER_SEC = 16_384;

export class OverdueSearch {
  readonly #book: LeaseBook;
  /** By pool: the second of the last look, how many addresses may still be looked at in it, and where to go on. */
  readonly #sec: Float64Array;
  readonly #left: Int32Array;
  readonly #next: Float64Array;

  /** @param pools number of pools of the configuration */
  constructor(book: LeaseBook, pools: number) {
    this.#book = book;
    this.#sec = new Float64Array(pools).fill(-1);
    this.#left = new Int32Array(pools);
    this.#next = new Float64Array(pools);
  }

  /**
   * Gives the next address that is overdue back to its pool.
   * @returns whether there was one
   */
  release({ index, first, last }: CompiledPool, nowSec: number): boolean {
    const size = last - first + 1;
    if (this.#sec[index] !== nowSec) {
      this.#sec[index] = nowSec;
      this.#left[index] = Math.min(size, LOOKS_PER_SEC);
    }
    while (this.#left[index]! > 0) {
      this.#left[index]! -= 1;
      const at = this.#next[index]!;
      this.#next[index] = at + 1 < size ? at + 1 : 0;
      if (this.#releaseAt(first + at, nowSec)) return true;
    }
    return false;
  }

  #releaseAt(address: number, nowSec: number): boolean {
    const { table } = this.#book;
    const slot = table.findByAddress(address);
    if (slot === NO_SLOT || this.#book.isLive(slot, nowSec)) return false;
    if (table.rows.state(slot) !== LeaseState.offered) return this.#book.release(address);
    this.#book.remove(slot);
    // An address that is set aside is free for nobody.
    return !this.#book.pools.isTaken(address);
  }
}
