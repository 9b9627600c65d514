/**
 * Encodes the data of a configured option. The text form is a list of fields with commas between them, by the option's
 * definition; the hexadecimal form gives the octets themselves, which must hold the fields of the definition.
 */

import { decodeHexText } from '../base/hex-text.ts';
import type { OptionDefinition } from './definition.ts';
import { type FieldType, fieldCodec } from './fields.ts';

/** The octets, or what is wrong with the text. */
export type OptionData =
  | {
      readonly ok: true;
      /** The fields of the option itself. */
      readonly bytes: Uint8Array;
      /** What stands behind them: sub-options where the definition has a space for them. */
      readonly rest: Uint8Array;
      /** What of the text counts for nothing, in words; null = nothing. */
      readonly ignored: string | null;
    }
  | { readonly ok: false; readonly found: string; readonly expected: string };

/** Longer data fits into no datagram: 65,535 octets less the headers of IP, UDP and BOOTP. */
const OPTION_OCTETS_MAX = 65_000;
/** The longest field that a problem repeats. */
const EXCERPT_MAX = 60;

const NOTHING: Uint8Array = new Uint8Array(0);

/** Encodes the text form, e.g. `192.0.2.1, 192.0.2.2`. A comma inside a field is written `\,`. */
export function encodeOptionText(definition: OptionDefinition, text: string): OptionData {
  const tokens = splitFields(text);
  if (definition.fields.length === 0) {
    if (tokens.length === 0) return right(NOTHING);
    return wrong(text, 'no data, or hexadecimal data and "csv-format": false');
  }
  const types = typesFor(definition, tokens.length);
  if (types === null) return wrong(text, countExpected(definition));
  const parts: Uint8Array[] = [];
  for (const [index, type] of types.entries()) {
    const codec = fieldCodec(type);
    const bytes = codec.encode(tokens[index]!, definition.repeatsLast);
    if (bytes === null) return wrong(tokens[index]!, codec.expected);
    parts.push(bytes);
  }
  const surplus = tokens.length - types.length;
  const ignored = surplus === 0 ? null : `${surplus} ${surplus === 1 ? 'value' : 'values'} too many`;
  return bounded(right(Uint8Array.from(Buffer.concat(parts)), NOTHING, ignored), text);
}

/** Encodes the hexadecimal form. Without a definition any octets will do. */
export function encodeOptionHex(definition: OptionDefinition | undefined, text: string): OptionData {
  const bytes = decodeHexText(text.trim());
  if (bytes === null)
    return wrong(text, 'hexadecimal octets such as "0x0102", "01:02", "01 02", "0102", or \'text\'');
  if (definition === undefined) return bounded(right(bytes), text);
  const length = lengthOf(definition, bytes);
  if (length === null)
    return {
      ok: false,
      found: `${bytes.length} octets`,
      expected: `the octets of ${fieldsExpected(definition)}`,
    };
  const rest = bytes.subarray(length);
  const isSurplus = rest.length > 0 && definition.encapsulates === '';
  const ignored = isSurplus ? `${rest.length} ${rest.length === 1 ? 'octet' : 'octets'} too many` : null;
  return bounded(right(withoutNuls(definition, bytes.subarray(0, length)), rest, ignored), text);
}

function right(
  bytes: Uint8Array,
  rest: Uint8Array = NOTHING,
  ignored: string | null = null,
): OptionData & { ok: true } {
  return { ok: true, bytes, rest, ignored };
}

function bounded(data: OptionData & { ok: true }, text: string): OptionData {
  if (data.bytes.length + data.rest.length <= OPTION_OCTETS_MAX) return data;
  return wrong(text, `at most ${OPTION_OCTETS_MAX} octets`);
}

function wrong(text: string, expected: string): OptionData {
  const excerpt = text.length > EXCERPT_MAX ? `${text.slice(0, EXCERPT_MAX)}...` : text;
  return { ok: false, found: JSON.stringify(excerpt), expected };
}

/**
 * Splits at commas that no backslash stands before. Empty fields count for nothing, such as the one behind a final comma. Two
 * backslashes are one; before any other character a backslash is a character like the rest.
 */
function splitFields(text: string): string[] {
  const fields: string[] = [];
  for (const [field] of text.matchAll(/(?:\\[\s\S]|[^\\,]|\\$)+/g))
    fields.push(field.replaceAll(/\\([\\,])/g, '$1').trim());
  return fields;
}

/** The types of the fields for `count` values, of which some may be left over; null when the definition needs more values. */
function typesFor(definition: OptionDefinition, count: number): FieldType[] | null {
  const { fields, repeatsLast } = definition;
  const isEmptyList = count === 0 && fields.length === 1 && repeatsLast && fieldCodec(fields[0]!).mayBeNone;
  if (isEmptyList) return [];
  if (count < fields.length) return null;
  const length = repeatsLast ? count : fields.length;
  return Array.from({ length }, (_, index) => fields[Math.min(index, fields.length - 1)]!);
}

function countExpected(definition: OptionDefinition): string {
  return `${fieldsExpected(definition)}; a comma inside a value is written "\\\\,"`;
}

function fieldsExpected({ fields, repeatsLast }: OptionDefinition): string {
  const more = repeatsLast ? ' or more' : '';
  const values = fields.length === 1 && more === '' ? 'value' : 'values';
  return `${fields.length}${more} ${values} (${fields.join(', ')})`;
}

/** How many octets the fields take; null when they are not there. */
function lengthOf({ fields, repeatsLast }: OptionDefinition, bytes: Uint8Array): number | null {
  let at = 0;
  if (bytes.length === 0 && repeatsLast && fields.length === 1 && fieldCodec(fields[0]!).mayBeNone) return 0;
  for (const type of fields) {
    const length = fieldCodec(type).measure(bytes, at);
    if (length === null) return null;
    at += length;
  }
  const last = fields.at(-1);
  while (repeatsLast && last !== undefined && at < bytes.length) {
    const length = fieldCodec(last).measure(bytes, at);
    if (length === null || length === 0) return fields.length === 1 ? null : at;
    at += length;
  }
  return at;
}

/** NULs behind a text are no part of it. */
function withoutNuls({ fields }: OptionDefinition, bytes: Uint8Array): Uint8Array {
  if (fields.length !== 1 || fields[0] !== 'string') return bytes;
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}
