/**
 * The addresses of the table in ascending order, for pages. The order is built when it is asked for and kept until a
 * lease is inserted or removed, so that the pages of one reader cost one sort. A family says how it keeps and sorts its
 * addresses.
 */

/** Rows read under one lock: some 10 µs. */
const SLOTS_PER_LOCK = 4096;

/** What of the table of either family is walked. */
export interface OrderedTable {
  lock(): void;
  unlock(): void;
  highWater(): number;
  /** Changes whenever a row is inserted or removed. */
  membership(): number;
}

/** @typeParam Addresses many addresses, one behind the other */
export abstract class AddressOrderBase<Table extends OrderedTable, Addresses> {
  readonly #book: { readonly table: Table };
  #addresses: Addresses | null = null;
  /** What `#addresses` was made of. */
  #table: Table | null = null;
  #membership = -1;

  /** @param book holds the table, which may be replaced by another */
  constructor(book: { readonly table: Table }) {
    this.#book = book;
  }

  /** Room for so many addresses. */
  protected abstract room(count: number): Addresses;

  /** Writes the address of a row as the `index`th. @returns whether the row has one */
  protected abstract take(table: Table, slot: number, into: Addresses, index: number): boolean;

  /**
   * The first `count` addresses, ascending and each once: a lease that was removed and came back in a later row during the
   * walk was seen twice.
   */
  protected abstract sorted(addresses: Addresses, count: number): Addresses;

  /**
   * Every address that has a row, ascending; takes the lock itself, for short stretches. A row that comes or goes
   * meanwhile may or may not be among them. The array is never changed again.
   */
  addresses(): Addresses {
    const { table } = this.#book;
    const membership = table.membership();
    if (this.#addresses !== null && this.#table === table && this.#membership === membership)
      return this.#addresses;
    const slots = table.highWater();
    const all = this.room(slots);
    let count = 0;
    for (let from = 0; from < slots; from += SLOTS_PER_LOCK) {
      table.lock();
      for (let slot = from; slot < Math.min(slots, from + SLOTS_PER_LOCK); slot++)
        if (this.take(table, slot, all, count)) count++;
      table.unlock();
    }
    this.#addresses = this.sorted(all, count);
    this.#table = table;
    this.#membership = membership;
    return this.#addresses;
  }
}
