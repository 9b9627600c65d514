/**
 * The configured options of a reply, one behind the other in memory that many plans share. Where ten thousand subnets have
 * options of their own, those of a query's subnet are in no cache: they cost what has to be fetched, and that is one line or
 * two of octets instead of some objects for each option.
 *
 *     u8 code | u24 twice the length of what follows, plus 1 if it is sent without being asked for | the option, encoded
 */
import type { CompiledOption } from './option-merge.ts';

/** Where options stand, ascending by code. */
export interface EncodedOptions {
  readonly optionBytes: Uint8Array;
  readonly optionsStart: number;
  readonly optionsEnd: number;
}

const HEADER_BYTES = 4;
/** Small, because a plan that is kept for long keeps all of a block. */
const BLOCK_BYTES = 4096;

export class OptionMemory {
  #block = new Uint8Array(0);
  #used = 0;

  /** @param options ascending by code */
  encode(options: readonly CompiledOption[]): EncodedOptions {
    const bytes = options.reduce((sum, { encoded }) => sum + HEADER_BYTES + encoded.length, 0);
    if (bytes > this.#block.length - this.#used) {
      this.#block = new Uint8Array(Math.max(BLOCK_BYTES, bytes));
      this.#used = 0;
    }
    const optionsStart = this.#used;
    for (const option of options) this.#put(option);
    return { optionBytes: this.#block, optionsStart, optionsEnd: this.#used };
  }

  #put({ code, encoded, unasked }: CompiledOption): void {
    const word = encoded.length * 2 + Number(unasked);
    this.#block.set([code, word >>> 16, (word >>> 8) & 255, word & 255], this.#used);
    this.#block.set(encoded, this.#used + HEADER_BYTES);
    this.#used += HEADER_BYTES + encoded.length;
  }
}

/** The code of the option at a position. */
export function codeAt(bytes: Uint8Array, at: number): number {
  return bytes[at]!;
}

/** Whether the option at a position is sent without being asked for. */
export function isUnasked(bytes: Uint8Array, at: number): boolean {
  return (bytes[at + 3]! & 1) !== 0;
}

/** Where the encoding of the option at a position begins. */
export function encodingAt(at: number): number {
  return at + HEADER_BYTES;
}

/** The position behind the option at a position, which is where its encoding ends. */
export function behind(bytes: Uint8Array, at: number): number {
  return at + HEADER_BYTES + (((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 1);
}
