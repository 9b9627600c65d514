/** What the lease tables of both families are alike for the lease streams: the lock, what is on the disk, how many rows there are. */
import type { ChangeLog } from '../lease/change-log.ts';

interface StreamedBook {
  readonly changes: ChangeLog;
  readonly table: { lock(): void; unlock(): void; count(): number; highWater(): number };
}

export abstract class LinkTableBase {
  readonly #book: StreamedBook;
  readonly #applier: { readonly lastChange: number };

  constructor(book: StreamedBook, applier: { readonly lastChange: number }) {
    this.#book = book;
    this.#applier = applier;
  }

  lock(): void {
    this.#book.table.lock();
  }

  unlock(): void {
    this.#book.table.unlock();
  }

  durable(): number {
    return this.#book.changes.durable();
  }

  get lastChange(): number {
    return this.#applier.lastChange;
  }

  count(): number {
    return this.#book.table.count();
  }

  highWater(): number {
    return this.#book.table.highWater();
  }
}
