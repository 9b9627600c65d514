/**
 * The IPv4 and UDP headers of a frame, as 32-bit words in memory order.
 *
 *     0 version, length | type of service | total length     1 identification | flags, fragment offset
 *     2 time to live | protocol | checksum                   3 source          4 destination
 *     5 source port | destination port                       6 length | checksum
 *
 * Type of service, time to live and "don't fragment" are Kea's. The sums are made of the words as they lie in memory: a
 * ones' complement sum is the same in either order of octets (RFC 1071 section 2 (B)).
 */
import { swap16, swap32 } from '../base/byte-order.ts';
import type { Ipv4 } from '../base/ipv4.ts';

export const IP_HEADER_BYTES = 20;
export const UDP_HEADER_BYTES = 8;
export const HEADER_WORDS = (IP_HEADER_BYTES + UDP_HEADER_BYTES) / 4;
export const MORE_FRAGMENTS = 0x2000;
export const DO_NOT_FRAGMENT = 0x4000;

const PROTOCOL_UDP = 17;
const VERSION_AND_LENGTH = 0x45;
const LOW_DELAY = 0x10;
const TIME_TO_LIVE = 128;

/**
 * Writes the IPv4 header at `words[at]`.
 * @param length octets behind this header
 * @param identification 0..65535, the same in all fragments of a datagram
 * @param fragment flags, and the offset in units of 8 octets
 */
export function writeIpHeader(
  words: Uint32Array,
  at: number,
  source: Ipv4,
  destination: Ipv4,
  length: number,
  identification: number,
  fragment: number,
): void {
  words[at] = VERSION_AND_LENGTH | (LOW_DELAY << 8) | (swap16(IP_HEADER_BYTES + length) << 16);
  words[at + 1] = swap16(identification) | (swap16(fragment) << 16);
  words[at + 2] = TIME_TO_LIVE | (PROTOCOL_UDP << 8);
  words[at + 3] = swap32(source);
  words[at + 4] = swap32(destination);
  const sum = sumWords(words, at, at + IP_HEADER_BYTES / 4);
  words[at + 2] = words[at + 2]! | ((~fold(sum) & 0xffff) << 16);
}

/**
 * Writes the UDP header behind the IPv4 header at `words[at]`, which is there already.
 * @param payload words of which the payload begins at `from`
 * @param length octets of the payload
 */
export function writeUdpHeader(
  words: Uint32Array,
  at: number,
  sourcePort: number,
  port: number,
  payload: Uint32Array,
  from: number,
  length: number,
): void {
  const udpLength = swap16(UDP_HEADER_BYTES + length);
  words[at + 5] = swap16(sourcePort) | (swap16(port) << 16);
  words[at + 6] = udpLength;
  // The pseudo header: addresses, protocol and length. [RFC768]
  const sum =
    sumWords(words, at + 3, at + 7) + swap16(PROTOCOL_UDP) + udpLength + sumPayload(payload, from, length);
  // 0 would say that there is no checksum.
  words[at + 6] = udpLength | ((~fold(sum) & 0xffff || 0xffff) << 16);
}

function sumWords(words: Uint32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += (words[i]! & 0xffff) + (words[i]! >>> 16);
  return sum;
}

/** The octets of the last word behind the end count as zeros. */
function sumPayload(words: Uint32Array, from: number, length: number): number {
  const whole = from + (length >>> 2);
  const rest = length & 3;
  const last = rest === 0 ? 0 : words[whole]! & ((1 << (rest * 8)) - 1);
  return sumWords(words, from, whole) + (last & 0xffff) + (last >>> 16);
}

function fold(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
}
