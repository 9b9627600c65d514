/**
 * The record of what a query changes: rows for the lease file and, where peers are to know, lease updates. One
 * transaction a query. Room for the largest transaction is asked for before anything is changed; afterwards nothing can
 * fail.
 */

import { assert } from '../../base/assert.ts';
import { type ByteRingMemory, ByteRingWriter } from '../../base/byte-ring.ts';
import type { ChangeLog } from '../../lease/change-log.ts';
import { UpdateRecord } from '../parked/shard-link.ts';
import { UpdateMode } from '../policy.ts';

/** The largest record of a ring. */
const RECORD_BYTES_MAX = 65_536;
/** Records of the largest transaction of a client that has one lease: its old one, and its new one. */
const RECORDS_OF_ONE = 2;

/** Why there is no room. */
export const Room = { enough: 0, changeLogFull: 1, updateLogFull: 2 } as const;

/** A lease book, as far as changes are recorded through it. */
export interface LoggedBook<LeaseRecord> {
  readonly changes: ChangeLog;
  /** The record view of a row, valid until the next call. */
  recordOf(slot: number): LeaseRecord;
  /** Both return the number of the change, 0 = the log is full. */
  logRow(slot: number): number;
  logDeletion(slot: number): number;
}

/** How the leases of a family are told to peers. */
export interface UpdateCodec<LeaseRecord> {
  /** Octets of the longest lease update. */
  readonly bytesMax: number;
  /** Writes a lease update. @param isUpdate false = the lease is gone; @returns the offset behind it */
  encode(out: Uint8Array, at: number, record: LeaseRecord, isUpdate: boolean): number;
}

export class LeaseChanges<LeaseRecord> {
  readonly #book: LoggedBook<LeaseRecord>;
  readonly #codec: UpdateCodec<LeaseRecord>;
  /** One update log a relationship, and the one of the query in work. */
  readonly #logs: readonly ByteRingWriter[];
  #updates: ByteRingWriter;
  #relationship = 0;
  readonly #shardBits: number;
  readonly #bytes: Uint8Array;
  #transaction = 0;
  #mode: number = UpdateMode.off;
  #lastChange = 0;
  #lastRow = 0;
  /** Whether records were written since `takeDirty`. */
  #dirtyRows = false;
  /** A bit a relationship. */
  #dirtyUpdates = 0;

  /**
   * @param updates the update log of each relationship, at least one
   */
  constructor(
    book: LoggedBook<LeaseRecord>,
    codec: UpdateCodec<LeaseRecord>,
    updates: readonly ByteRingMemory[],
    shard: number,
  ) {
    this.#book = book;
    this.#codec = codec;
    this.#bytes = new Uint8Array(codec.bytesMax);
    this.#logs = updates.map((ring) => new ByteRingWriter(ring));
    this.#updates = this.#logs[0]!;
    this.#shardBits = shard << UpdateRecord.shardShift;
  }

  /** Makes the transactions to come those of one relationship. */
  choose(relationship: number): void {
    this.#relationship = relationship;
    this.#updates = this.#logs[relationship]!;
  }

  /**
   * Whether a transaction finds room in both logs.
   * @param records that it will have at most
   */
  room(mode: number, records = RECORDS_OF_ONE): number {
    // One more for the gap that a ring leaves at its end.
    const bytes = (records + 1) * RECORD_BYTES_MAX;
    if (this.#book.changes.free() < bytes) return Room.changeLogFull;
    if (mode !== UpdateMode.off && this.#updates.free() < bytes) return Room.updateLogFull;
    return Room.enough;
  }

  /** True when a log is more than three quarters full: time to shed work that changes nothing. */
  isCrowded(): boolean {
    const { changes } = this.#book;
    if (changes.free() < changes.capacity / 4) return true;
    for (const log of this.#logs) if (log.free() < log.capacity / 4) return true;
    return false;
  }

  /** Starts a transaction. @param mode the policy's update mode, `await` turned into `record` when no reply waits */
  begin(transaction: number, mode: number): void {
    this.#transaction = transaction;
    this.#mode = mode;
    this.#lastChange = 0;
  }

  /** Records a row as it stands now; `last` marks the transaction's last record. */
  put(slot: number, last: boolean): void {
    this.#lastChange = this.#book.logRow(slot);
    this.#lastRow = slot;
    assert(this.#lastChange !== 0, 'the change log had room');
    this.#dirtyRows = true;
    this.#update(slot, true, last);
  }

  /** Records the deletion of a row that still stands. */
  drop(slot: number, last: boolean): void {
    this.#lastChange = this.#book.logDeletion(slot);
    assert(this.#lastChange !== 0, 'the change log had room');
    this.#dirtyRows = true;
    this.#update(slot, false, last);
  }

  /** Records a released row that is kept for its client: a row in the file, a deletion for the peers. */
  putReleased(slot: number, last: boolean): void {
    this.#lastChange = this.#book.logRow(slot);
    assert(this.#lastChange !== 0, 'the change log had room');
    this.#dirtyRows = true;
    this.#update(slot, false, last);
  }

  /** Change number of the transaction's last record. */
  get lastChange(): number {
    return this.#lastChange;
  }

  /** The row of the transaction's last record. */
  get lastRow(): number {
    return this.#lastRow;
  }

  #update(slot: number, isUpdate: boolean, last: boolean): void {
    if (this.#mode === UpdateMode.off) return;
    const awaited = this.#mode === UpdateMode.await ? UpdateRecord.awaited : 0;
    const kind = awaited | (last ? UpdateRecord.last : 0) | this.#shardBits;
    const length = this.#codec.encode(this.#bytes, 0, this.#book.recordOf(slot), isUpdate);
    assert(this.#updates.write(kind, this.#transaction, this.#bytes, length), 'the update log had room');
    this.#dirtyUpdates |= 1 << this.#relationship;
  }

  /** Tells whether rows were recorded since the last call. */
  takeDirtyRows(): boolean {
    const dirty = this.#dirtyRows;
    this.#dirtyRows = false;
    return dirty;
  }

  /** Tells for which relationships lease updates were recorded since the last call, a bit each. */
  takeDirtyUpdates(): number {
    const dirty = this.#dirtyUpdates;
    this.#dirtyUpdates = 0;
    return dirty;
  }
}
