/** Main's end of the way to DNS: what commands and the expiry timer have to tell. */
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LeaseState } from '../../lease/state.ts';
import type { DnsLog, NamedBook } from './dns-log.ts';

/** @typeParam Address how the family tells an address */
export interface MainDnsParts<Book extends NamedBook, Address> {
  readonly book: Book;
  readonly log: DnsLog<Book>;
  /** The row of an address, or NO_SLOT. */
  readonly find: (book: Book, address: Address) => number;
  readonly isEnabled: () => boolean;
}

export class MainDns<Book extends NamedBook, Address> {
  readonly #parts: MainDnsParts<Book, Address>;

  constructor(parts: MainDnsParts<Book, Address>) {
    this.#parts = parts;
  }

  /** Where to write under the lock; null = there are no DNS updates. */
  active(): DnsLog<Book> | null {
    return this.#parts.isEnabled() ? this.#parts.log : null;
  }

  /** Whether there are DNS updates. */
  isEnabled(): boolean {
    return this.#parts.isEnabled();
  }

  /** Tells the name of the lease at an address once more. */
  resend(address: Address): void {
    this.#tell(address, (log, book, slot) => log.add(book, slot));
  }

  /** Takes the name of the lease at an address back; the lease still stands. */
  withdraw(address: Address): void {
    this.#tell(address, (log, book, slot) => log.remove(book, slot));
  }

  #tell(address: Address, write: (log: DnsLog<Book>, book: Book, slot: number) => void): void {
    const log = this.active();
    if (log === null) return;
    const { book, find } = this.#parts;
    const { table } = book;
    table.lock();
    try {
      const slot = find(book, address);
      if (slot !== NO_SLOT && table.rows.state(slot) === LeaseState.assigned) write(log, book, slot);
    } finally {
      table.unlock();
    }
    log.announce();
  }
}
