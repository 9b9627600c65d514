/**
 * Finds addresses and prefixes whose offer, lease or probation is over, but which the expiry timer has not given back to
 * their pool yet: a pool that looks full must not refuse what is anybody's. Times are whole seconds, so that a table that was
 * looked through has nothing new before the next second: a full pool costs one look a second, however many ask.
 */
import type { LeaseBook6 } from '../../../lease/dhcp6/book.ts';
import { LeaseState } from '../../../lease/state.ts';

/** Rows looked at a second: some 1 ms under the lock. The rest of a larger table waits for the timer. */
const LOOKS_PER_SEC = 16_384;

export class OverdueSearch6 {
  readonly #book: LeaseBook6;
  /** By pool: the second of the last look, how many rows may still be looked at in it, and where to go on. */
  readonly #sec: Float64Array;
  readonly #left: Int32Array;
  readonly #next: Int32Array;

  /** @param pools number of pools of the configuration */
  constructor(book: LeaseBook6, pools: number) {
    this.#book = book;
    this.#sec = new Float64Array(pools).fill(-1);
    this.#left = new Int32Array(pools);
    this.#next = new Int32Array(pools);
  }

  /**
   * Gives the next one that is overdue back to its pool.
   * @returns whether there was one
   */
  release(pool: number, nowSec: number): boolean {
    const rows = this.#book.table.highWater();
    if (this.#sec[pool] !== nowSec) {
      this.#sec[pool] = nowSec;
      this.#left[pool] = Math.min(rows, LOOKS_PER_SEC);
    }
    while (this.#left[pool]! > 0) {
      this.#left[pool]! -= 1;
      const slot = this.#next[pool]! < rows ? this.#next[pool]! : 0;
      this.#next[pool] = slot + 1;
      if (this.#releaseRow(pool, slot, nowSec)) return true;
    }
    return false;
  }

  #releaseRow(pool: number, slot: number, nowSec: number): boolean {
    const book = this.#book;
    const { rows } = book.table;
    if (rows.isFree(slot) || book.isLive(slot, nowSec)) return false;
    const at = rows.addressOffset(slot);
    if (!book.pools.has(pool, rows.bytes, at)) return false;
    if (rows.state(slot) === LeaseState.offered) {
      book.remove(slot);
      return true;
    }
    return book.pools.release(rows.bytes, at);
  }
}
