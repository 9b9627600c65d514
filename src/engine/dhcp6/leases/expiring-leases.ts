/** The leases of DHCPv6 as the expiry timer ends them; see ../../leases/reclaim.ts. */
import { emptyRange } from '../../../base/byte-range.ts';
import type { LeaseBook6 } from '../../../lease/dhcp6/book.ts';
import type { LeaseRecord6 } from '../../../lease/dhcp6/record.ts';
import { EventPart, LeaseEventKind } from '../../../lease/events.ts';
import { LeaseState } from '../../../lease/state.ts';
import type { ExpiringLeases } from '../../leases/reclaim.ts';
import type { DnsLog } from '../../names/dns-log.ts';
import type { LeaseEventWriter6 } from './event-query.ts';
import { type CountingLeases, countReclaimed } from './lease-counts.ts';

export class ExpiringLeases6 implements ExpiringLeases {
  readonly book: LeaseBook6;
  readonly #counting: () => CountingLeases;
  readonly #events: () => LeaseEventWriter6;
  readonly #dns: () => DnsLog<LeaseBook6> | null;

  /**
   * @param counting where leases are counted now
   * @param events where those who listen are told of
   * @param dns where the names of leases that are over are taken back; null = there are no DNS updates
   */
  constructor(
    book: LeaseBook6,
    counting: () => CountingLeases,
    events: () => LeaseEventWriter6,
    dns: () => DnsLog<LeaseBook6> | null = () => null,
  ) {
    this.book = book;
    this.#counting = counting;
    this.#events = events;
    this.#dns = dns;
  }

  isFree(slot: number): boolean {
    return this.book.table.rows.isFree(slot);
  }

  free(slot: number): void {
    const { rows } = this.book.table;
    this.book.release(rows.bytes, rows.addressOffset(slot));
  }

  begin(slot: number): void {
    this.#dns()?.remove(this.book, slot);
    countReclaimed(this.#counting(), slot);
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
    const lease = this.book.recordOf(slot);
    if (lease.hostname.length === 0 && lease.userContext.length === 0) return;
    const copy = (range: LeaseRecord6['duid']) => ({
      bytes: range.bytes.slice(range.offset, range.offset + range.length),
      offset: 0,
      length: range.length,
    });
    const nothing = emptyRange();
    this.book.table.setClient(slot, {
      ...lease,
      duid: copy(lease.duid),
      hw: copy(lease.hw),
      hostname: nothing,
      userContext: nothing,
    });
  }
}
