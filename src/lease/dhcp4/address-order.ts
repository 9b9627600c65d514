/**
 * The addresses of the table in ascending order, for pages. The order is built when it is asked for and kept until a
 * lease is inserted or removed, so that the pages of one reader cost one sort: 500,000 addresses are about 40 ms.
 */
import type { LeaseTable } from './table.ts';

/** Rows read under one lock: some 10 µs. */
const SLOTS_PER_LOCK = 4096;

export class AddressOrder {
  readonly #book: { readonly table: LeaseTable };
  #addresses = new Uint32Array(0);
  /** What `#addresses` was made of. */
  #table: LeaseTable | null = null;
  #membership = -1;

  /** @param book holds the table, which may be replaced by another */
  constructor(book: { readonly table: LeaseTable }) {
    this.#book = book;
  }

  /**
   * Every address that has a row, ascending; takes the lock itself, for short stretches. A row that comes or goes
   * meanwhile may or may not be among them. The array is never changed again.
   */
  addresses(): Uint32Array {
    const { table } = this.#book;
    const membership = table.membership();
    if (this.#table === table && this.#membership === membership) return this.#addresses;
    const all = new Uint32Array(table.highWater());
    let count = 0;
    for (let from = 0; from < all.length; from += SLOTS_PER_LOCK) {
      table.lock();
      for (let slot = from; slot < Math.min(all.length, from + SLOTS_PER_LOCK); slot++) {
        const address = table.rows.address(slot);
        if (address !== 0) all[count++] = address;
      }
      table.unlock();
    }
    this.#addresses = withoutRepeats(all.slice(0, count).sort());
    this.#table = table;
    this.#membership = membership;
    return this.#addresses;
  }
}

/** A lease that was removed and came back in a later row during the walk was seen twice. */
function withoutRepeats(sorted: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  let count = 0;
  for (let i = 0; i < sorted.length; i++)
    if (count === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i]!;
  return sorted.subarray(0, count);
}

/** Position of the first address above `from` (-1 = the first of all) in an ascending array. */
export function firstAbove(addresses: Uint32Array, from: number): number {
  let low = 0;
  let high = addresses.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (addresses[middle]! <= from) low = middle + 1;
    else high = middle;
  }
  return low;
}
