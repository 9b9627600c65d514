/**
 * What became of records.
 *
 *     ACK   u32 every record up to this number is durable or refused | u32 count of the refused ones among them
 *           | { u32 number, u8 code, u8 length, reason }*       in ascending order
 *
 *     code  4  conflict: unknown subnet, address not in it, crossed by a lease of the other server
 *           1  this server cannot hold it
 */
import { readU32 } from './frame.ts';

export const RefusalCode = { failed: 1, conflict: 4 } as const;

const HEAD_BYTES = 8;
/** Of a refusal, without its reason. */
export const REFUSAL_HEAD_BYTES = 6;

/** Whether number `a` comes after `b`, in serial-number arithmetic (RFC 1982) on 32 bits. */
export function isAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** Reads an acknowledgement. Nothing is done by it before all of it was judged. */
export class AckReader {
  /** Every record up to this one is done with. */
  through = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #left = 0;
  /** The refusal that `next` has read. */
  number = 0;
  code = 0;
  reason = '';

  /**
   * Judges a whole frame, and begins to read its refusals.
   * @param before the last number that was acknowledged; @param last the last one that was given
   * @returns what is wrong, or null
   */
  open(bytes: Uint8Array, at: number, length: number, before: number, last: number): string | null {
    if (length < HEAD_BYTES) return 'an acknowledgement is cut off';
    this.through = readU32(bytes, at);
    this.#left = readU32(bytes, at + 4);
    if (!isAfter(this.through, before))
      return `the acknowledgement of ${this.through} comes after that of ${before}`;
    if (isAfter(this.through, last))
      return `${this.through} is acknowledged, ${last} was the last that was sent`;
    const count = (this.through - before) >>> 0;
    if (this.#left > count) return `${this.#left} of ${count} records are refused`;
    this.#bytes = bytes;
    this.#at = at + HEAD_BYTES;
    return this.#judge(at + length, before);
  }

  #judge(end: number, before: number): string | null {
    const bytes = this.#bytes;
    let at = this.#at;
    let last = before;
    for (let left = this.#left; left > 0; left--) {
      if (at + REFUSAL_HEAD_BYTES > end) return 'an acknowledgement has fewer refusals than it says';
      const number = readU32(bytes, at);
      if (!isAfter(number, last) || isAfter(number, this.through))
        return `an acknowledgement of ${before} to ${this.through} refuses ${number} after ${last}`;
      const code = bytes[at + 4]!;
      if (code !== RefusalCode.conflict && code !== RefusalCode.failed)
        return `a record is refused with code ${code}`;
      last = number;
      at += REFUSAL_HEAD_BYTES + bytes[at + 5]!;
    }
    return at === end ? null : 'the refusals of an acknowledgement do not add up to its length';
  }

  /** Refusals that `next` has not read. */
  get refusals(): number {
    return this.#left;
  }

  /** Reads the next refusal; false when there is none. */
  next(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    const bytes = this.#bytes;
    const at = this.#at + REFUSAL_HEAD_BYTES;
    this.number = readU32(bytes, this.#at);
    this.code = bytes[this.#at + 4]!;
    const end = at + bytes[this.#at + 5]!;
    this.reason = new TextDecoder().decode(bytes.subarray(at, end));
    this.#at = end;
    return true;
  }
}
