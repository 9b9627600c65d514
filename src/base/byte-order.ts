/** Numbers of the wire, read by words of this machine's order. */

/** Swaps the bytes of a 16-bit number: network order to host order and back. */
export function swap16(value: number): number {
  return ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
}

/** Swaps the bytes of a 32-bit number; the result is unsigned. */
export function swap32(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}
