/**
 * The options of a reply that is written already, to be changed: by code, each as the octets that it takes or as a payload
 * that was made for it. One object a shard.
 *
 *     load     the reply as it was written
 *     put, remove, find
 *     store    the reply as it is now: 53, the others ascending by code, 82 (the order of Kea)
 */
import type { ByteRange } from '../../base/byte-range.ts';
import { OptionCode } from '../../dhcp4/codes.ts';
import { OPTION_PART_BYTES } from '../../dhcp4/reply-size.ts';
import type { ChangingOptions } from './flex-container.ts';

const CODES = 256;
const ABSENT = 0;
/** As it stands in the reply, with its headers. */
const WRITTEN = 1;
/** A payload without headers. */
const MADE = 2;
/** Payloads made for one reply; no datagram holds more. */
const MADE_BYTES = 65_536;

export class ReplyOptions implements ChangingOptions {
  readonly #written: Uint8Array;
  readonly #made = new Uint8Array(MADE_BYTES);
  #used = 0;
  // By code.
  readonly #states = new Uint8Array(CODES);
  readonly #offsets = new Uint32Array(CODES);
  readonly #lengths = new Uint32Array(CODES);
  /** Octets in front of the sub-options of a payload that was made. */
  readonly #heads = new Uint32Array(CODES);
  /** The parts of an option joined, for `find`. */
  readonly #joined: Uint8Array;

  /** @param bytesMax octets of the longest reply */
  constructor(bytesMax: number) {
    this.#written = new Uint8Array(bytesMax);
    this.#joined = new Uint8Array(bytesMax);
  }

  /** Reads the options from `from` to the end option; the parts of one are neighbours. They are right: this server wrote them. */
  load(bytes: Uint8Array, from: number): void {
    this.#used = 0;
    this.#states.fill(ABSENT);
    const written = this.#written;
    for (let at = 0; bytes[from + at] !== OptionCode.end; ) {
      const code = bytes[from + at]!;
      const size = 2 + bytes[from + at + 1]!;
      for (let i = at; i < at + size; i++) written[i] = bytes[from + i]!;
      if (this.#states[code] === ABSENT) {
        this.#states[code] = WRITTEN;
        this.#offsets[code] = at;
        this.#lengths[code] = size;
      } else this.#lengths[code]! += size;
      at += size;
    }
  }

  has(code: number): boolean {
    return this.#states[code] !== ABSENT;
  }

  remove(code: number): void {
    this.#states[code] = ABSENT;
  }

  /** There is one of each code. */
  removeFirst(code: number): void {
    this.remove(code);
  }

  putFirst(code: number, payload: ByteRange, headBytes: number): boolean {
    return this.put(code, payload, headBytes);
  }

  put(code: number, { bytes, offset, length }: ByteRange, headBytes: number): boolean {
    if (this.#used + length > MADE_BYTES) return false;
    const made = this.#made;
    for (let i = 0; i < length; i++) made[this.#used + i] = bytes[offset + i]!;
    this.#states[code] = MADE;
    this.#offsets[code] = this.#used;
    this.#lengths[code] = length;
    this.#heads[code] = headBytes;
    this.#used += length;
    return true;
  }

  /** The payload of an option; `out` is valid until the next call. Empty when it is absent. */
  find(code: number, out: ByteRange): void {
    const offset = this.#offsets[code]!;
    const length = this.#lengths[code]!;
    out.offset = offset;
    out.length = length;
    if (this.#states[code] === MADE) out.bytes = this.#made;
    else if (this.#states[code] === WRITTEN) this.#join(offset, length, out);
    else out.length = 0;
  }

  /** Octets in front of the sub-options, or -1 when the payload is the one that was written. */
  headBytes(code: number): number {
    return this.#states[code] === MADE ? this.#heads[code]! : -1;
  }

  #join(offset: number, length: number, out: ByteRange): void {
    const written = this.#written;
    const joined = this.#joined;
    let to = 0;
    for (let at = offset; at < offset + length; ) {
      const size = written[at + 1]!;
      for (let i = 0; i < size; i++) joined[to++] = written[at + 2 + i]!;
      at += 2 + size;
    }
    out.bytes = joined;
    out.offset = 0;
    out.length = to;
  }

  /**
   * Writes the options from `from` on, without an end option.
   * @returns where they end; beyond `end` when there was no room for them, and then what stands there is of no use
   */
  store(bytes: Uint8Array, from: number, end: number): number {
    let at = this.#storeOne(OptionCode.messageType, bytes, from, end);
    for (let code = 1; code < OptionCode.end; code++)
      if (code !== OptionCode.messageType && code !== OptionCode.relayAgentInformation)
        at = this.#storeOne(code, bytes, at, end);
    return this.#storeOne(OptionCode.relayAgentInformation, bytes, at, end);
  }

  #storeOne(code: number, bytes: Uint8Array, at: number, end: number): number {
    const state = this.#states[code];
    if (state === ABSENT) return at;
    const offset = this.#offsets[code]!;
    const length = this.#lengths[code]!;
    if (state === MADE) return this.#storeMade(code, bytes, at, end);
    const written = this.#written;
    if (at + length <= end) for (let i = 0; i < length; i++) bytes[at + i] = written[offset + i]!;
    return at + length;
  }

  /** [RFC3396 5] Above 255 octets an option is split, between its sub-options where it can be. */
  #storeMade(code: number, bytes: Uint8Array, from: number, end: number): number {
    const made = this.#made;
    const first = this.#offsets[code]!;
    const length = this.#lengths[code]!;
    let at = from;
    let done = 0;
    do {
      const part = this.#partBytes(code, done);
      if (at + 2 + part <= end) {
        bytes[at] = code;
        bytes[at + 1] = part;
        for (let i = 0; i < part; i++) bytes[at + 2 + i] = made[first + done + i]!;
      }
      at += 2 + part;
      done += part;
    } while (done < length);
    return at;
  }

  /** Octets of the part of a made payload that begins at `from`: whole sub-options, if one has room in it. */
  #partBytes(code: number, from: number): number {
    const first = this.#offsets[code]!;
    const left = this.#lengths[code]! - from;
    if (left <= OPTION_PART_BYTES) return left;
    let fits = 0;
    for (let at = Math.max(this.#heads[code]!, from) - from; at <= OPTION_PART_BYTES; ) {
      fits = at;
      at += 2 + this.#made[first + from + at + 1]!;
    }
    return fits === 0 ? OPTION_PART_BYTES : fits;
  }
}
