/**
 * Who the simulated clients are: a client is a number, and its hardware address and client identifier follow from it,
 * so that a lease file can be checked against what was acknowledged without storing an identity for each client.
 *
 *     hardware address   02 | seed (1 octet) | client number (4 octets, network order)     locally administered
 *     client identifier  01 | hardware address                                             RFC 2132 section 9.14
 */

/** Octets of a client's hardware address. */
export const HARDWARE_BYTES = 6;
/** Locally administered, unicast. */
const FIRST_OCTET = 0x02;

/**
 * Writes a client's hardware address.
 * @param offset where its six octets begin
 * @param seed 0..255, tells apart clients of different runs
 * @param client 0..2^32-1
 */
export function writeHardwareAddress(bytes: Uint8Array, offset: number, seed: number, client: number): void {
  bytes[offset] = FIRST_OCTET;
  bytes[offset + 1] = seed;
  bytes[offset + 2] = client >>> 24;
  bytes[offset + 3] = client >>> 16;
  bytes[offset + 4] = client >>> 8;
  bytes[offset + 5] = client;
}

/**
 * The client that a hardware address belongs to.
 * @returns its number, 0..2^32-1, or -1 when it is not a client of this seed
 */
export function clientOfHardwareAddress(bytes: Uint8Array, seed: number): number {
  if (bytes.length !== HARDWARE_BYTES || bytes[0] !== FIRST_OCTET || bytes[1] !== seed) return -1;
  return ((bytes[2]! << 24) | (bytes[3]! << 16) | (bytes[4]! << 8) | bytes[5]!) >>> 0;
}
