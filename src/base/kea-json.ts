/**
 * JSON as Kea writes it, so that what greps Kea's answers finds the same here:
 *
 *     { "arguments": { "leases": [  ] }, "result": 0, "text": "..." }
 *
 * A blank after each bracket, comma and colon, two in what is empty, and the members of every map in order.
 */
import { EncodedJson } from './encoded-json.ts';

/**
 * @param value any JSON value; a member that is undefined is left out
 * @throws RangeError for what is nested too deeply, or for a text of more than half a gigabyte
 */
export function encodeKeaJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (value instanceof EncodedJson) return value.text;
  return Array.isArray(value)
    ? `[ ${value.map(encodeKeaJson).join(', ')} ]`
    : encodeMap(value as Readonly<Record<string, unknown>>);
}

function encodeMap(map: Readonly<Record<string, unknown>>): string {
  const members = Object.keys(map)
    .sort()
    .filter((name) => map[name] !== undefined)
    .map((name) => `${JSON.stringify(name)}: ${encodeKeaJson(map[name])}`);
  return `{ ${members.join(', ')} }`;
}
