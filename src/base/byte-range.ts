/** Runs of octets inside larger memory: what packets, rows and expressions are made of. */

const NOTHING = new Uint8Array(0);

/** A run of octets; whoever fills one in says how long it stays valid. */
export interface ByteRange {
  bytes: Uint8Array;
  offset: number;
  length: number;
}

/** A run of no octets, to be filled in. */
export function emptyRange(): ByteRange {
  return { bytes: NOTHING, offset: 0, length: 0 };
}

/** Makes `range` mean `bytes[offset .. offset + length)`. */
export function setRange(range: ByteRange, bytes: Uint8Array, offset: number, length: number): void {
  range.bytes = bytes;
  range.offset = offset;
  range.length = length;
}

/** Makes `range` mean nothing. */
export function clearRange(range: ByteRange): void {
  range.offset = 0;
  range.length = 0;
}

/** Whether a run is equal to all octets of `octets`. */
export function equalsOctets({ bytes, offset, length }: ByteRange, octets: Uint8Array): boolean {
  if (length !== octets.length) return false;
  for (let i = 0; i < length; i++) if (bytes[offset + i] !== octets[i]) return false;
  return true;
}

/** Whether two runs hold the same octets. */
export function equalRanges(a: ByteRange, b: ByteRange): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a.bytes[a.offset + i] !== b.bytes[b.offset + i]) return false;
  return true;
}

/** Whether `a[aOffset .. aOffset + length)` holds the same octets as that of `b`. */
export function equalBytes(
  a: Uint8Array,
  aOffset: number,
  b: Uint8Array,
  bOffset: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) if (a[aOffset + i] !== b[bOffset + i]) return false;
  return true;
}

/** Writes the octets of `from` to where `to` begins. */
export function copyRange(to: ByteRange, from: ByteRange): void {
  for (let i = 0; i < from.length; i++) to.bytes[to.offset + i] = from.bytes[from.offset + i]!;
}
