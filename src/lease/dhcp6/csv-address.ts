/** IPv6 addresses in the lease file: octets to text and back, without strings. Text is that of RFC 5952. */
import { NIBBLE, NO_NIBBLE } from '../csv-read.ts';
import { COLON, HEX_DIGITS } from '../csv-write.ts';

/** Of the longest text: eight groups of four digits. */
export const ADDRESS_TEXT_BYTES = 39;
const GROUPS = 8;
const DIGITS_MAX = 4;

/** Writes an address of 16 octets. @returns the offset behind it */
export function writeAddress(out: Uint8Array, at: number, bytes: Uint8Array, offset: number): number {
  const gap = longestGap(bytes, offset);
  const gapEnd = gap < 0 ? -1 : gap + zerosAt(bytes, offset, gap);
  for (let group = 0; group < GROUPS; group++) {
    if (group === gap) {
      out[at++] = COLON;
      // The colon behind the group before the gap is one of the two.
      if (group === 0) out[at++] = COLON;
      group = gapEnd - 1;
      continue;
    }
    at = writeGroup(out, at, groupAt(bytes, offset, group));
    if (group < GROUPS - 1) out[at++] = COLON;
  }
  return at;
}

function groupAt(bytes: Uint8Array, offset: number, group: number): number {
  return (bytes[offset + group * 2]! << 8) | bytes[offset + group * 2 + 1]!;
}

/** Groups of zeros that begin with this one. */
function zerosAt(bytes: Uint8Array, offset: number, group: number): number {
  let end = group;
  while (end < GROUPS && groupAt(bytes, offset, end) === 0) end++;
  return end - group;
}

/** The first of the longest runs of at least two groups of zeros; -1 = there is none (RFC 5952 4.2). */
function longestGap(bytes: Uint8Array, offset: number): number {
  let gap = -1;
  let length = 1;
  for (let group = 0; group < GROUPS; ) {
    const zeros = zerosAt(bytes, offset, group);
    if (zeros > length) {
      gap = group;
      length = zeros;
    }
    group += zeros + 1;
  }
  return gap;
}

function writeGroup(out: Uint8Array, at: number, value: number): number {
  let shift = value > 0xfff ? 12 : value > 0xff ? 8 : value > 0xf ? 4 : 0;
  for (; shift >= 0; shift -= 4) out[at++] = HEX_DIGITS[(value >>> shift) & 15]!;
  return at;
}

/**
 * Reads an address, not in the form that ends with a dotted quad. Pre: an octet that belongs to none follows it.
 * @param into where in `out` its 16 octets are written to
 * @returns the offset behind it, -1 when it is malformed
 */
export function readAddress(bytes: Uint8Array, at: number, out: Uint8Array, into: number): number {
  let count = 0;
  let gap = -1;
  if (bytes[at] === COLON) {
    if (bytes[at + 1] !== COLON) return -1;
    gap = 0;
    at += 2;
  }
  for (;;) {
    const first = at;
    let value = 0;
    for (let digit = NIBBLE[bytes[at]!]!; digit !== NO_NIBBLE; digit = NIBBLE[bytes[at]!]!) {
      if (at++ === first + DIGITS_MAX) return -1;
      value = (value << 4) | digit;
    }
    if (at === first) {
      // Only a gap can stand at the end.
      if (gap !== count) return -1;
      break;
    }
    if (count === GROUPS) return -1;
    out[into + count * 2] = value >>> 8;
    out[into + count * 2 + 1] = value;
    count++;
    if (bytes[at] !== COLON) break;
    at++;
    if (bytes[at] !== COLON) continue;
    if (gap >= 0) return -1;
    gap = count;
    at++;
  }
  if (gap < 0) return count === GROUPS ? at : -1;
  if (count === GROUPS) return -1;
  const end = into + GROUPS * 2;
  const behind = (count - gap) * 2;
  out.copyWithin(end - behind, into + gap * 2, into + count * 2);
  out.fill(0, into + gap * 2, end - behind);
  return at;
}
