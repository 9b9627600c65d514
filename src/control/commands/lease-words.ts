/**
 * Why an argument of a lease command is refused, in the words of Kea, because scripts and tests compare them. What Kea adds in
 * its own form, the position of the value in the command, is left out.
 */
import { isIPv4, isIPv6 } from 'node:net';

/** The sender's text, cut, so that an answer does not grow with it. */
const QUOTED_MAX = 64;

/** `value` stood where a parameter of another type, or any, was needed. */
export function wrongParameter(name: string, value: unknown): string {
  return value === undefined
    ? `missing parameter '${name}'`
    : `invalid type specified for parameter '${name}'`;
}

/** `value` is no integer within the bounds of the parameter. */
export function wrongInteger(name: string, value: unknown): string {
  if (typeof value !== 'number' || !Number.isInteger(value)) return wrongParameter(name, value);
  return `out of range value (${value}) specified for parameter '${name}'`;
}

/** `text` is no address of the family where a lease is given. */
export function wrongLeaseAddress(text: unknown, version: 4 | 6): string {
  if (typeof text !== 'string') return wrongParameter('ip-address', text);
  if (isOfOther(text, version)) return `Non-IPv${version} address specified: ${text}`;
  return `Failed to convert '${quoted(text)}' to address: ${notConverted(text)}`;
}

/** `text` is no address of the family where a lease is looked for. */
export function wrongQueryAddress(text: unknown, version: 4 | 6): string {
  if (typeof text !== 'string') return "'ip-address' is not a string.";
  return isOfOther(text, version) ? `Invalid IPv${version} address specified: ${text}` : notConverted(text);
}

/** `from` is no address of the family from which a page could begin. */
export function wrongFrom(from: unknown, version: 4 | 6): string {
  if (from === undefined) return "'from' parameter not specified";
  if (typeof from !== 'string') return "'from' parameter must be a string";
  return isOfOther(from, version)
    ? `'from' parameter value ${from} is not an IPv${version} address`
    : `'from' parameter value is neither 'start' keyword nor a valid IPv${version} address`;
}

function isOfOther(text: string, version: 4 | 6): boolean {
  return version === 4 ? isIPv6(text) : isIPv4(text);
}

/** `text` is no hardware address. */
export function wrongHwAddress(text: string): string {
  return wrongSeparated(text);
}

/** `text` is no client identifier, or no DUID: Kea reads both alike. */
export function wrongClientId(text: string): string {
  if (text === '') return 'Empty DUIDs are not allowed';
  return text.includes(':')
    ? wrongSeparated(text)
    : `'${quoted(text)}' is not a valid string of hexadecimal digits`;
}

/** The first octet that is none decides. */
function wrongSeparated(text: string): string {
  for (const octet of text.split(':')) {
    if (octet === '')
      return `two consecutive separators (':') specified in a decoded string '${quoted(text)}'`;
    if (octet.length > 2) break;
    const digit = /[^0-9a-fA-F]/.exec(octet)?.[0];
    if (digit !== undefined)
      return `'${digit}' is not a valid hexadecimal digit in decoded string '${quoted(text)}'`;
  }
  return `invalid format of the decoded string '${quoted(text)}'`;
}

function notConverted(text: string): string {
  return `Failed to convert string to address '${quoted(text)}': Invalid argument`;
}

export function quoted(text: string): string {
  return text.length <= QUOTED_MAX ? text : `${text.slice(0, QUOTED_MAX)}...`;
}
