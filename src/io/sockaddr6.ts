/**
 * IPv6 socket addresses as the kernel reads and writes them, inside an array of 32-bit words.
 *
 *     struct sockaddr_in6   u16 family (host order) | u16 port (network order) | u32 flow information
 *                           | 16 octets of address | u32 scope (host order)
 *
 * The scope is the index of the interface on whose link a link-local address is meant, else 0. The port is where IPv4 has
 * it: `readPort` of sockaddr.ts.
 */
import { swap16 } from '../base/byte-order.ts';
import { IPV6_WORDS } from '../base/ipv6.ts';

const AF_INET6 = 10;
export const SOCKADDR_IN6_BYTES = 28;
export const SOCKADDR_IN6_WORDS = SOCKADDR_IN6_BYTES / 4;
const ADDRESS = 2;
const SCOPE = ADDRESS + IPV6_WORDS;

/** Writes the address of 16 octets at `bytes[from]`, with its port and scope, to `words[at]`. */
export function writeSockaddrIn6(
  words: Uint32Array,
  at: number,
  bytes: Uint8Array,
  from: number,
  port: number,
  scope: number,
): void {
  words[at] = AF_INET6 | (swap16(port) << 16);
  words[at + 1] = 0;
  storeAddress6(words, at + ADDRESS, bytes, from);
  words[at + SCOPE] = scope;
}

/** Copies the IPv6 address of the socket address at `words[at]` to `bytes[to]`. */
export function readAddress6(words: Uint32Array, at: number, bytes: Uint8Array, to: number): void {
  loadAddress6(words, at + ADDRESS, bytes, to);
}

/** The scope of the socket address at `words[at]`. */
export function readScope(words: Uint32Array, at: number): number {
  return words[at + SCOPE]!;
}

/** Writes 16 octets to words of the kernel's memory, in which they are to stand in their order. */
export function storeAddress6(words: Uint32Array, at: number, bytes: Uint8Array, from: number): void {
  for (let i = 0; i < IPV6_WORDS; i++) {
    const octet = from + 4 * i;
    words[at + i] =
      bytes[octet]! | (bytes[octet + 1]! << 8) | (bytes[octet + 2]! << 16) | (bytes[octet + 3]! << 24);
  }
}

/** Copies 16 octets out of words of the kernel's memory, in which they stand in their order. */
export function loadAddress6(words: Uint32Array, at: number, bytes: Uint8Array, to: number): void {
  for (let i = 0; i < IPV6_WORDS; i++) {
    const word = words[at + i]!;
    const octet = to + 4 * i;
    bytes[octet] = word;
    bytes[octet + 1] = word >>> 8;
    bytes[octet + 2] = word >>> 16;
    bytes[octet + 3] = word >>> 24;
  }
}
