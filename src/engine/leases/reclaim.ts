/**
 * The expiry timer: looks through the table in bounded steps, frees the addresses of leases that are over, reclaims them
 * as Kea's expired-leases-processing says, and deletes what was kept long enough. No step holds the lock for longer than
 * a few rows, so the shards never wait for it.
 */

import type { Clock } from '../../base/clock.ts';
import type { ExpiredLeasesConfig } from '../../config/model.ts';
import type { ChangeLog } from '../../lease/change-log.ts';
import type { RowEnds } from '../../lease/live.ts';
import { LeaseState } from '../../lease/state.ts';

/** Rows looked at under one lock: some 20 µs. */
const ROWS_PER_LOCK = 512;
/** A change needs at most a record and the gap at the ring's end; the shards' room comes first. */
const ROOM_BYTES = 1 << 20;

export interface ReclaimReport {
  readonly reclaimed: number;
  readonly deleted: number;
  /** Over, but left for the next cycle by the limits. */
  readonly left: number;
}

/** The leases of a family, as the timer ends them. Callers hold the lock, but for `announce`. */
export interface ExpiringLeases {
  readonly book: {
    readonly changes: ChangeLog;
    readonly table: {
      lock(): void;
      unlock(): void;
      highWater(): number;
      readonly rows: RowEnds & {
        /** Unix seconds. */
        expireSec(slot: number): number;
      };
    };
    trimOffers(nowSec: number, limit: number): void;
    logDeletion(slot: number): number;
    remove(slot: number): void;
  };
  isFree(slot: number): boolean;
  /** Gives the address of a row back to its pools. */
  free(slot: number): void;
  /** A row in this state begins to be reclaimed: it is counted and told. */
  begin(slot: number, state: number): void;
  /** Keeps a reclaimed row for its client. @returns the change */
  keep(slot: number): number;
  /** It was reclaimed with this change. */
  end(isDeclined: boolean, change: number): void;
  /** Tells whoever listens what has happened since the last call. */
  announce(): void;
}

export class Reclaimer {
  readonly #leases: ExpiringLeases;
  readonly #clock: Clock;
  #reclaimed = 0;
  #deleted = 0;
  #left = 0;

  constructor(leases: ExpiringLeases, clock: Clock) {
    this.#leases = leases;
    this.#clock = clock;
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
    for (let from = 0; from < this.#leases.book.table.highWater(); from += ROWS_PER_LOCK) {
      const isOverTime =
        !mayReclaim || (config.maxReclaimMs > 0 && this.#clock.monotonicMs() - startMs > config.maxReclaimMs);
      this.#step(from, config, isOverTime);
      await pause();
    }
    if (this.#reclaimed + this.#deleted > 0) this.#leases.book.changes.announce();
    this.#leases.announce();
    return { reclaimed: this.#reclaimed, deleted: this.#deleted, left: this.#left };
  }

  #step(from: number, config: ExpiredLeasesConfig, isOverTime: boolean): void {
    const { book } = this.#leases;
    const { table } = book;
    const nowSec = this.#clock.wallSec();
    table.lock();
    try {
      book.trimOffers(nowSec, ROWS_PER_LOCK);
      const end = Math.min(table.highWater(), from + ROWS_PER_LOCK);
      for (let slot = from; slot < end; slot++) {
        if (!this.#leases.isFree(slot)) this.#look(slot, nowSec, config, isOverTime);
      }
    } finally {
      table.unlock();
    }
  }

  #look(slot: number, nowSec: number, config: ExpiredLeasesConfig, isOverTime: boolean): void {
    const { book } = this.#leases;
    const { rows } = book.table;
    const state = rows.state(slot);
    if (!rows.isExpired(slot, nowSec)) return;
    if (state === LeaseState.offered) return book.remove(slot);
    if (state === LeaseState.expiredReclaimed || state === LeaseState.released) {
      return isOverTime ? undefined : this.#flush(slot, nowSec, config);
    }
    // The address may be given away from here on, whenever the record of it is written.
    this.#leases.free(slot);
    const isOverCount = config.maxReclaimLeases > 0 && this.#reclaimed >= config.maxReclaimLeases;
    if (isOverTime || isOverCount || !this.#hasRoom()) this.#left += 1;
    else this.#reclaim(slot, state, config);
  }

  #reclaim(slot: number, state: number, config: ExpiredLeasesConfig): void {
    this.#reclaimed += 1;
    this.#leases.begin(slot, state);
    const isDeclined = state === LeaseState.declined;
    // [Kea] Neither has a client that would come back for it.
    const isForNobody = isDeclined || state === LeaseState.registered;
    const isDeleted = isForNobody || config.flushReclaimedTimerWaitSec === 0;
    this.#leases.end(isDeclined, isDeleted ? this.#delete(slot) : this.#leases.keep(slot));
  }

  #flush(slot: number, nowSec: number, config: ExpiredLeasesConfig): void {
    const isKept = this.#leases.book.table.rows.expireSec(slot) + config.holdReclaimedSec > nowSec;
    if (!isKept && this.#hasRoom()) void this.#delete(slot);
  }

  #delete(slot: number): number {
    const change = this.#leases.book.logDeletion(slot);
    this.#leases.book.remove(slot);
    this.#deleted += 1;
    return change;
  }

  #hasRoom(): boolean {
    return this.#leases.book.changes.free() > ROOM_BYTES;
  }
}
