/** Octets and texts of leases as objects of their own, for the edges: commands, files, tests. Not for the data plane. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const NO_BYTES = new Uint8Array(0);

/** Most leases have neither host name nor context: nothing is encoded for them. */
export function encodeText(text: string): Uint8Array {
  return text === '' ? NO_BYTES : encoder.encode(text);
}

/** The text of `bytes[offset .. offset + length)`; what is not UTF-8 becomes U+FFFD. */
export function decodeText(bytes: Uint8Array, offset: number, length: number): string {
  return length === 0 ? '' : decoder.decode(copyOctets(bytes, offset, length));
}

/** A copy in memory of its own: TextDecoder refuses views of shared memory. */
export function copyOctets(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  const own = new Uint8Array(length);
  own.set(bytes.subarray(offset, offset + length));
  return own;
}
