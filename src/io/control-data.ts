/**
 * Control data of what recvmmsg(2) reads: what the kernel says of a datagram beside its octets.
 *
 *     struct cmsghdr   u64 length with this header | i32 level | i32 type | data, padded to 8 octets
 *
 * glibc and musl agree on this on x64 and arm64.
 */
import { HEADER_CONTROL, HEADER_CONTROL_LENGTH, HEADER_WORDS, type MessageVector } from './message-vector.ts';
import { allocatePinned, type Pinned, storePointer } from './pinned.ts';

const HEADER_BYTES = 16;
const LEVEL = 2;
const TYPE = 3;
const DATA = 4;

/** Room that a piece of control data takes, in octets. @param dataBytes of what the kernel says */
export function controlSpace(dataBytes: number): number {
  return HEADER_BYTES + align(dataBytes);
}

/** Room for the control data of a vector of messages. */
export class ControlData {
  /** Of all messages; `find` tells where. */
  readonly words: Uint32Array;
  readonly #control: Pinned;
  readonly #headers: Uint32Array;
  readonly #bytes: number;

  /** @param bytes for each message: a sum of `controlSpace` */
  constructor({ headers }: MessageVector, messages: number, bytes: number) {
    this.#headers = headers.words;
    this.#bytes = bytes;
    this.#control = allocatePinned(messages * bytes);
    this.words = this.#control.words;
    for (let i = 0; i < messages; i++)
      storePointer(this.#headers, i * HEADER_WORDS + HEADER_CONTROL, this.#control.address + i * bytes);
    this.renew(messages);
  }

  /** Makes room again for the first `count` messages: the kernel has written there how much it used. */
  renew(count: number): void {
    for (let i = 0; i < count; i++) this.#headers[i * HEADER_WORDS + HEADER_CONTROL_LENGTH] = this.#bytes;
  }

  /**
   * Looks for what the kernel has said of message i since `renew`.
   * @param dataBytes that it has at least
   * @returns the index of its first word in `words`, or -1
   */
  find(i: number, level: number, type: number, dataBytes: number): number {
    const { words } = this;
    const first = i * this.#bytes;
    const end = first + Math.min(this.#headers[i * HEADER_WORDS + HEADER_CONTROL_LENGTH]!, this.#bytes);
    for (let from = first; from + HEADER_BYTES <= end; ) {
      const at = from >>> 2;
      const length = words[at]!;
      if (length < HEADER_BYTES || from + length > end) return -1;
      if (words[at + LEVEL] === level && words[at + TYPE] === type)
        return length >= HEADER_BYTES + dataBytes ? at + DATA : -1;
      from += align(length);
    }
    return -1;
  }
}

function align(length: number): number {
  return (length + 7) & ~7;
}
