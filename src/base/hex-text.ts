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
  if (text.includes(separator)) return decodeSeparated(text, separator.charCodeAt(0));
  const digits = /^0[xX]/.test(text) ? text.slice(2) : text;
  if (!/^[0-9a-fA-F]*$/.test(digits) || (digits === '' && text !== '')) return null;
  return Uint8Array.from(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'));
}

/** Character by character: a file may have hundreds of thousands of hardware addresses. */
function decodeSeparated(text: string, separator: number): Uint8Array | null {
  const bytes: number[] = [];
  let digits = 0;
  let value = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : separator;
    if (code === separator) {
      if (digits === 0) return null;
      bytes.push(value);
      digits = 0;
      value = 0;
      continue;
    }
    const digit = digitOf(code);
    digits++;
    if (digit < 0 || digits > 2) return null;
    value = value * 16 + digit;
  }
  return Uint8Array.from(bytes);
}

/** The value of a hexadecimal digit; -1 for any other character. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
