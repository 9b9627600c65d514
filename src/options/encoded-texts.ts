/**
 * Texts that queries make, encoded as the data of an option: kept by their octets, for a client says the same again and again.
 * What was not asked for before costs some strings.
 */
import { type ByteRange, equalsOctets } from '../base/byte-range.ts';
import { encodeOptionText } from './data.ts';
import type { OptionDefinition } from './definition.ts';

/** Texts kept; when there are more, all are forgotten. Clients choose them. */
const KEPT_MAX = 256;

interface Kept {
  readonly octets: Uint8Array;
  /** Null = the text is wrong. */
  readonly data: Uint8Array | null;
}

export class EncodedTexts {
  readonly #definition: OptionDefinition;
  /** By hash: of two texts with one hash the last one. */
  readonly #kept = new Map<number, Kept>();

  constructor(definition: OptionDefinition) {
    this.#definition = definition;
  }

  /** The data for a text, or null when the definition does not take it. */
  encode(text: ByteRange): Uint8Array | null {
    const hash = hashOf(text);
    const known = this.#kept.get(hash);
    if (known !== undefined && equalsOctets(text, known.octets)) return known.data;
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear();
    const octets = text.bytes.slice(text.offset, text.offset + text.length);
    const data = this.#encode(octets);
    this.#kept.set(hash, { octets, data });
    return data;
  }

  #encode(octets: Uint8Array): Uint8Array | null {
    // An octet a character, whatever the client meant by it.
    const encoded = encodeOptionText(this.#definition, Buffer.from(octets).toString('latin1'));
    if (!encoded.ok) return null;
    const isText = this.#definition.fields.length === 1 && this.#definition.fields[0] === 'string';
    // A string went through UTF-8 on its way.
    return isText ? Buffer.from(Buffer.from(encoded.bytes).toString('utf8'), 'latin1') : encoded.bytes;
  }
}

/** FNV-1a. */
function hashOf({ bytes, offset, length }: ByteRange): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[offset + i]!, 0x01000193);
  // A small integer, which a map of V8 holds without a box.
  return hash >>> 2;
}
