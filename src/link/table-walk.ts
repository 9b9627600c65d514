/**
 * The leases of the table, a few at a time, while shards go on changing it. What changes while the walk is on its way is told
 * by the update log, so it matters not whether a row is met before its change, behind it, or, being new, never.
 */
import type { LinkFamily, LinkRecord, LinkTable } from './family.ts';
import { ROWS_PER_LOCK } from './limits.ts';
import type { RowSource } from './rows-out.ts';

export class TableWalk<Record extends LinkRecord> implements RowSource {
  readonly #family: LinkFamily<Record>;
  readonly #table: LinkTable<Record>;
  readonly #end: number;
  #slot = 0;
  /** Rows that were read under one lock, one behind the other, and where each begins. */
  readonly #read: Uint8Array;
  readonly #ends = new Uint32Array(ROWS_PER_LOCK);
  #count = 0;
  #taken = 0;
  bytes: Uint8Array;

  constructor({ family, table }: { readonly family: LinkFamily<Record>; readonly table: LinkTable<Record> }) {
    this.#family = family;
    this.#table = table;
    this.#end = table.highWater();
    this.#read = new Uint8Array(ROWS_PER_LOCK * family.recordBytesMax);
    this.bytes = this.#read;
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
    const table = this.#table;
    const until = Math.min(this.#end, this.#slot + ROWS_PER_LOCK);
    let at = 0;
    this.#count = 0;
    this.#taken = 0;
    table.lock();
    for (; this.#slot < until; this.#slot++) {
      if (!table.isLease(this.#slot)) continue;
      at = this.#family.encode(this.#read, at, table.recordOf(this.#slot), true);
      this.#ends[this.#count++] = at;
    }
    table.unlock();
  }
}
