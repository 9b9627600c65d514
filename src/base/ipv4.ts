/** IPv4 addresses are unsigned 32-bit integers inside (host order: 10.0.0.1 is 0x0a000001), text only at the edges. */

/** An IPv4 address as an integer, 0..2^32-1. */
export type Ipv4 = number;

/**
 * Reads a dotted quad: exactly four decimal parts, no leading zeros, no blanks.
 * @returns the address, or null when the text is not one
 */
export function parseIpv4(text: string): Ipv4 | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part)) return null;
    const octet = Number(part);
    if (octet > 255) return null;
    value = value * 256 + octet;
  }
  return value;
}

/** Writes an address as a dotted quad. */
export function formatIpv4(address: Ipv4): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** The netmask of a prefix length, 0..32, as an unsigned integer. */
export function maskOf(prefixLength: number): Ipv4 {
  return prefixLength === 0 ? 0 : (-1 << (32 - prefixLength)) >>> 0;
}
