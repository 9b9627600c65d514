/**
 * IPv6 addresses are 16 octets inside, in an array that may hold more, or four unsigned 32-bit words of which the first is
 * the most significant. Nothing here makes an object.
 */

export const IPV6_BYTES = 16;
export const IPV6_WORDS = 4;

/** Whether no address is there: `::` [RFC4291 2.5.2]. */
export function isIpv6Unspecified(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < IPV6_BYTES; i++) if (bytes[at + i] !== 0) return false;
  return true;
}

/** Of fe80::/10: it means something on its link alone [RFC4291 2.5.6]. */
export function isIpv6LinkLocal(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xfe && (bytes[at + 1]! & 0xc0) === 0x80;
}

/** Of ff00::/8: a group [RFC4291 2.7]. */
export function isIpv6Multicast(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xff;
}

/**
 * Whether the first `length` bits of two addresses are the same.
 * @param length of the prefix at `prefix[prefixAt]`, 0..128; what that has behind it does not count
 */
export function isInIpv6Prefix(
  bytes: Uint8Array,
  at: number,
  prefix: Uint8Array,
  prefixAt: number,
  length: number,
): boolean {
  const whole = length >>> 3;
  for (let i = 0; i < whole; i++) if (bytes[at + i] !== prefix[prefixAt + i]) return false;
  const rest = length & 7;
  return rest === 0 || (bytes[at + whole]! ^ prefix[prefixAt + whole]!) >>> (8 - rest) === 0;
}

/** @returns < 0, 0 or > 0 as the first address is below, the same as or above the second one */
export function compareIpv6(bytes: Uint8Array, at: number, other: Uint8Array, otherAt: number): number {
  for (let i = 0; i < IPV6_BYTES; i++) {
    const difference = bytes[at + i]! - other[otherAt + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Copies the octets at `bytes[at]` to four words at `words[wordsAt]`. */
export function readIpv6Words(bytes: Uint8Array, at: number, words: Uint32Array, wordsAt: number): void {
  for (let i = 0; i < IPV6_WORDS; i++) {
    const from = at + 4 * i;
    words[wordsAt + i] =
      (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
  }
}

/** Copies four words at `words[wordsAt]` to the octets at `bytes[at]`. */
export function writeIpv6Words(words: Uint32Array, wordsAt: number, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < IPV6_WORDS; i++) {
    const word = words[wordsAt + i]!;
    const to = at + 4 * i;
    bytes[to] = word >>> 24;
    bytes[to + 1] = word >>> 16;
    bytes[to + 2] = word >>> 8;
    bytes[to + 3] = word;
  }
}
