/**
 * Writes into the table what a peer or an administrator says of a lease: row, pools, statistics and change log together.
 * Any thread may have one; each counts into statistics of its own. Callers hold the lock of the table, and announce what
 * was logged.
 */
import { emptyRange, setRange } from '../../base/byte-range.ts';
import type { Ipv4 } from '../../base/ipv4.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { hasRow } from '../../lease/dhcp4/csv.ts';
import type { LeaseRecord } from '../../lease/dhcp4/record.ts';
import type { ChangeSource } from '../../lease/dhcp4/store.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { RowFlag } from '../../lease/row-flag.ts';
import { LeaseState } from '../../lease/state.ts';
import { REFUSED } from '../../lease/unsettled.ts';
import { PARKED_MS_MAX } from '../parked/park.ts';
import type { LeaseAccounting } from './lease-accounting.ts';

/** What became of a change. With the last three nothing is changed. */
export const Applied = {
  created: 0,
  updated: 1,
  removed: 2,
  /** There is no lease to be deleted. */
  absent: 3,
  /** Another client is being given the address, and its ACK may leave any moment. */
  busy: 4,
  /** There is no room for it, in memory or in the lease file. */
  noRoom: 5,
} as const;
export type Applied = (typeof Applied)[keyof typeof Applied];

/** One change needs at most one record of the log, plus the gap at the ring's end. */
const ROOM_BYTES = 2 * 65_536;
const PARKED_SEC_MAX = Math.ceil(PARKED_MS_MAX / 1000);

export class LeaseApplier {
  readonly #book: LeaseBook;
  readonly #accounting: () => LeaseAccounting;
  readonly #clientId = emptyRange();
  readonly #hw = emptyRange();
  #lastChange = 0;

  /** @param accounting where this thread counts; asked for at each change, because a reload brings another one */
  constructor(book: LeaseBook, accounting: () => LeaseAccounting) {
    this.#book = book;
    this.#accounting = accounting;
  }

  /** Change number of the last change made here, 0 = none yet. */
  get lastChange(): number {
    return this.#lastChange;
  }

  /**
   * Writes a lease over whatever stands at its address.
   * @param record does not point into the table
   * @param nowSec wall-clock seconds
   */
  put(record: LeaseRecord, source: ChangeSource, nowSec: number): Applied {
    if (!hasRow(record)) return Applied.noRoom;
    const book = this.#book;
    const { rows } = book.table;
    const { address, subnetId } = record;
    const existing = book.table.findByAddress(address);
    const before = existing === NO_SLOT ? null : rows.state(existing);
    const beforeSubnet = existing === NO_SLOT ? subnetId : rows.subnetId(existing);
    if (existing !== NO_SLOT && this.#isBusy(existing, record, source, nowSec)) return Applied.busy;
    if (!this.#hasRoom()) return Applied.noRoom;
    const slot = book.write(record, nowSec);
    if (slot === NO_SLOT) return Applied.noRoom;
    this.#lastChange = book.logRow(slot);
    const accounting = this.#accounting();
    if (beforeSubnet === subnetId) accounting.changed(subnetId, address, before, record.state);
    else {
      accounting.changed(beforeSubnet, address, before, null);
      accounting.changed(subnetId, address, null, record.state);
    }
    return before === null || before === LeaseState.offered ? Applied.created : Applied.updated;
  }

  /** Deletes the lease at an address. @param source no deletion is refused to a peer as busy */
  remove(address: Ipv4, source: ChangeSource, nowSec: number): Applied {
    const book = this.#book;
    const { rows } = book.table;
    const slot = book.table.findByAddress(address);
    if (slot === NO_SLOT || rows.state(slot) === LeaseState.offered) return Applied.absent;
    if (source === 'administrator' && this.#isBeingGiven(slot, nowSec)) return Applied.busy;
    if (!this.#hasRoom()) return Applied.noRoom;
    this.#accounting().changed(rows.subnetId(slot), address, rows.state(slot), null);
    this.#lastChange = book.logDeletion(slot);
    book.remove(slot);
    return Applied.removed;
  }

  #hasRoom(): boolean {
    return this.#book.changes.free() > ROOM_BYTES;
  }

  /** Whether a shard waits with the ACK for this row, which no peer has refused. */
  #isBeingGiven(slot: number, nowSec: number): boolean {
    const change = this.#book.table.rows.unsettledChange(slot);
    return change !== 0 && change !== REFUSED && this.#isFreshGrant(slot, nowSec);
  }

  /** Whether a client got the row here, so lately that its ACK may be parked: beyond that time everything gives way. */
  #isFreshGrant(slot: number, nowSec: number): boolean {
    const { rows } = this.#book.table;
    if (rows.state(slot) !== LeaseState.assigned || (rows.flags(slot) & RowFlag.granted) === 0) return false;
    return nowSec - rows.clttSec(slot) <= PARKED_SEC_MAX;
  }

  /**
   * Whether the row's address goes to another client than that of `record` right now: one of the two clients must not get
   * its ACK. For everybody that is so while a shard waits with the ACK. What a partner sends may also have been on the
   * way when the ACK left, unless its client was seen later; others have seen what is there.
   */
  #isBusy(slot: number, record: LeaseRecord, source: ChangeSource, nowSec: number): boolean {
    const { table } = this.#book;
    const mayHaveCrossed =
      source === 'peer' &&
      table.rows.unsettledChange(slot) === 0 &&
      record.expireSec - record.validLifetimeSec <= table.rows.clttSec(slot) &&
      this.#isFreshGrant(slot, nowSec);
    if (!mayHaveCrossed && !this.#isBeingGiven(slot, nowSec)) return false;
    const { clientId, clientIdOffset, clientIdLength, hw, hwOffset, hwLength } = record;
    setRange(this.#clientId, clientId, clientIdOffset, clientIdLength);
    setRange(this.#hw, hw, hwOffset, hwLength);
    return !table.belongsTo(slot, this.#clientId, this.#hw);
  }
}
