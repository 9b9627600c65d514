/**
 * The leases of the table, a few at a time, while shards go on changing it. What changes while the walk is on its way is told
 * by the update log, so it matters not whether a row is met before its change, behind it, or, being new, never.
 */
import type { LeaseBook } from '../lease/dhcp4/book.ts';
import { encodeUpdateRecord, UPDATE_RECORD_BYTES_MAX } from '../lease/dhcp4/update-record.ts';
import { LeaseState } from '../lease/state.ts';
import { ROWS_PER_LOCK } from './limits.ts';
import type { RowSource } from './rows-out.ts';

export class TableWalk implements RowSource {
  readonly #book: LeaseBook;
  readonly #end: number;
  #slot = 0;
  /** Rows that were read under one lock, one behind the other, and where each begins. */
  readonly #read = new Uint8Array(ROWS_PER_LOCK * UPDATE_RECORD_BYTES_MAX);
  readonly #ends = new Uint32Array(ROWS_PER_LOCK);
  #count = 0;
  #taken = 0;
  bytes: Uint8Array = this.#read;

  constructor(book: LeaseBook) {
    this.#book = book;
    this.#end = book.table.highWater();
  }

  next(): number {
    if (this.#taken === this.#count) {
      if (this.#slot >= this.#end) return -1;
      this.#readSome();
      if (this.#count === 0) return 0;
    }
    const from = this.#taken === 0 ? 0 : this.#ends[this.#taken - 1]!;
    const end = this.#ends[this.#taken++]!;
    this.bytes = this.#read.subarray(from, end);
    return end - from;
  }

  #readSome(): void {
    const { table } = this.#book;
    const until = Math.min(this.#end, this.#slot + ROWS_PER_LOCK);
    let at = 0;
    this.#count = 0;
    this.#taken = 0;
    table.lock();
    for (; this.#slot < until; this.#slot++) {
      if (!isLease(this.#book, this.#slot)) continue;
      at = encodeUpdateRecord(this.#read, at, this.#book.recordOf(this.#slot), true);
      this.#ends[this.#count++] = at;
    }
    table.unlock();
  }
}

/** Whether a row holds a lease, and not an offer that nobody outside the data plane sees. Pre: the table is locked. */
export function isLease({ table }: LeaseBook, slot: number): boolean {
  return table.rows.address(slot) !== 0 && table.rows.state(slot) !== LeaseState.offered;
}
