/**
 * Writes the fields of a row of Kea's lease files, of both families, straight from octets: every lease change of the data
 * plane passes through here, so there are no strings and no allocations. Each function returns the offset behind the field.
 *
 * The format knows no quoting. In texts an octet that could end a field, a line or the reader's patience (below 0x20,
 * above 0x7e, ',' and '&') becomes `&#xHH`.
 */
import type { ByteRange } from '../base/byte-range.ts';

/** Of the longest u32 in decimal. */
export const DECIMAL_U32_BYTES = 10;
/** Of the longest whole number below 2^53 in decimal. */
export const DECIMAL_SAFE_BYTES = 16;
/** Of an octet that is escaped, at most. */
export const ESCAPED_BYTES = 5;

export const NEWLINE = 0x0a;
export const HASH = 0x23;
export const AMPERSAND = 0x26;
export const COMMA = 0x2c;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const LOWER_X = 0x78;
const BILLION = 1_000_000_000;

export const HEX_DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const MUST_ESCAPE = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet < 0x20 || octet > 0x7e || octet === COMMA || octet === AMPERSAND ? 1 : 0,
);

/** A number in decimal. @param value a whole number below 2^53 */
export function writeDecimal(out: Uint8Array, at: number, value: number): number {
  if (value < BILLION) return writeSmall(out, at, value);
  const high = Math.floor(value / BILLION);
  at = writeSmall(out, at, high);
  return writeDigits(out, at, value - high * BILLION, 9);
}

/** @param value below 10^9, so that the arithmetic stays in 32-bit integers */
function writeSmall(out: Uint8Array, at: number, value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  return writeDigits(out, at, value, digits);
}

/** The last `digits` decimal digits of a value below 2^31. */
export function writeDigits(out: Uint8Array, at: number, value: number, digits: number): number {
  let rest = value | 0;
  for (let i = at + digits - 1; i >= at; i--) {
    const quotient = (rest / 10) | 0;
    out[i] = ZERO + rest - quotient * 10;
    rest = quotient;
  }
  return at + digits;
}

/** Octets as lower-case hex with colons between them. */
export function writeHex(
  out: Uint8Array,
  at: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
): number {
  for (let i = 0; i < length; i++) {
    if (i !== 0) out[at++] = COLON;
    const octet = bytes[offset + i]!;
    out[at++] = HEX_DIGITS[octet >>> 4]!;
    out[at++] = HEX_DIGITS[octet & 15]!;
  }
  return at;
}

/** Text, escaped. */
export function writeText(
  out: Uint8Array,
  at: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
): number {
  for (let i = 0; i < length; i++) {
    const octet = bytes[offset + i]!;
    if (MUST_ESCAPE[octet] === 0) {
      out[at++] = octet;
      continue;
    }
    out[at++] = AMPERSAND;
    out[at++] = HASH;
    out[at++] = LOWER_X;
    out[at++] = HEX_DIGITS[octet >>> 4]!;
    out[at++] = HEX_DIGITS[octet & 15]!;
  }
  return at;
}

/** @see writeHex */
export function writeHexRange(out: Uint8Array, at: number, { bytes, offset, length }: ByteRange): number {
  return writeHex(out, at, bytes, offset, length);
}

/** @see writeText */
export function writeTextRange(out: Uint8Array, at: number, { bytes, offset, length }: ByteRange): number {
  return writeText(out, at, bytes, offset, length);
}
