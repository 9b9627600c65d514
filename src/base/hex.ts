/** Colon-separated lower-case hex, the form Kea uses for hardware addresses and identifiers in files and commands. */

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/** Writes bytes as `0a:1b:2c`; no bytes give an empty string. */
export function formatHex(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += i === 0 ? HEX[bytes[i]!] : `:${HEX[bytes[i]!]}`;
  return text;
}

/**
 * Reads `0a:1b:2c` (one or two digits a byte, any case); an empty string gives no bytes.
 * @returns the bytes, or null when the text is not in that form
 */
export function parseHex(text: string): Uint8Array | null {
  if (text === '') return new Uint8Array(0);
  const parts = text.split(':');
  const bytes = new Uint8Array(parts.length);
  for (let i = 0; i < parts.length; i++) {
    if (!/^[0-9a-fA-F]{1,2}$/.test(parts[i]!)) return null;
    bytes[i] = Number.parseInt(parts[i]!, 16);
  }
  return bytes;
}
