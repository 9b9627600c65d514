/**
 * Identifiers as they stand in lease commands. Bulk updates bring tens of thousands a second, so the reader walks the
 * characters once and allocates nothing but the result.
 */

const COLON = 0x3a;

/** The value of each character code as a hexadecimal digit, 255 = none. */
const HEX_VALUES = new Uint8Array(128).fill(255);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX_VALUES[digit.charCodeAt(0)] = value;
  HEX_VALUES[digit.toUpperCase().charCodeAt(0)] = value;
}

function hexValue(code: number): number {
  return code < 128 ? HEX_VALUES[code]! : 255;
}

/**
 * Octets in hexadecimal: one or two digits each, separated by colons, or two each without separators; any case.
 * @param bytesMax octets at most, checked before anything is allocated
 * @returns the octets, none for an empty text; null when it is not in that form
 */
export function readOctets(text: unknown, bytesMax: number): Uint8Array | null {
  if (typeof text !== 'string' || text.length > bytesMax * 3) return null;
  const bytes = text.includes(':') ? readSeparated(text) : readPlain(text);
  return bytes !== null && bytes.length <= bytesMax ? bytes : null;
}

function readSeparated(text: string): Uint8Array | null {
  const bytes = new Uint8Array((text.length + 2) >>> 1);
  let count = 0;
  for (let at = 0; at <= text.length; at++) {
    const high = hexValue(text.charCodeAt(at));
    if (high === 255) return null;
    const low = hexValue(text.charCodeAt(at + 1));
    bytes[count++] = low === 255 ? high : high * 16 + low;
    at += low === 255 ? 1 : 2;
    if (at < text.length && text.charCodeAt(at) !== COLON) return null;
    if (at >= text.length) break;
  }
  return bytes.slice(0, count);
}

function readPlain(text: string): Uint8Array | null {
  if (text.length === 1) {
    const value = hexValue(text.charCodeAt(0));
    return value === 255 ? null : Uint8Array.of(value);
  }
  if (text.length % 2 !== 0) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = hexValue(text.charCodeAt(i * 2));
    const low = hexValue(text.charCodeAt(i * 2 + 1));
    if (high === 255 || low === 255) return null;
    bytes[i] = high * 16 + low;
  }
  return bytes;
}
