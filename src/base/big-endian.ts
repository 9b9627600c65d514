/** Big-endian numbers, as they stand on the wire; without bounds checks. */

/** Writes a u32. @returns the offset behind it */
export function writeNetworkWord(out: Uint8Array, at: number, value: number): number {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
  return at + 4;
}

/** Writes a u16. @returns the offset behind it */
export function writeNetworkHalf(out: Uint8Array, at: number, value: number): number {
  out[at] = value >>> 8;
  out[at + 1] = value;
  return at + 2;
}

/** @returns the u32 at `bytes[at]` */
export function readNetworkWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
