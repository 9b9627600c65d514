/** Big-endian numbers, as they stand on the wire; without bounds checks. */

/** @returns the u32 at `bytes[at]` */
export function readNetworkWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
