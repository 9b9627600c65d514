/**
 * Writes into the table what a peer or an administrator says of a lease: row, pools, statistics and change log together.
 * Any thread may have one; each counts into statistics of its own. Callers hold the lock of the table, and announce what
 * was logged. A family says how its rows are found and counted, and whose they are.
 */
import type { BookRecord, BookTable, LeaseBookBase } from '../../lease/book-base.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { clttOf, isAhead, type TimedRecord } from '../../lease/precedence.ts';
import { RowFlag } from '../../lease/row-flag.ts';
import { LeaseState } from '../../lease/state.ts';
import type { ChangeSource } from '../../lease/store.ts';
import { REFUSED } from '../../lease/unsettled.ts';
import { PARKED_MS_MAX } from '../parked/park.ts';

/** What became of a change. With the last three nothing is changed. */
export const Applied = {
  created: 0,
  updated: 1,
  removed: 2,
  /** There is no lease to be deleted. */
  absent: 3,
  /** Another client is being given the address, and its ACK or REPLY may leave any moment. */
  busy: 4,
  /** There is no room for it, in memory or in the lease file. */
  noRoom: 5,
} as const;
export type Applied = (typeof Applied)[keyof typeof Applied];

/** One change needs at most one record of the log, plus the gap at the ring's end. */
const ROOM_BYTES = 2 * 65_536;
const PARKED_SEC_MAX = Math.ceil(PARKED_MS_MAX / 1000);

/** What of a record the rules need. */
export type AppliedRecord = BookRecord & TimedRecord & { readonly subnetId: number };

/** What of a table they need. */
export type AppliedTable = BookTable & {
  readonly rows: BookTable['rows'] & {
    subnetId(slot: number): number;
    unsettledChange(slot: number): number;
  };
};

type AppliedBook<Record extends AppliedRecord> = LeaseBookBase<AppliedTable, Record, unknown> & {
  write(record: Record, nowSec: number): number;
};

export abstract class LeaseApplierBase<Record extends AppliedRecord, Address> {
  readonly #book: AppliedBook<Record>;
  #lastChange = 0;

  constructor(book: AppliedBook<Record>) {
    this.#book = book;
  }

  /** Whether a row of the lease file can stand for a lease. */
  protected abstract hasRow(record: Record): boolean;

  /** The row of an address, or NO_SLOT. */
  protected abstract find(address: Address): number;

  /** The address of a record. */
  protected abstract addressOf(record: Record): Address;

  /** Whether a row is the client's of a record. */
  protected abstract isOwnedBy(slot: number, record: Record): boolean;

  /** How the lease of a row is counted, apart from its subnet. */
  protected abstract kindOf(slot: number): number;

  /** The same of a record. */
  protected abstract kindOfRecord(record: Record): number;

  /** Counts that a lease went from one state to another; null = there was, or is, none. */
  protected abstract changed(
    kind: number,
    subnetId: number,
    address: Address,
    before: number | null,
    after: number | null,
  ): void;

  /** Change number of the last change made here, 0 = none yet. */
  get lastChange(): number {
    return this.#lastChange;
  }

  /**
   * Writes a lease over whatever stands at its address.
   * @param record does not point into the table
   * @param nowSec wall-clock seconds
   */
  put(record: Record, source: ChangeSource, nowSec: number): Applied {
    if (!this.hasRow(record)) return Applied.noRoom;
    const book = this.#book;
    const { rows } = book.table;
    const { subnetId, state } = record;
    const address = this.addressOf(record);
    const kind = this.kindOfRecord(record);
    const existing = this.find(address);
    const before = existing === NO_SLOT ? null : rows.state(existing);
    const beforeSubnet = existing === NO_SLOT ? subnetId : rows.subnetId(existing);
    const beforeKind = existing === NO_SLOT ? kind : this.kindOf(existing);
    if (existing !== NO_SLOT && this.#isBusy(existing, record, source, nowSec)) return Applied.busy;
    if (!this.#hasRoom()) return Applied.noRoom;
    const slot = book.write(record, nowSec);
    if (slot === NO_SLOT) return Applied.noRoom;
    this.#lastChange = book.logRow(slot);
    if (beforeSubnet === subnetId && beforeKind === kind)
      this.changed(kind, subnetId, address, before, state);
    else {
      this.changed(beforeKind, beforeSubnet, address, before, null);
      this.changed(kind, subnetId, address, null, state);
    }
    return before === null || before === LeaseState.offered ? Applied.created : Applied.updated;
  }

  /** Deletes the lease at an address. @param source no deletion is refused to a peer as busy */
  remove(address: Address, source: ChangeSource, nowSec: number): Applied {
    const book = this.#book;
    const { rows } = book.table;
    const slot = this.find(address);
    if (slot === NO_SLOT || rows.state(slot) === LeaseState.offered) return Applied.absent;
    if (source === 'administrator' && this.#isBeingGiven(slot, nowSec)) return Applied.busy;
    if (!this.#hasRoom()) return Applied.noRoom;
    this.changed(this.kindOf(slot), rows.subnetId(slot), address, rows.state(slot), null);
    this.#lastChange = book.logDeletion(slot);
    book.remove(slot);
    return Applied.removed;
  }

  #hasRoom(): boolean {
    return this.#book.changes.free() > ROOM_BYTES;
  }

  /** Whether a shard waits with the ACK or REPLY for this row, which no peer has refused. */
  #isBeingGiven(slot: number, nowSec: number): boolean {
    const change = this.#book.table.rows.unsettledChange(slot);
    return change !== 0 && change !== REFUSED && this.#isFreshGrant(slot, nowSec);
  }

  /**
   * Whether a client got the row here, so lately that its ACK may be parked: beyond that time everything gives way. A cltt of a clock
   * that was set back says nothing of that.
   */
  #isFreshGrant(slot: number, nowSec: number): boolean {
    const { rows } = this.#book.table;
    if (rows.state(slot) !== LeaseState.assigned || (rows.flags(slot) & RowFlag.granted) === 0) return false;
    const clttSec = rows.clttSec(slot);
    return nowSec - clttSec <= PARKED_SEC_MAX && !isAhead(clttSec, nowSec);
  }

  /**
   * Whether the row's address goes to another client than that of `record` right now: one of the two clients must not get
   * its ACK. For everybody that is so while a shard waits with the ACK. What a partner sends may also have been on the
   * way when the ACK left, unless its client was seen later; others have seen what is there.
   */
  #isBusy(slot: number, record: Record, source: ChangeSource, nowSec: number): boolean {
    const { rows } = this.#book.table;
    const mayHaveCrossed =
      source === 'peer' &&
      rows.unsettledChange(slot) === 0 &&
      clttOf(record) <= rows.clttSec(slot) &&
      this.#isFreshGrant(slot, nowSec);
    if (!mayHaveCrossed && !this.#isBeingGiven(slot, nowSec)) return false;
    return !this.isOwnedBy(slot, record);
  }
}
