/**
 * The one ordered log of lease changes on its way to the lease file. Shards and main append to it while they hold the
 * lease table's lock, so the order of rows in the file is the order in which the table changed: a lease that one shard
 * deleted and another gave away again cannot end up deleted on disk. The journal thread is its only reader.
 *
 * Change numbers are u32, start at 1, grow by one a record and wrap: compare them with `isReached`.
 */
import { allocateByteRing, type ByteRingMemory, ByteRingWriter } from '../base/byte-ring.ts';

export interface ChangeLogMemory {
  readonly words: SharedArrayBuffer;
  readonly ring: ByteRingMemory;
}

/** Indexes of the control words (Int32). */
export const ChangeWord = {
  /** Number of the newest record. */
  last: 0,
  /** Journal -> all: every record up to this number is on stable storage. Notified on each change. */
  durable: 1,
  /** Writers -> journal: grows, and is notified, when a batch of records has been appended. */
  pending: 2,
} as const;
const WORDS = 32;

/** @param ringBytes a power of two */
export function allocateChangeLog(ringBytes: number): ChangeLogMemory {
  return { words: new SharedArrayBuffer(WORDS * 4), ring: allocateByteRing(ringBytes) };
}

/** True when `number` is at or before `mark`, in serial-number arithmetic (RFC 1982) on 32 bits. */
export function isReached(mark: number, number: number): boolean {
  return ((mark - number) | 0) >= 0;
}

/** A writer's end; every method but `announce` needs the lease table's lock. */
export class ChangeLog {
  readonly #words: Int32Array;
  readonly #writer: ByteRingWriter;

  constructor(memory: ChangeLogMemory) {
    this.#words = new Int32Array(memory.words);
    this.#writer = new ByteRingWriter(memory.ring);
  }

  /** Bytes of the ring. */
  get capacity(): number {
    return this.#writer.capacity;
  }

  /** Bytes free in the ring, record headers included. */
  free(): number {
    return this.#writer.free();
  }

  /**
   * Appends one row of the lease file, its newline included.
   * @returns its change number (u32, never 0), or 0 when the ring is full and nothing was appended
   */
  append(row: Uint8Array, length: number): number {
    let number = (Atomics.load(this.#words, ChangeWord.last) + 1) >>> 0;
    if (number === 0) number = 1;
    if (!this.#writer.write(0, number, row, length)) return 0;
    Atomics.store(this.#words, ChangeWord.last, number | 0);
    return number;
  }

  /** Wakes the journal; once a batch is enough. */
  announce(): void {
    Atomics.add(this.#words, ChangeWord.pending, 1);
    Atomics.notify(this.#words, ChangeWord.pending);
  }

  /** Number of the newest durable record. */
  durable(): number {
    return Atomics.load(this.#words, ChangeWord.durable) >>> 0;
  }
}
