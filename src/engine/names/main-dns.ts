/** Main's end of the way to DNS: what commands and the expiry timer have to tell. */
import type { Ipv4 } from '../../base/ipv4.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LeaseState } from '../../lease/state.ts';
import { DnsLog, type DnsLogMemory } from './dns-log.ts';

export class MainDns {
  readonly #book: LeaseBook;
  readonly #log: DnsLog;
  readonly #isEnabled: () => boolean;

  constructor(book: LeaseBook, memory: DnsLogMemory, isEnabled: () => boolean) {
    this.#book = book;
    this.#log = new DnsLog(memory);
    this.#isEnabled = isEnabled;
  }

  /** Where to write under the lock; null = there are no DNS updates. */
  active(): DnsLog | null {
    return this.#isEnabled() ? this.#log : null;
  }

  /** Whether there are DNS updates. */
  isEnabled(): boolean {
    return this.#isEnabled();
  }

  /** Tells the name of the lease at an address once more. */
  resend(address: Ipv4): void {
    this.#tell(address, (log, slot) => log.add(this.#book, slot));
  }

  /** Takes the name of the lease at an address back; the lease still stands. */
  withdraw(address: Ipv4): void {
    this.#tell(address, (log, slot) => log.remove(this.#book, slot));
  }

  #tell(address: Ipv4, write: (log: DnsLog, slot: number) => void): void {
    const log = this.active();
    if (log === null) return;
    const { table } = this.#book;
    table.lock();
    try {
      const slot = table.findByAddress(address);
      if (slot !== NO_SLOT && table.rows.state(slot) === LeaseState.assigned) write(log, slot);
    } finally {
      table.unlock();
    }
    log.announce();
  }
}
