/**
 * The structures that recvmmsg(2) and sendmmsg(2) share.
 *
 *     struct mmsghdr, 64 bytes   0 pointer to the socket address   8 u32 its length
 *                               16 pointer to the iovecs          24 u64 how many
 *                               32 pointer to control data        40 u64 its length (both 0 unless somebody sets them)
 *                               48 i32 flags (out)                56 u32 datagram length (out)
 *     struct iovec, 16 bytes     0 pointer to the bytes            8 u64 length
 *
 * glibc and musl agree on this on x64 and arm64: where musl has a 32-bit field with padding, both are one little-endian
 * 64-bit number.
 */
import { assert } from '../base/assert.ts';
import { allocatePinned, type Pinned, storePointer } from './pinned.ts';

/** The kernel takes at most this many messages a call (UIO_MAXIOV). */
const MESSAGES_MAX = 1024;

export const HEADER_BYTES = 64;
export const HEADER_WORDS = HEADER_BYTES / 4;
// Word indexes.
export const HEADER_IOVECS = 4;
export const HEADER_IOVECS_COUNT = 6;
export const HEADER_CONTROL = 8;
export const HEADER_CONTROL_LENGTH = 10;
export const HEADER_FLAGS = 12;
/** Of the datagram. */
export const HEADER_LENGTH = 14;
const IOVEC_BYTES = 16;
const IOVEC_WORDS = IOVEC_BYTES / 4;

/** The kernel's structures for a number of messages: header i points at address i and its iovecs, for good. */
export class MessageVector {
  readonly headers: Pinned;
  readonly addresses: Pinned;
  /** 32-bit words of a socket address. */
  readonly addressWords: number;
  readonly #iovecs: Pinned;
  readonly #parts: number;

  /**
   * @param messages 1..1024
   * @param addressBytes of each socket address, a multiple of 4
   * @param parts pieces of memory that make up a message
   */
  constructor(messages: number, addressBytes: number, parts = 1) {
    assert(messages >= 1 && messages <= MESSAGES_MAX, 'messages a system call, 1..1024');
    this.addressWords = addressBytes / 4;
    this.#parts = parts;
    this.headers = allocatePinned(messages * HEADER_BYTES);
    this.addresses = allocatePinned(messages * addressBytes);
    this.#iovecs = allocatePinned(messages * parts * IOVEC_BYTES);
    for (let i = 0; i < messages; i++) {
      const words = this.headers.words;
      const at = i * HEADER_WORDS;
      storePointer(words, at, this.addresses.address + i * addressBytes);
      words[at + 2] = addressBytes;
      storePointer(words, at + HEADER_IOVECS, this.#iovecs.address + i * parts * IOVEC_BYTES);
      words[at + HEADER_IOVECS_COUNT] = parts;
    }
  }

  /** Points part `part` of message `index` at `length` bytes; the caller keeps them alive. */
  setBytes(index: number, address: number, length: number, part = 0): void {
    const at = (index * this.#parts + part) * IOVEC_WORDS;
    storePointer(this.#iovecs.words, at, address);
    this.#iovecs.words[at + 2] = length;
  }

  // Of messages with one part.

  /** Octets of message `index`. */
  length(index: number): number {
    return this.#iovecs.words[index * IOVEC_WORDS + 2]!;
  }

  /** Whether two messages have one socket address. */
  haveOneAddress(index: number, other: number): boolean {
    const { words } = this.addresses;
    const at = index * this.addressWords;
    const otherAt = other * this.addressWords;
    for (let word = 0; word < this.addressWords; word++)
      if (words[at + word] !== words[otherAt + word]) return false;
    return true;
  }

  /** Where in memory the socket address of message `index` is. */
  addressAt(index: number): number {
    return this.addresses.address + index * this.addressWords * 4;
  }

  /** Where in memory the iovec of message `index` is; those of the messages behind it follow. */
  iovecAt(index: number): number {
    return this.#iovecs.address + index * IOVEC_BYTES;
  }
}
