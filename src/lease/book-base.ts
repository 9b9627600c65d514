/**
 * What the lease books of both families do alike: rows become records of the change log, and rows that are on offer are
 * remembered and taken back. A family says how its rows become records, and how an offer is told: by a number of 32 bits
 * that leads to its row. Callers hold the lock, from the first look at a row to the last change of it.
 */
import { assert } from '../base/assert.ts';
import { ChangeLog, type ChangeLogMemory } from './change-log.ts';
import { NO_SLOT } from './hash-chain.ts';
import { type CountedRows, LimitedCounts, type LimitedMemory } from './limited-counts.ts';
import { isLiveRow, type RowEnds } from './live.ts';
import { NO_OFFER, OfferQueue, type OffersMemory } from './offers.ts';
import type { FiledLease, RowCodec } from './row-codec.ts';
import { RowFlag } from './row-flag.ts';
import { LeaseState } from './state.ts';

/** Offers looked at to find one that can be taken back. */
const RECALLS_MAX = 64;

/** What of a table the book of either family needs. */
export interface BookTable {
  readonly rows: RowEnds &
    CountedRows & {
      isFree(slot: number): boolean;
      /** Bits of `RowFlag`. */
      flags(slot: number): number;
      clttSec(slot: number): number;
      setUnsettled(slot: number, change: number): void;
    };
  /** Slots 0..highWater-1 have been used at least once. */
  highWater(): number;
  moveLast(slot: number): void;
}

export interface BookRecord extends FiledLease {
  validLifetimeSec: number;
  expireSec: number;
}

/** @typeParam Pool what offers are taken back for */
export abstract class LeaseBookBase<Table extends BookTable, Record extends BookRecord, Pool> {
  readonly changes: ChangeLog;
  #table: Table;
  #offers: OfferQueue;
  /** By kind; null = no number is limited. */
  #limited: readonly (LimitedCounts | null)[] | null;
  readonly #codec: RowCodec<Record, unknown>;
  readonly #row: Uint8Array;

  /** @param limited where leases are counted whose number is limited; null = nowhere */
  constructor(
    table: Table,
    offers: OffersMemory,
    changes: ChangeLogMemory,
    codec: RowCodec<Record, unknown>,
    limited: LimitedMemory | null,
  ) {
    this.#table = table;
    this.#limited = countsOf(limited);
    this.#offers = new OfferQueue(offers);
    this.changes = new ChangeLog(changes);
    this.#codec = codec;
    this.#row = new Uint8Array(codec.rowBytesMax);
  }

  get table(): Table {
    return this.#table;
  }

  /** The counts of the leases of a kind whose number is limited, or null. @param kind a `LimitedKind` */
  limited(kind: number): LimitedCounts | null {
    return this.#limited === null ? null : this.#limited[kind]!;
  }

  /** Counts leases elsewhere from now on, all that the table holds. No shard runs. */
  replaceLimited(memory: LimitedMemory | null): void {
    this.#limited = countsOf(memory);
    for (const counts of this.#limited ?? []) counts?.clear();
    for (let slot = 0; slot < this.#table.highWater(); slot++)
      if (!this.#table.rows.isFree(slot)) this.countIn(slot);
  }

  /** Counts a row as it is after a change. */
  countIn(slot: number): void {
    if (this.#limited !== null) this.#limited[this.limitedKind(slot)]?.add(this.#table.rows, slot, 1);
  }

  /** Takes a row out of the counts, before its state, subnet, kind or user context changes. */
  countOut(slot: number): void {
    if (this.#limited !== null) this.#limited[this.limitedKind(slot)]?.add(this.#table.rows, slot, -1);
  }

  /** The `LimitedKind` of a row. */
  protected abstract limitedKind(slot: number): number;

  /** The queue of open offers, for the marks of a family. */
  protected get offers(): OfferQueue {
    return this.#offers;
  }

  /** Works with another table from now on. */
  protected useTable(table: Table, offers: OffersMemory): void {
    this.#table = table;
    this.#offers = new OfferQueue(offers);
  }

  /** The record view of a row, valid until the next call. */
  abstract recordOf(slot: number): Record;

  /** Removes a row and frees its address. */
  abstract remove(slot: number): void;

  /** The row of an offer; NO_SLOT = it is on offer no more. */
  protected abstract rowOnOffer(offer: number): number;

  /** Whether an offer is one of a pool's; of one that is open no more that need not be told. */
  protected abstract isOfferOf(offer: number, pool: Pool): boolean;

  /** Takes an offer back if it is still open. @returns whether its address is free now */
  protected abstract recall(offer: number): boolean;

  /** True while the row keeps its address from everybody else: offered, leased or declined, and not over. */
  isLive(slot: number, nowSec: number): boolean {
    return isLiveRow(this.#table.rows, slot, nowSec);
  }

  /** Appends the row as it stands now to the change log. @returns its change number, 0 = the log is full */
  logRow(slot: number): number {
    const change = this.#append(this.recordOf(slot));
    this.#table.rows.setUnsettled(slot, change);
    return change;
  }

  /** Appends the deletion of a row that still stands: valid lifetime 0, expire = cltt. */
  logDeletion(slot: number): number {
    const record = this.recordOf(slot);
    record.validLifetimeSec = 0;
    record.expireSec = this.#table.rows.clttSec(slot);
    return this.#append(record);
  }

  #append(record: Record): number {
    const length = this.#codec.encode(this.#row, 0, record);
    assert(length > 0, 'every row of the table can stand in the lease file');
    return this.changes.append(this.#row, length);
  }

  /**
   * Before an offer becomes a lease: among the rows of its client it stands behind the leases that there are, as if it came
   * only now. [Kea] Of several leases the first is the client's, and Kea knows of no offers.
   */
  settlePlace(slot: number): void {
    const { rows } = this.#table;
    if (rows.state(slot) !== LeaseState.offered) return;
    if ((rows.flags(slot) & RowFlag.leasedBefore) === 0) this.#table.moveLast(slot);
  }

  /** Remembers an offer; the oldest goes when too many are open. */
  protected remember(offer: number): void {
    if (this.#offers.isFull()) {
      const oldest = this.#offers.pop();
      // An entry from an earlier time of the same offer says nothing about this one.
      if (oldest !== offer) this.recall(oldest);
    }
    this.#offers.push(offer);
  }

  /**
   * Takes back the oldest offers until one frees an address of the pool. Those of other pools stay: a full subnet is no
   * reason to disturb the others. Slots that the caller knows may be free afterwards.
   * @returns true when the pool has a free address now
   */
  recallOffer(pool: Pool): boolean {
    for (let tries = 0; tries < RECALLS_MAX; tries++) {
      const offer = this.#offers.pop();
      if (offer === NO_OFFER) return false;
      if (!this.isOfferOf(offer, pool)) this.#offers.push(offer);
      else if (this.recall(offer)) return true;
    }
    return false;
  }

  /** Takes back the oldest offers, some dozens, for the memory of their identifiers, but for one. */
  protected recallOldest(spared: number): void {
    for (let i = 0; i < RECALLS_MAX; i++) {
      const oldest = this.#offers.pop();
      if (oldest === NO_OFFER) return;
      if (oldest === spared) this.#offers.push(oldest);
      else this.recall(oldest);
    }
  }

  /** Drops what leads the queue of open offers and is none any more; at most `limit` entries. */
  trimOffers(nowSec: number, limit: number): void {
    for (let i = 0; i < limit; i++) {
      const offer = this.#offers.peek();
      if (offer === NO_OFFER) return;
      const slot = this.rowOnOffer(offer);
      if (slot !== NO_SLOT && this.isLive(slot, nowSec)) return;
      this.recall(this.#offers.pop());
    }
  }
}

function countsOf(memory: LimitedMemory | null): readonly (LimitedCounts | null)[] | null {
  return memory === null ? null : memory.map((counts) => counts && new LimitedCounts(counts));
}
