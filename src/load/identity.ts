/**
 * Who the simulated clients are: a client is a number, and its hardware address and client identifier follow from it,
 * so that a lease file can be checked against what was acknowledged without storing an identity for each client.
 *
 *     hardware address   02 | seed (1 octet) | client number (4 octets, network order)     locally administered
 *     client identifier  01 | hardware address                                             RFC 2132 section 9.14
 *
 * or, as the clients of today's operating systems:
 *
 *     client identifier  255 | IAID (4 octets, the end of the hardware address) | DUID-LLT     RFC 4361 section 6.1
 *     DUID in DHCPv6     the same DUID-LLT                                                 RFC 8415 section 11.2
 *     host name          host-NNNNNNN, the client number in hexadecimal                       RFC 2132 section 3.14
 */
import { assert } from '../base/assert.ts';

/** Octets of a client's hardware address. */
export const HARDWARE_BYTES = 6;
/** Locally administered, unicast. */
const FIRST_OCTET = 0x02;
const ETHERNET = 1;

/** Octets of a client identifier that is made of a hardware address, and of one that is made of a DUID. */
export const HARDWARE_CLIENT_ID_BYTES = 1 + HARDWARE_BYTES;
/** DUID-LLT: type, hardware type, time, hardware address. */
export const DUID_BYTES = 8 + HARDWARE_BYTES;
export const DUID_CLIENT_ID_BYTES = 5 + DUID_BYTES;
const IAID_AND_DUID = 255;
const DUID_LLT = 1;
/** When every client made its DUID: seconds since 2000. */
const DUID_TIME = 0x2e000000;

/** Octets of a client's host name. */
export const HOST_NAME_BYTES = 12;
const HOST_NAME = new TextEncoder().encode('host-');
/** Clients that have a name of their own. */
const NAMED_MAX = 2 ** 28;
const HEXADECIMAL = new TextEncoder().encode('0123456789abcdef');

/**
 * Writes a client's hardware address.
 * @param offset where its six octets begin
 * @param seed 0..255, tells apart clients of different runs
 * @param client 0..2^32-1
 */
export function writeHardwareAddress(bytes: Uint8Array, offset: number, seed: number, client: number): void {
  bytes[offset] = FIRST_OCTET;
  bytes[offset + 1] = seed;
  writeWord(bytes, offset + 2, client);
}

/**
 * The client that a hardware address belongs to.
 * @returns its number, 0..2^32-1, or -1 when it is not a client of this seed
 */
export function clientOfHardwareAddress(bytes: Uint8Array, seed: number): number {
  if (bytes.length !== HARDWARE_BYTES || bytes[0] !== FIRST_OCTET || bytes[1] !== seed) return -1;
  return ((bytes[2]! << 24) | (bytes[3]! << 16) | (bytes[4]! << 8) | bytes[5]!) >>> 0;
}

/** Writes the client identifier that is made of the hardware address. @returns the offset behind it */
export function writeHardwareClientId(bytes: Uint8Array, at: number, seed: number, client: number): number {
  bytes[at] = ETHERNET;
  writeHardwareAddress(bytes, at + 1, seed, client);
  return at + HARDWARE_CLIENT_ID_BYTES;
}

/** Writes the client identifier that is made of a DUID. @returns the offset behind it */
export function writeDuidClientId(bytes: Uint8Array, at: number, seed: number, client: number): number {
  bytes[at] = IAID_AND_DUID;
  writeWord(bytes, at + 1, client);
  return writeDuid(bytes, at + 5, seed, client);
}

/** Writes a client's DUID. @returns the offset behind it */
export function writeDuid(bytes: Uint8Array, at: number, seed: number, client: number): number {
  bytes[at] = 0;
  bytes[at + 1] = DUID_LLT;
  bytes[at + 2] = 0;
  bytes[at + 3] = ETHERNET;
  writeWord(bytes, at + 4, DUID_TIME);
  writeHardwareAddress(bytes, at + 8, seed, client);
  return at + DUID_BYTES;
}

/** The client that a DUID belongs to, or -1 when it is not one of this seed. */
export function clientOfDuid(bytes: Uint8Array, seed: number): number {
  return bytes.length === DUID_BYTES ? clientOfHardwareAddress(bytes.subarray(8), seed) : -1;
}

/** Writes a client's host name. @param client 0..2^28-1 @returns the offset behind it */
export function writeHostName(bytes: Uint8Array, at: number, client: number): number {
  assert(client < NAMED_MAX, 'a client has a name of its own');
  bytes.set(HOST_NAME, at);
  for (let i = at + HOST_NAME_BYTES - 1; i >= at + HOST_NAME.length; i--, client >>>= 4)
    bytes[i] = HEXADECIMAL[client & 15]!;
  return at + HOST_NAME_BYTES;
}

/** In network order. @param value u32 */
export function writeWord(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}
