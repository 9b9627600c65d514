/**
 * Addresses as they stand in lease commands. Bulk updates bring tens of thousands a second, so the reader walks the
 * characters once and allocates nothing.
 */
import type { Ipv4 } from '../../base/ipv4.ts';

const ZERO = 0x30;
const DOT = 0x2e;

/** A dotted quad without leading zeros, or null. Whatever is not a string is not one. */
export function readAddress(text: unknown): Ipv4 | null {
  if (typeof text !== 'string' || text.length < 7 || text.length > 15) return null;
  let address = 0;
  let at = 0;
  for (let part = 0; part < 4; part++) {
    const start = at;
    let octet = 0;
    for (; at < text.length && at - start < 3; at++) {
      const digit = text.charCodeAt(at) - ZERO;
      if (digit < 0 || digit > 9) break;
      octet = octet * 10 + digit;
    }
    const length = at - start;
    if (length === 0 || octet > 255 || (length > 1 && text.charCodeAt(start) === ZERO)) return null;
    address = address * 256 + octet;
    if (part < 3 && text.charCodeAt(at++) !== DOT) return null;
  }
  return at === text.length ? address : null;
}
