/**
 * Neighbours of a message vector as one message that the kernel cuts again on the way out, UDP_SEGMENT of udp(7): the way
 * through the kernel is gone once for all of them. bench/single-server.ts, 256 in flight: 18.9 -> 16.5 µs of the shard an exchange,
 * 2026-11-28; see docs/decisions/kernel-path.md.
 *
 *     struct mmsghdr   as in message-vector.ts: address of the first message, iovecs of all of them, control data
 *     struct cmsghdr   u64 length | i32 level | i32 type | u16 octets of a segment | 6 octets of padding
 *
 * glibc and musl agree on this on x64 and arm64.
 */
import { assert } from '../base/assert.ts';
import {
  HEADER_BYTES,
  HEADER_CONTROL,
  HEADER_CONTROL_LENGTH,
  HEADER_IOVECS,
  HEADER_IOVECS_COUNT,
  HEADER_WORDS,
  type MessageVector,
} from './message-vector.ts';
import { allocatePinned, type Pinned, storePointer } from './pinned.ts';

/** The kernel cuts a message into at most this many (UDP_MAX_SEGMENTS; newer ones into more). */
const SEGMENTS_MAX = 64;
/** Octets that fit into one UDP datagram over IPv4, which a message is until it is cut; over IPv6 20 more do. */
export const DATAGRAM_BYTES_MAX = 65_507;

const SOL_UDP = 17;
const UDP_SEGMENT = 103;
const CONTROL_BYTES = 24;
const CONTROL_WORDS = CONTROL_BYTES / 4;
/** Without the padding. */
const CONTROL_LENGTH = 18;
const SEGMENT_BYTES = 4;

export class JoinedVector {
  readonly headers: Pinned;
  readonly #vector: MessageVector;
  readonly #control: Pinned;
  /** By joined message: its first message in the vector; behind the last one, where that ends. */
  readonly #first: Int32Array;

  /** @param vector of messages with one piece of memory each */
  constructor(vector: MessageVector, messages: number) {
    this.#vector = vector;
    this.headers = allocatePinned(messages * HEADER_BYTES);
    this.#control = allocatePinned(messages * CONTROL_BYTES);
    this.#first = new Int32Array(messages + 1);
    const { words } = this.headers;
    for (let i = 0; i < messages; i++) {
      const at = i * HEADER_WORDS;
      words[at + 2] = vector.addressWords * 4;
      storePointer(words, at + HEADER_CONTROL, this.#control.address + i * CONTROL_BYTES);
      this.#control.words.set([CONTROL_LENGTH, 0, SOL_UDP, UDP_SEGMENT], i * CONTROL_WORDS);
    }
  }

  /**
   * Joins the first `count` messages of the vector, which are loaded.
   * @param longest octets of a message that may be joined with others
   * @returns how many messages they are now, in the same order
   */
  join(count: number, longest: number): number {
    assert(count < this.#first.length, 'the vector has that many messages');
    let joined = 0;
    for (let from = 0; from < count; joined++) {
      const end = this.#endOfRun(from, count, longest);
      this.#point(joined, from, end);
      this.#first[joined] = from;
      from = end;
    }
    this.#first[joined] = count;
    return joined;
  }

  /** Where joined message i begins in the vector; it ends where the next one begins. */
  first(i: number): number {
    return this.#first[i]!;
  }

  /** All pieces have one length, only the last may be shorter, and one destination. @returns the first that does not belong */
  #endOfRun(from: number, count: number, longest: number): number {
    const vector = this.#vector;
    const segment = vector.length(from);
    let next = from + 1;
    if (segment === 0 || segment > longest) return next;
    const end = Math.min(count, from + Math.min(SEGMENTS_MAX, Math.trunc(DATAGRAM_BYTES_MAX / segment)));
    for (; next < end && vector.haveOneAddress(from, next); next++) {
      const length = vector.length(next);
      if (length === segment) continue;
      return length > 0 && length < segment ? next + 1 : next;
    }
    return next;
  }

  #point(joined: number, from: number, end: number): void {
    const { words } = this.headers;
    const at = joined * HEADER_WORDS;
    storePointer(words, at, this.#vector.addressAt(from));
    storePointer(words, at + HEADER_IOVECS, this.#vector.iovecAt(from));
    words[at + HEADER_IOVECS_COUNT] = end - from;
    words[at + HEADER_CONTROL_LENGTH] = end - from === 1 ? 0 : CONTROL_BYTES;
    this.#control.words[joined * CONTROL_WORDS + SEGMENT_BYTES] = this.#vector.length(from);
  }
}
