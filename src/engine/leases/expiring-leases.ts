/** The leases of DHCPv4 as the expiry timer ends them; see reclaim.ts. */
import { emptyRange } from '../../base/byte-range.ts';
import type { Clock } from '../../base/clock.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { EventPart, LeaseEventKind } from '../../lease/events.ts';
import { LeaseState } from '../../lease/state.ts';
import type { DnsLog } from '../names/dns-log.ts';
import type { LeaseEventWriter4 } from './event-query.ts';
import type { LeaseAccounting } from './lease-accounting.ts';
import { type ExpiringLeases, Reclaimer } from './reclaim.ts';

const NOTHING = emptyRange();

/** @param dns where the names of leases that are over are taken back; null = there are no DNS updates */
export function createReclaimer4(
  book: LeaseBook,
  accounting: () => LeaseAccounting,
  events: () => LeaseEventWriter4,
  clock: Clock,
  dns: () => DnsLog<LeaseBook> | null = () => null,
): Reclaimer {
  return new Reclaimer(new ExpiringLeases4(book, accounting, events, dns), clock);
}

class ExpiringLeases4 implements ExpiringLeases {
  readonly book: LeaseBook;
  readonly #accounting: () => LeaseAccounting;
  readonly #events: () => LeaseEventWriter4;
  readonly #dns: () => DnsLog<LeaseBook> | null;

  constructor(
    book: LeaseBook,
    accounting: () => LeaseAccounting,
    events: () => LeaseEventWriter4,
    dns: () => DnsLog<LeaseBook> | null,
  ) {
    this.book = book;
    this.#accounting = accounting;
    this.#events = events;
    this.#dns = dns;
  }

  isFree(slot: number): boolean {
    return this.book.table.rows.isFree(slot);
  }

  free(slot: number): void {
    this.book.release(this.book.table.rows.address(slot));
  }

  begin(slot: number, state: number): void {
    const { rows } = this.book.table;
    const [subnetId, address] = [rows.subnetId(slot), rows.address(slot)];
    this.#dns()?.remove(this.book, slot);
    this.#accounting().reclaimed(subnetId, address, state);
    this.#accounting().changed(subnetId, address, state, null);
    const events = this.#events();
    events.begin();
    events.lease(EventPart.former, slot);
  }

  keep(slot: number): number {
    const { rows } = this.book.table;
    this.book.countOut(slot);
    rows.setState(slot, LeaseState.expiredReclaimed);
    rows.setFlags(slot, 0);
    this.#forgetHostName(slot);
    return this.book.logRow(slot);
  }

  end(isDeclined: boolean, change: number): void {
    this.#events().end(isDeclined ? LeaseEventKind.recovered : LeaseEventKind.expired, change);
  }

  announce(): void {
    this.#events().announce();
    this.#dns()?.announce();
  }

  /** [Kea] A reclaimed lease keeps its client for affinity, but no name. */
  #forgetHostName(slot: number): void {
    const { table } = this.book;
    const { rows } = table;
    if (rows.hostNameLength(slot) === 0 && rows.contextLength(slot) === 0) return;
    const record = this.book.recordOf(slot);
    const hw = {
      bytes: record.hw.slice(record.hwOffset, record.hwOffset + record.hwLength),
      offset: 0,
      length: record.hwLength,
    };
    const id = record.clientId.slice(record.clientIdOffset, record.clientIdOffset + record.clientIdLength);
    table.setClient(
      slot,
      rows.htype(slot),
      hw,
      { bytes: id, offset: 0, length: id.length },
      NOTHING,
      NOTHING,
    );
  }
}
