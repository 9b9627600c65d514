/**
 * Main's end of the update log: reads what the shards have written and is woken when there is more. Waiting costs
 * nothing and keeps no process alive.
 */
import { ByteRingReader, type RingRecord } from '../base/byte-ring.ts';
import { type UpdateLogMemory, UpdateWord } from '../engine/parked/shard-link.ts';
import type { LeaseAddress, UpdateBytes, UpdateFamily } from '../lease/update-family.ts';
import { TICK_MS } from './limits.ts';

/** A record of the log; valid until `release`, overwritten by `next`. */
export interface LoggedUpdate extends UpdateBytes {
  bytes: Uint8Array;
  offset: number;
  length: number;
  isUpdate: boolean;
  address: LeaseAddress;
  /** `UpdateRecord` bits and the shard's index. */
  kind: number;
  /** The shard's transaction number. */
  transaction: number;
}

export class UpdateLogReader {
  readonly #family: UpdateFamily;
  readonly #reader: ByteRingReader;
  readonly #words: Int32Array;
  readonly #onWake: () => void;
  readonly #record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
  readonly #update: LoggedUpdate;
  /** Value of the pending word before the last reading: what has been written since then changes it. */
  #seen = 0;
  #watching = false;
  #closed = false;

  /**
   * @param reader 0, or 1 for the second of two
   * @param onWake is called when there may be something to read, at least once a tick while `watch` is in force
   */
  constructor(family: UpdateFamily, memory: UpdateLogMemory, reader: 0 | 1, onWake: () => void) {
    this.#family = family;
    this.#reader = new ByteRingReader(memory.ring, reader);
    this.#words = new Int32Array(memory.words);
    this.#onWake = onWake;
    const { bytes } = this.#reader;
    this.#update = { bytes, offset: 0, length: 0, isUpdate: false, address: 0, kind: 0, transaction: 0 };
  }

  /** To be called before a reading whose end shall be followed by `watch`. */
  mark(): void {
    this.#seen = Atomics.load(this.#words, UpdateWord.pending);
  }

  /** The next record, or null; the same object each time. */
  next(): LoggedUpdate | null {
    const record = this.#record;
    if (!this.#reader.next(record)) return null;
    const update = this.#update;
    update.offset = record.offset;
    update.length = record.length;
    update.kind = record.kind;
    update.isUpdate = this.#family.isUpdate(update.bytes, record.offset);
    update.transaction = record.sequence;
    update.address = this.#family.addressOf(update.bytes, record.offset);
    return update;
  }

  /** Somebody else has read meanwhile: goes on behind what was released. */
  takeBack(): void {
    this.#reader.rewind();
  }

  /** Gives the space of everything read back to the shards. */
  release(): void {
    this.#reader.release();
  }

  /** Calls `onWake` once when something was written after `mark`, or after a tick. */
  watch(): void {
    if (this.#watching || this.#closed) return;
    this.#watching = true;
    const wait = Atomics.waitAsync(this.#words, UpdateWord.pending, this.#seen, TICK_MS);
    if (wait.async) void wait.value.then(() => this.#wake());
    // Something was written meanwhile. Not at once: sockets get their turn in between.
    else setImmediate(() => this.#wake());
  }

  #wake(): void {
    this.#watching = false;
    if (!this.#closed) this.#onWake();
  }

  close(): void {
    this.#closed = true;
  }
}
