/**
 * Encodes the data of a configured option. The text form is a list of fields with commas between them, by the option's
 * definition; the hexadecimal form gives the octets themselves and is only checked for its length.
 */
import type { OptionDefinition } from './option-definitions.ts';
import { type FieldType, fieldCodec } from './option-fields.ts';
import { decodeHexText } from './option-hex.ts';

/** The octets, or what is wrong with the text. */
export type OptionData =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly found: string; readonly expected: string };

/** Longer data fits into no datagram: 65,535 octets less the headers of IP, UDP and BOOTP. */
const OPTION_OCTETS_MAX = 65_000;
/** The longest field that a problem repeats. */
const EXCERPT_MAX = 60;

/** Encodes the text form, e.g. `192.0.2.1, 192.0.2.2`. A comma inside a field is written `\,`. */
export function encodeOptionText(definition: OptionDefinition, text: string): OptionData {
  if (definition.fields.length === 0) {
    return text.trim() === ''
      ? { ok: true, bytes: new Uint8Array(0) }
      : wrong(text, 'no data, or hexadecimal data and "csv-format": false');
  }
  const tokens = fieldsOf(definition, text);
  const types = typesFor(definition, tokens.length);
  if (types === null) return wrong(text, countExpected(definition));
  const parts: Uint8Array[] = [];
  for (const [index, type] of types.entries()) {
    const codec = fieldCodec(type);
    const bytes = codec.encode(tokens[index]!);
    if (bytes === null) return wrong(tokens[index]!, codec.expected);
    parts.push(bytes);
  }
  return bounded(Uint8Array.from(Buffer.concat(parts)), text);
}

/** Encodes the hexadecimal form. Without a definition any octets will do. */
export function encodeOptionHex(definition: OptionDefinition | undefined, text: string): OptionData {
  const bytes = decodeHexText(text.trim());
  if (bytes === null)
    return wrong(text, 'hexadecimal octets such as "0x0102", "01:02", "01 02", "0102", or \'text\'');
  if (definition !== undefined && !fitsSizes(definition, bytes.length))
    return { ok: false, found: `${bytes.length} octets`, expected: sizeExpected(definition) };
  return bounded(bytes, text);
}

function bounded(bytes: Uint8Array, text: string): OptionData {
  if (bytes.length <= OPTION_OCTETS_MAX) return { ok: true, bytes };
  return wrong(text, `at most ${OPTION_OCTETS_MAX} octets`);
}

function wrong(text: string, expected: string): OptionData {
  const excerpt = text.length > EXCERPT_MAX ? `${text.slice(0, EXCERPT_MAX)}...` : text;
  return { ok: false, found: JSON.stringify(excerpt), expected };
}

/** Of a list of values the empty ones count for nothing, such as the one behind a final comma. */
function fieldsOf({ fields, repeatsLast }: OptionDefinition, text: string): string[] {
  const tokens = splitFields(text);
  const values = repeatsLast && fields.length === 1 ? tokens.filter((token) => token !== '') : tokens;
  return values.length > 0 ? values : tokens;
}

/** Splits at commas that no backslash stands before; any other backslash is a character like the rest. */
function splitFields(text: string): string[] {
  return text.split(/(?<!\\),/).map((field) => field.replaceAll('\\,', ',').trim());
}

/** The type of each of `count` fields, or null when the definition does not take so many. */
function typesFor(definition: OptionDefinition, count: number): FieldType[] | null {
  const { fields, repeatsLast } = definition;
  if (count < fields.length || (count > fields.length && !repeatsLast)) return null;
  return Array.from({ length: count }, (_, index) => fields[Math.min(index, fields.length - 1)]!);
}

function countExpected(definition: OptionDefinition): string {
  const count = definition.fields.length;
  const more = definition.repeatsLast ? ' or more' : '';
  const values = count === 1 && more === '' ? 'value' : 'values';
  return `${count}${more} ${values} (${definition.fields.join(', ')}); a comma inside a value is written "\\\\,"`;
}

/** The octets before the last field and those of the last field; null when some field has no fixed size. */
function sizesOf(definition: OptionDefinition): { before: number; last: number } | null {
  const sizes = definition.fields.map((type) => fieldCodec(type).size);
  const last = sizes.pop();
  if (last === undefined || last === null || sizes.includes(null)) return null;
  return { before: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0), last };
}

function fitsSizes(definition: OptionDefinition, length: number): boolean {
  const sizes = sizesOf(definition);
  if (sizes === null) return length > 0 || definition.fields.length === 0;
  const rest = length - sizes.before;
  return definition.repeatsLast ? rest >= sizes.last && rest % sizes.last === 0 : rest === sizes.last;
}

function sizeExpected(definition: OptionDefinition): string {
  const sizes = sizesOf(definition);
  if (sizes === null) return 'at least one octet';
  const smallest = sizes.before + sizes.last;
  return definition.repeatsLast
    ? `${smallest} octets or more by steps of ${sizes.last}`
    : `${smallest} ${smallest === 1 ? 'octet' : 'octets'}`;
}
