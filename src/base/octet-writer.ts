/** Writes text into memory octet by octet: nothing here makes a string. */

const DIGIT_0 = 0x30;
const LETTER_A = 0x61 - 10;

/** @param value 0..15 */
export function hexDigit(value: number): number {
  return value < 10 ? DIGIT_0 + value : LETTER_A + value;
}

/** Writes two lower-case hexadecimal digits. */
export function writeHex(bytes: Uint8Array, at: number, octet: number): void {
  bytes[at] = hexDigit(octet >>> 4);
  bytes[at + 1] = hexDigit(octet & 15);
}

/**
 * Writes a whole number in decimal digits.
 * @param value -2^31..2^32-1
 * @param digitsMin leading zeros fill it up
 * @returns the octets written, at most 11
 */
export function writeDecimal(bytes: Uint8Array, at: number, value: number, digitsMin = 1): number {
  let from = at;
  let rest = value;
  if (value < 0) {
    bytes[from++] = 0x2d;
    rest = -value;
  }
  let digits = 1;
  for (let power = 10; power <= rest; power *= 10) digits += 1;
  if (digits < digitsMin) digits = digitsMin;
  for (let i = digits - 1; i >= 0; i--) {
    bytes[from + i] = DIGIT_0 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return from + digits - at;
}

/** Writes a dotted quad. @returns the octets written, at most 15 */
export function writeIpv4(bytes: Uint8Array, at: number, from: Uint8Array, offset: number): number {
  let to = at;
  for (let i = 0; i < 4; i++) {
    if (i > 0) bytes[to++] = 0x2e;
    to += writeDecimal(bytes, to, from[offset + i]!);
  }
  return to - at;
}

/**
 * Writes an IPv6 address in its shortest form [RFC5952 4]; one that holds an IPv4 address ends with it [RFC4291 2.5.5].
 * @returns the octets written, at most 39
 */
export function writeIpv6(bytes: Uint8Array, at: number, from: Uint8Array, offset: number): number {
  const gap = longestZeros(from, offset);
  const gapEnd = gap.end;
  const isIpv4 = gap.start === 0 && (gapEnd === 6 || (gapEnd === 5 && groupAt(from, offset, 5) === 0xffff));
  const groups = isIpv4 ? 6 : 8;
  let to = at;
  for (let group = 0; group < groups; group++) {
    if (group === gap.start) {
      bytes[to++] = 0x3a;
      bytes[to++] = 0x3a;
      group = gapEnd - 1;
      continue;
    }
    if (group > 0 && group !== gapEnd) bytes[to++] = 0x3a;
    to += writeGroup(bytes, to, groupAt(from, offset, group));
  }
  if (!isIpv4) return to - at;
  if (gapEnd !== 6) bytes[to++] = 0x3a;
  return to + writeIpv4(bytes, to, from, offset + 12) - at;
}

function groupAt(from: Uint8Array, offset: number, group: number): number {
  return (from[offset + 2 * group]! << 8) | from[offset + 2 * group + 1]!;
}

function writeGroup(bytes: Uint8Array, at: number, value: number): number {
  let digits = 1;
  while (digits < 4 && value >>> (4 * digits) !== 0) digits += 1;
  for (let i = 0; i < digits; i++) bytes[at + i] = hexDigit((value >>> (4 * (digits - 1 - i))) & 15);
  return digits;
}

/** The first of the longest runs of two zero groups or more; of none both ends are -1. Reused by the next call. */
const zeros = { start: -1, end: -1 };

function longestZeros(from: Uint8Array, offset: number): { readonly start: number; readonly end: number } {
  zeros.start = -1;
  zeros.end = -1;
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && groupAt(from, offset, end) === 0) end += 1;
    if (end - start >= 2 && end - start > zeros.end - zeros.start) {
      zeros.start = start;
      zeros.end = end;
    }
    if (end > start) start = end;
  }
  return zeros;
}
