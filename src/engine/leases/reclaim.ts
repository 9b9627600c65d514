/**
 * The expiry timer: looks through the table in bounded steps, frees the addresses of leases that are over, reclaims them
 * as Kea's expired-leases-processing says, and deletes what was kept long enough. No step holds the lock for longer than
 * a few rows, so the shards never wait for it.
 */

import { emptyRange } from '../../base/byte-range.ts';
import type { Clock } from '../../base/clock.ts';
import type { ExpiredLeasesConfig } from '../../config/model.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { EventPart, LeaseEventKind } from '../../lease/events.ts';
import { LeaseState } from '../../lease/state.ts';
import type { DnsLog } from '../names/dns-log.ts';
import type { LeaseAccounting } from './lease-accounting.ts';
import type { LeaseEventWriter } from './lease-events.ts';

/** Rows looked at under one lock: some 20 µs. */
const ROWS_PER_LOCK = 512;
/** A change needs at most a record and the gap at the ring's end; the shards' room comes first. */
const ROOM_BYTES = 1 << 20;
const NOTHING = emptyRange();

export interface ReclaimReport {
  readonly reclaimed: number;
  readonly deleted: number;
  /** Over, but left for the next cycle by the limits. */
  readonly left: number;
}

export class Reclaimer {
  readonly #book: LeaseBook;
  readonly #accounting: () => LeaseAccounting;
  readonly #events: () => LeaseEventWriter;
  readonly #clock: Clock;
  readonly #dns: () => DnsLog | null;
  #reclaimed = 0;
  #deleted = 0;
  #left = 0;

  /** @param dns where the names of leases that are over are taken back; null = there are no DNS updates */
  constructor(
    book: LeaseBook,
    accounting: () => LeaseAccounting,
    events: () => LeaseEventWriter,
    clock: Clock,
    dns: () => DnsLog | null = () => null,
  ) {
    this.#book = book;
    this.#accounting = accounting;
    this.#events = events;
    this.#clock = clock;
    this.#dns = dns;
  }

  /**
   * Goes through the table once, giving the thread back between steps.
   * @param config the limits of one cycle; with maxReclaimLeases and maxReclaimMs 0 there are none
   * @param mayReclaim false: only addresses are freed, nothing is written
   * @param pause waits for the next turn of the event loop
   */
  async cycle(
    config: ExpiredLeasesConfig,
    mayReclaim: boolean,
    pause: () => Promise<void>,
  ): Promise<ReclaimReport> {
    this.#reclaimed = 0;
    this.#deleted = 0;
    this.#left = 0;
    const startMs = this.#clock.monotonicMs();
    for (let from = 0; from < this.#book.table.highWater(); from += ROWS_PER_LOCK) {
      const isOverTime =
        !mayReclaim || (config.maxReclaimMs > 0 && this.#clock.monotonicMs() - startMs > config.maxReclaimMs);
      this.#step(from, config, isOverTime);
      await pause();
    }
    if (this.#reclaimed + this.#deleted > 0) this.#book.changes.announce();
    this.#events().announce();
    this.#dns()?.announce();
    return { reclaimed: this.#reclaimed, deleted: this.#deleted, left: this.#left };
  }

  #step(from: number, config: ExpiredLeasesConfig, isOverTime: boolean): void {
    const { table } = this.#book;
    const nowSec = this.#clock.wallSec();
    table.lock();
    try {
      this.#book.trimOffers(nowSec, ROWS_PER_LOCK);
      const end = Math.min(table.highWater(), from + ROWS_PER_LOCK);
      for (let slot = from; slot < end; slot++) {
        if (table.rows.address(slot) !== 0) this.#look(slot, nowSec, config, isOverTime);
      }
    } finally {
      table.unlock();
    }
  }

  #look(slot: number, nowSec: number, config: ExpiredLeasesConfig, isOverTime: boolean): void {
    const { rows } = this.#book.table;
    const state = rows.state(slot);
    if (!rows.isExpired(slot, nowSec)) return;
    if (state === LeaseState.offered) return this.#book.remove(slot);
    if (state === LeaseState.expiredReclaimed || state === LeaseState.released) {
      return isOverTime ? undefined : this.#flush(slot, nowSec, config);
    }
    // The address may be given away from here on, whenever the record of it is written.
    this.#book.release(rows.address(slot));
    const isOverCount = config.maxReclaimLeases > 0 && this.#reclaimed >= config.maxReclaimLeases;
    if (isOverTime || isOverCount || !this.#hasRoom()) this.#left += 1;
    else this.#reclaim(slot, state, config);
  }

  #reclaim(slot: number, state: number, config: ExpiredLeasesConfig): void {
    const { rows } = this.#book.table;
    const [subnetId, address] = [rows.subnetId(slot), rows.address(slot)];
    this.#reclaimed += 1;
    this.#dns()?.remove(this.#book, slot);
    this.#accounting().reclaimed(subnetId, address, state);
    this.#accounting().changed(subnetId, address, state, null);
    const events = this.#events();
    events.begin();
    events.lease(EventPart.former, slot);
    const isDeclined = state === LeaseState.declined;
    const change =
      isDeclined || config.flushReclaimedTimerWaitSec === 0 ? this.#delete(slot) : this.#keep(slot);
    events.end(isDeclined ? LeaseEventKind.recovered : LeaseEventKind.expired, change);
  }

  /** The row stays for its client. */
  #keep(slot: number): number {
    const { rows } = this.#book.table;
    this.#book.countOut(slot);
    rows.setState(slot, LeaseState.expiredReclaimed);
    rows.setFlags(slot, 0);
    this.#forgetHostName(slot);
    return this.#book.logRow(slot);
  }

  /** [Kea] A reclaimed lease keeps its client for affinity, but no name. */
  #forgetHostName(slot: number): void {
    const { table } = this.#book;
    const { rows } = table;
    if (rows.hostNameLength(slot) === 0 && rows.contextLength(slot) === 0) return;
    const record = this.#book.recordOf(slot);
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

  #flush(slot: number, nowSec: number, config: ExpiredLeasesConfig): void {
    const isKept = this.#book.table.rows.expireSec(slot) + config.holdReclaimedSec > nowSec;
    if (!isKept && this.#hasRoom()) void this.#delete(slot);
  }

  #delete(slot: number): number {
    const change = this.#book.logDeletion(slot);
    this.#book.remove(slot);
    this.#deleted += 1;
    return change;
  }

  #hasRoom(): boolean {
    return this.#book.changes.free() > ROOM_BYTES;
  }
}
