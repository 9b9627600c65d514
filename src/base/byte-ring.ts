/**
 * A single-producer ring of framed byte records in shared memory, with one reader or two. Each reads every record; its
 * space is free again when both have given it back.
 *
 *     control words   0 head (bytes ever written)   1, 2 tail of each reader (bytes ever read)   3 readers
 *     record          u16 length of payload | u16 kind | u32 sequence | payload | padding to 4
 *
 * Head and tail are u32 that wrap; the capacity is a power of two, so their difference is always the fill. A record is
 * never split: when it does not fit before the end, a skip marker fills the rest and the record starts at offset 0, so
 * that a consumer can hand out one contiguous view for each record.
 */
import { assert } from './assert.ts';

export interface ByteRingMemory {
  readonly control: SharedArrayBuffer;
  readonly data: SharedArrayBuffer;
}

const HEAD = 0;
/** Of the first reader; that of the second follows. */
const TAIL = 1;
const READERS = 3;
const HEADER_BYTES = 8;
const SKIP_KIND = 0xffff;
/** The largest payload of one record. */
export const RING_RECORD_BYTES_MAX = 0xfff0;

/**
 * @param capacityBytes a power of two, at least 256 KiB so that the largest record fits at any offset
 * @param readers how many read all of it
 */
export function allocateByteRing(capacityBytes: number, readers: 1 | 2 = 1): ByteRingMemory {
  assert(
    capacityBytes >= 1 << 18 && (capacityBytes & (capacityBytes - 1)) === 0,
    'ring capacity is a power of two',
  );
  const control = new SharedArrayBuffer(128);
  new Int32Array(control)[READERS] = readers;
  return { control, data: new SharedArrayBuffer(capacityBytes) };
}

/** Bytes that wait in a ring for its slowest reader, 0..capacity; any thread may ask. */
export function ringFill(control: Int32Array): number {
  const head = Atomics.load(control, HEAD);
  const first = (head - Atomics.load(control, TAIL)) >>> 0;
  if (control[READERS] !== 2) return first;
  const second = (head - Atomics.load(control, TAIL + 1)) >>> 0;
  return Math.max(first, second);
}

export class ByteRingWriter {
  readonly #control: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly capacity: number;

  constructor(memory: ByteRingMemory) {
    this.#control = new Int32Array(memory.control);
    this.#bytes = new Uint8Array(memory.data);
    this.#words = new Uint32Array(memory.data);
    this.capacity = memory.data.byteLength;
  }

  /** Bytes free for records, their headers included; a record may need up to twice its size at the wrap. */
  free(): number {
    return this.capacity - ringFill(this.#control);
  }

  /**
   * Appends one record.
   * @param kind 0..65534, the caller's own meaning
   * @param sequence u32
   * @returns false, with nothing written, when it does not fit
   */
  write(kind: number, sequence: number, payload: Uint8Array, length: number): boolean {
    assert(length <= RING_RECORD_BYTES_MAX && kind < SKIP_KIND, 'ring record within bounds');
    const size = (HEADER_BYTES + length + 3) & ~3;
    let head = Atomics.load(this.#control, HEAD) >>> 0;
    let position = head & (this.capacity - 1);
    const untilEnd = this.capacity - position;
    const needed = untilEnd < size ? untilEnd + size : size;
    if (needed > this.free()) return false;
    if (untilEnd < size) {
      this.#words[position >>> 2] = (SKIP_KIND << 16) >>> 0;
      head += untilEnd;
      position = 0;
    }
    this.#words[position >>> 2] = (length | (kind << 16)) >>> 0;
    this.#words[(position >>> 2) + 1] = sequence >>> 0;
    for (let i = 0, at = position + HEADER_BYTES; i < length; i++) this.#bytes[at + i] = payload[i]!;
    Atomics.store(this.#control, HEAD, (head + size) | 0);
    return true;
  }
}

/** One record as `ByteRingReader.next` shows it; the view is valid until `release`. */
export interface RingRecord {
  kind: number;
  sequence: number;
  offset: number;
  length: number;
}

export class ByteRingReader {
  readonly #control: Int32Array;
  readonly #words: Uint32Array;
  readonly #capacity: number;
  readonly #tail: number;
  #cursor: number;
  /** The ring's bytes; a record's payload is `bytes[offset .. offset + length)`. */
  readonly bytes: Uint8Array;

  /** @param reader 0, or 1 for the second of two */
  constructor(memory: ByteRingMemory, reader: 0 | 1 = 0) {
    this.#control = new Int32Array(memory.control);
    this.#words = new Uint32Array(memory.data);
    this.#capacity = memory.data.byteLength;
    this.#tail = TAIL + reader;
    this.bytes = new Uint8Array(memory.data);
    this.#cursor = Atomics.load(this.#control, this.#tail) >>> 0;
  }

  /** Bytes that were ever written, a u32 that wraps. */
  get written(): number {
    return Atomics.load(this.#control, HEAD) >>> 0;
  }

  /** Bytes that this one has ever read, or stepped over. */
  get read(): number {
    return this.#cursor;
  }

  /** Whether there is nothing to read now. */
  isEmpty(): boolean {
    return this.written === this.#cursor;
  }

  /** Fills `record` with the next unread record and steps over it; false when there is none. Space is not freed yet. */
  next(record: RingRecord): boolean {
    for (;;) {
      const head = Atomics.load(this.#control, HEAD) >>> 0;
      if (head === this.#cursor) return false;
      const position = this.#cursor & (this.#capacity - 1);
      const first = this.#words[position >>> 2]!;
      const kind = first >>> 16;
      if (kind === SKIP_KIND) {
        this.#cursor = (this.#cursor + this.#capacity - position) >>> 0;
        continue;
      }
      record.kind = kind;
      record.length = first & 0xffff;
      record.sequence = this.#words[(position >>> 2) + 1]!;
      record.offset = position + HEADER_BYTES;
      this.#cursor = (this.#cursor + ((HEADER_BYTES + record.length + 3) & ~3)) >>> 0;
      return true;
    }
  }

  /** Gives the space of every record read so far back to the writer. */
  release(): void {
    Atomics.store(this.#control, this.#tail, this.#cursor | 0);
  }

  /** Reads again from the first record that was not released. */
  rewind(): void {
    this.#cursor = Atomics.load(this.#control, this.#tail) >>> 0;
  }
}
