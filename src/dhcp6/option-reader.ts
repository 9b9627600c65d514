/**
 * Reads options one after the other where they lie, without an allocation. One that runs past the end ends the reading, as
 * in Kea.
 *
 *     option-code[2] | option-len[2] | option-data        RFC 8415 section 21.1
 */
import { type ByteRange, clearRange, setRange } from '../base/byte-range.ts';
import { OPTION_HEADER_BYTES } from './codes.ts';

export class OptionReader {
  readonly bytes: Uint8Array;
  #next = 0;
  #end = 0;
  /** Of the option that was read last, 0..65535. */
  code = 0;
  /** Its data: where it begins, and its octets. */
  offset = 0;
  length = 0;

  /** @param bytes the memory that holds the options */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Goes over to the options in [from, end) of the memory. */
  point(from: number, end: number): void {
    this.#next = from;
    this.#end = end;
  }

  /** Reads the next option. @returns whether there is one */
  next(): boolean {
    const { bytes } = this;
    const at = this.#next;
    const data = at + OPTION_HEADER_BYTES;
    if (data > this.#end) return false;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (length > this.#end - data) return false;
    this.code = (bytes[at]! << 8) | bytes[at + 1]!;
    this.offset = data;
    this.length = length;
    this.#next = data + length;
    return true;
  }

  /** Octets behind the option that was read last; once `next` has said that there is no more, those that are no option. */
  get left(): number {
    return this.#end - this.#next;
  }

  /** Reads on to the next option of a code. @returns whether there is one */
  find(code: number): boolean {
    while (this.next()) if (this.code === code) return true;
    return false;
  }
}

/**
 * Makes a range that holds options behind its fields the first one of a code.
 * @param reader of the memory that the range is in
 * @param fieldBytes octets of the fields
 * @returns false and nothing when there is none
 */
export function descend(reader: OptionReader, range: ByteRange, fieldBytes: number, code: number): boolean {
  reader.point(range.offset + fieldBytes, range.offset + range.length);
  if (range.length >= fieldBytes && reader.find(code)) {
    setRange(range, reader.bytes, reader.offset, reader.length);
    return true;
  }
  clearRange(range);
  return false;
}
