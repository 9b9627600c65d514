/** The hexadecimal forms in which Kea takes binary data. */

/**
 * Reads `0x0a0b`, `0a0b` (an odd number of digits gets a zero in front), `0a:0b`, `0a 0b` or `'plain text'`. Empty text gives
 * no octets.
 * @returns the octets, or null when the text is in none of these forms
 */
export function decodeHexText(text: string): Uint8Array | null {
  if (text.length >= 2 && text.startsWith("'") && text.endsWith("'"))
    return new TextEncoder().encode(text.slice(1, -1));
  const separator = text.includes(':') ? ':' : ' ';
  if (text.includes(separator)) return decodeSeparated(text.split(separator));
  const digits = /^0[xX]/.test(text) ? text.slice(2) : text;
  if (!/^[0-9a-fA-F]*$/.test(digits) || (digits === '' && text !== '')) return null;
  return Uint8Array.from(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'));
}

function decodeSeparated(octets: readonly string[]): Uint8Array | null {
  if (!octets.every((octet) => /^[0-9a-fA-F]{1,2}$/.test(octet))) return null;
  return Uint8Array.from(octets, (octet) => Number.parseInt(octet, 16));
}
