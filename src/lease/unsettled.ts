/**
 * One word a row: the number of its last change until that is known to be safe. Parked replies ask it, and a lease that
 * is not settled is never answered from the cache. The only part of a row that is written without the table's lock.
 */

/** In place of a change number, which is that once in four thousand million changes: then nothing worse happens. */
export const REFUSED = 0xffffffff;

export class UnsettledChanges {
  readonly #unsettled: Int32Array;

  /** @param memory a word a row */
  constructor(memory: SharedArrayBuffer) {
    this.#unsettled = new Int32Array(memory);
  }

  /**
   * Number of the row's last change, as long as nobody has shown that it is safe; 0 = it is, REFUSED = a peer lacks it
   * and its client hears nothing.
   */
  unsettledChange(slot: number): number {
    return Atomics.load(this.#unsettled, slot) >>> 0;
  }

  setUnsettled(slot: number, change: number): void {
    Atomics.store(this.#unsettled, slot, change | 0);
  }

  /** A change was refused by a peer, so that no client hears of it; nothing happens when a newer one was made since. */
  refuse(slot: number, change: number): void {
    Atomics.compareExchange(this.#unsettled, slot, change | 0, REFUSED | 0);
  }

  /** A change is on stable storage and with every peer that is awaited; nothing happens when a newer one was made since. */
  settle(slot: number, change: number): void {
    Atomics.compareExchange(this.#unsettled, slot, change | 0, 0);
  }
}
