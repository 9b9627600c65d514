/**
 * The text form of options that are no text. Kea writes it for people: code, length, then the octets. For options whose
 * fields it knows Kea writes the fields; here the octets stand for all of them.
 *
 *     type=061, len=007: 01:02:03:04:05:06:07
 */
import type { ByteRange } from '../base/byte-range.ts';
import { writeDecimal, writeHex } from '../base/octet-writer.ts';

const TYPE = Uint8Array.from('type=', (char) => char.charCodeAt(0));
const LENGTH = Uint8Array.from(', len=', (char) => char.charCodeAt(0));
const COLON = 0x3a;
const BLANK = 0x20;
/** "type=, len=: " */
const HEAD_BYTES = TYPE.length + LENGTH.length + 2;
/** Lengths from here on have more than three digits. */
const FOUR_DIGITS = 1000;

/**
 * Octets of the text of an option.
 * @param length of the option, below 10,000
 * @param digits of code and length: 3, or 5 in DHCPv6
 */
export function dumpLength(length: number, digits: number): number {
  const more = digits === 3 && length >= FOUR_DIGITS ? 1 : 0;
  return HEAD_BYTES + 2 * digits + more + Math.max(0, length * 3 - 1);
}

/** Writes the text of an option; `dumpLength` says how long it gets. */
export function writeDump(
  code: number,
  digits: number,
  range: ByteRange,
  bytes: Uint8Array,
  at: number,
): void {
  bytes.set(TYPE, at);
  let to = at + TYPE.length;
  to += writeDecimal(bytes, to, code, digits);
  bytes.set(LENGTH, to);
  to += LENGTH.length;
  to += writeDecimal(bytes, to, range.length, digits);
  bytes[to++] = COLON;
  bytes[to++] = BLANK;
  for (let i = 0; i < range.length; i++) {
    if (i > 0) bytes[to++] = COLON;
    writeHex(bytes, to, range.bytes[range.offset + i]!);
    to += 2;
  }
}
