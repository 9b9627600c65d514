/**
 * IPv4 socket addresses as the kernel reads and writes them, inside an array of 32-bit words.
 *
 *     struct sockaddr_in   u16 family (host order) | u16 port (network order) | u32 address (network order) | 8 zeros
 */
import { swap16, swap32 } from '../base/byte-order.ts';
import type { Ipv4 } from '../base/ipv4.ts';

const AF_INET = 2;
export const SOCKADDR_IN_BYTES = 16;

/** Writes an address at `words[at]`; the eight bytes of padding are left as they are. */
export function writeSockaddrIn(words: Uint32Array, at: number, address: Ipv4, port: number): void {
  words[at] = AF_INET | (swap16(port) << 16);
  words[at + 1] = swap32(address);
}

/** The port of the address at `words[at]`. */
export function readPort(words: Uint32Array, at: number): number {
  return swap16(words[at]! >>> 16);
}

/** The IPv4 address at `words[at]`. */
export function readAddress(words: Uint32Array, at: number): Ipv4 {
  return swap32(words[at + 1]!);
}
