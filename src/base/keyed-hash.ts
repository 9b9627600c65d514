/**
 * HalfSipHash-2-4 with 64 bits of output: a fingerprint of octets that clients choose. Without the key nobody can make two of
 * them alike, so that a table may keep fingerprints in the place of the octets.
 *
 * @see https://github.com/veorq/SipHash, halfsiphash.c: words are little-endian
 */
import { randomFillSync } from 'node:crypto';
import type { ByteRange } from './byte-range.ts';

const KEY_WORDS = 2;
const WORD_BYTES = 4;
/** Rounds for each word of input, and for each word of output. */
const INPUT_ROUNDS = 2;
const OUTPUT_ROUNDS = 4;

/** A key that nobody knows, in memory that threads share. */
export function allocateHashKey(): SharedArrayBuffer {
  const key = new SharedArrayBuffer(KEY_WORDS * WORD_BYTES);
  new Uint32Array(key).set(randomFillSync(new Uint32Array(KEY_WORDS)));
  return key;
}

export class KeyedHash {
  /** The fingerprint of the octets that were hashed last: the first word of the output, and the second. */
  low = 0;
  high = 0;
  readonly #key: Uint32Array;
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;

  /** @param key of `allocateHashKey` */
  constructor(key: SharedArrayBuffer) {
    this.#key = new Uint32Array(key);
  }

  /** Makes `low` and `high` the fingerprint of these octets. */
  hash({ bytes, offset, length }: ByteRange): void {
    const k0 = this.#key[0]!;
    const k1 = this.#key[1]!;
    this.#v0 = k0;
    this.#v1 = k1 ^ 0xee;
    this.#v2 = k0 ^ 0x6c796765;
    this.#v3 = k1 ^ 0x74656462;
    const whole = length - (length % WORD_BYTES);
    for (let at = offset; at < offset + whole; at += WORD_BYTES)
      this.#take(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    let last = length << 24;
    for (let i = whole; i < length; i++) last |= bytes[offset + i]! << (8 * (i - whole));
    this.#take(last);
    this.#v2 ^= 0xee;
    this.low = this.#give();
    this.#v1 ^= 0xdd;
    this.high = this.#give();
  }

  #take(word: number): void {
    this.#v3 ^= word;
    this.#mix(INPUT_ROUNDS);
    this.#v0 ^= word;
  }

  #give(): number {
    this.#mix(OUTPUT_ROUNDS);
    return (this.#v1 ^ this.#v3) >>> 0;
  }

  #mix(rounds: number): void {
    let v0 = this.#v0;
    let v1 = this.#v1;
    let v2 = this.#v2;
    let v3 = this.#v3;
    for (let i = 0; i < rounds; i++) {
      v0 = (v0 + v1) | 0;
      v1 = rotated(v1, 5) ^ v0;
      v0 = rotated(v0, 16);
      v2 = (v2 + v3) | 0;
      v3 = rotated(v3, 8) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = rotated(v3, 7) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = rotated(v1, 13) ^ v2;
      v2 = rotated(v2, 16);
    }
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
  }
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
