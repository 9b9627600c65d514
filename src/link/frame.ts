/**
 * The frames of the lease stream (docs/lease-stream.md). Little-endian.
 *
 *     u32 length of what follows | u8 type | u8 flags 0 | u16 0 | body
 *
 * Whoever reads them trusts nothing: a header is judged as soon as it is there, before its body is waited for.
 */
import { FRAME_BYTES_MAX } from './limits.ts';

/** Those from 8 on are of a synchronization (session.ts). */
export const FrameType = {
  hello: 1,
  records: 2,
  ack: 3,
  bye: 4,
  last: 5,
  sync: 8,
  answer: 9,
  rows: 10,
  taken: 11,
  end: 12,
} as const;
const TYPES: ReadonlySet<number> = new Set(Object.values(FrameType));

/** Length, type, flags and the two octets that are zero. */
export const FRAME_HEADER_BYTES = 8;
const LENGTH_BYTES = 4;

/** What `FrameReader.next` came to. */
export const Frame = { none: 0, whole: 1, fault: 2 } as const;

/** Takes frames out of the octets of a connection, as they come. */
export class FrameReader {
  /** Where the octets are put: `bytes[end .. end + room)`. */
  readonly bytes: Uint8Array;
  #start = 0;
  #end = 0;
  /** The frame that `next` has found: its type, and where its body stands. Valid until the next call. */
  type = 0;
  at = 0;
  length = 0;
  /** What is wrong, after `Frame.fault`. */
  fault = '';

  /** @param bytes room for the longest frame and some octets of the next */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Where new octets belong. */
  get end(): number {
    return this.#end;
  }

  /** Octets that fit behind `end`; makes room where there is little. Not while a frame is looked at. */
  makeRoom(): number {
    if (this.#start > 0) {
      this.bytes.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    return this.bytes.length - this.#end;
  }

  /** So many octets were put at `end`. */
  filled(count: number): void {
    this.#end += count;
  }

  /** Looks for the next frame. @returns a `Frame` */
  next(): number {
    const { bytes } = this;
    const at = this.#start;
    const available = this.#end - at;
    if (available < FRAME_HEADER_BYTES) return Frame.none;
    const length = readU32(bytes, at);
    const fault = headerFault(length, bytes[at + 4]!, bytes[at + 5]! | bytes[at + 6]! | bytes[at + 7]!);
    if (fault !== null) {
      this.fault = fault;
      return Frame.fault;
    }
    if (available < LENGTH_BYTES + length) return Frame.none;
    this.type = bytes[at + 4]!;
    this.at = at + FRAME_HEADER_BYTES;
    this.length = length - (FRAME_HEADER_BYTES - LENGTH_BYTES);
    this.#start = at + LENGTH_BYTES + length;
    if (this.#start === this.#end) {
      // The octets stay where they are until new ones are put there, which is not while this frame is looked at.
      this.#start = 0;
      this.#end = 0;
    }
    return Frame.whole;
  }
}

function headerFault(length: number, type: number, zeros: number): string | null {
  if (length < FRAME_HEADER_BYTES - LENGTH_BYTES || length > FRAME_BYTES_MAX)
    return `a frame says that it has ${length} octets`;
  if (!TYPES.has(type)) return `a frame is of type ${type}, which does not exist`;
  return zeros === 0 ? null : 'a frame has flags that do not exist';
}

export function readU16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

export function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
