/**
 * The options of one run of octets by code, parts of one option put together (RFC 3396). What runs past the end, and what
 * follows it, is passed over.
 */
import type { ByteRange } from '../base/byte-range.ts';
import { clearRange } from '../base/byte-range.ts';

const PAD = 0;
const END = 255;
const CODES = 256;

export class OptionTable {
  /** Octets of the options that came in parts, behind each other. */
  readonly #joined: Uint8Array;
  readonly #hasPadding: boolean;
  #bytes: Uint8Array;
  #generation = 0;
  /** By code: the walk in which it was seen last. */
  readonly #seen = new Uint32Array(CODES);
  readonly #offsets = new Uint32Array(CODES);
  readonly #lengths = new Uint32Array(CODES);
  readonly #parts = new Uint16Array(CODES);

  /**
   * @param bytesMax octets of the longest run
   * @param hasPadding whether the codes 0 and 255 are padding and end
   */
  constructor(bytesMax: number, hasPadding: boolean) {
    this.#joined = new Uint8Array(bytesMax);
    this.#bytes = this.#joined;
    this.#hasPadding = hasPadding;
  }

  /** Forgets the run before and reads the one in [from, end). */
  walk(bytes: Uint8Array, from: number, end: number): void {
    this.#bytes = bytes;
    // Zero is the number of no walk.
    this.#generation = (this.#generation + 1) >>> 0 || 1;
    if (this.#add(from, end)) this.#join(from, end);
  }

  /** @param out the payload, valid until the next walk; empty when it is absent */
  find(code: number, out: ByteRange): boolean {
    if (this.#seen[code] !== this.#generation) {
      clearRange(out);
      return false;
    }
    out.bytes = this.#parts[code] === 1 ? this.#bytes : this.#joined;
    out.offset = this.#offsets[code]!;
    out.length = this.#lengths[code]!;
    return true;
  }

  /** Puts an option in the place of whatever the run holds under its code. @param offset where it lies in the run's memory */
  put(code: number, offset: number, length: number): void {
    this.#seen[code] = this.#generation;
    this.#offsets[code] = offset;
    this.#lengths[code] = length;
    this.#parts[code] = 1;
  }

  /** Forgets an option of the run. */
  remove(code: number): void {
    this.#seen[code] = 0;
  }

  /** @returns whether an option came in parts */
  #add(from: number, end: number): boolean {
    const bytes = this.#bytes;
    const hasPadding = this.#hasPadding;
    const generation = this.#generation;
    const seen = this.#seen;
    const offsets = this.#offsets;
    const lengths = this.#lengths;
    const parts = this.#parts;
    let isSplit = false;
    for (let at = from; at < end; ) {
      const code = bytes[at++]!;
      if (hasPadding && code === PAD) continue;
      if (at === end || (hasPadding && code === END)) break;
      const length = bytes[at++]!;
      if (length > end - at) break;
      if (seen[code] === generation) {
        lengths[code]! += length;
        parts[code]! += 1;
        isSplit = true;
      } else {
        seen[code] = generation;
        offsets[code] = at;
        lengths[code] = length;
        parts[code] = 1;
      }
      at += length;
    }
    return isSplit;
  }

  /** Two passes, however many parts there are: places for all options in parts, then their octets. */
  #join(from: number, end: number): void {
    let free = 0;
    for (let code = 0; code < CODES; code++) {
      if (this.#seen[code] !== this.#generation || this.#parts[code] === 1) continue;
      this.#offsets[code] = free;
      free += this.#lengths[code]!;
      this.#lengths[code] = 0;
    }
    const bytes = this.#bytes;
    for (let at = from; at < end; ) {
      const code = bytes[at++]!;
      if (this.#hasPadding && code === PAD) continue;
      if (at === end || (this.#hasPadding && code === END)) break;
      const length = bytes[at++]!;
      if (length > end - at) break;
      if (this.#parts[code]! > 1) {
        const to = this.#offsets[code]! + this.#lengths[code]!;
        for (let i = 0; i < length; i++) this.#joined[to + i] = bytes[at + i]!;
        this.#lengths[code]! += length;
      }
      at += length;
    }
  }
}
