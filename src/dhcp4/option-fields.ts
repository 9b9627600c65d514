/** The field types of option data: from the text of a configuration to the octets of the wire. */
import ipaddr from 'ipaddr.js';
import { maskOf, parseIpv4 } from '../base/ipv4.ts';
import { decodeHexText } from './option-hex.ts';

interface FieldCodec {
  /** The text that is right, for messages. */
  readonly expected: string;
  /** Octets of every value, null when they differ. */
  readonly size: number | null;
  /** @returns the octets, or null when the text is wrong; never throws */
  readonly encode: (text: string) => Uint8Array | null;
}

/** RFC 1035 section 2.3.4. */
const NAME_OCTETS_MAX = 255;
/** The longest text of an IPv6 address: eight groups, the last two as an IPv4 address. */
const IPV6_TEXT_MAX = 45;

const codecs = {
  /** Options whose text form is a language of its own: hexadecimal data only. */
  opaque: { expected: 'hexadecimal data and "csv-format": false', size: null, encode: () => null },
  binary: { expected: 'hexadecimal digits', size: null, encode: decodeHexText },
  boolean: { expected: 'true, false, 1 or 0', size: 1, encode: encodeBoolean },
  int8: integerCodec(-128, 127, 1),
  int16: integerCodec(-32768, 32767, 2),
  int32: integerCodec(-2147483648, 2147483647, 4),
  uint8: integerCodec(0, 255, 1),
  uint16: integerCodec(0, 65535, 2),
  uint32: integerCodec(0, 4294967295, 4),
  'ipv4-address': { expected: 'an IPv4 address', size: 4, encode: encodeIpv4 },
  'ipv6-address': { expected: 'an IPv6 address', size: 16, encode: encodeIpv6 },
  string: { expected: 'text that is not empty', size: null, encode: encodeString },
  tuple: { expected: 'text of 1 to 65535 octets', size: null, encode: encodeTuple },
  fqdn: { expected: 'a domain name', size: null, encode: encodeFqdn },
  psid: { expected: 'a port set such as "3/4": value/bits, 0 to 16 bits', size: 3, encode: encodePsid },
  route: { expected: 'a route such as "10.0.0.0/8 - 192.0.2.1"', size: null, encode: encodeRoute },
} as const satisfies Record<string, FieldCodec>;

export type FieldType = keyof typeof codecs;

export function isFieldType(name: string): name is FieldType {
  return Object.hasOwn(codecs, name);
}

export function fieldCodec(type: FieldType): FieldCodec {
  return codecs[type];
}

function integerCodec(min: number, max: number, size: 1 | 2 | 4): FieldCodec {
  return {
    expected: `an integer from ${min} to ${max}, decimal or hexadecimal`,
    size,
    encode: (text) => {
      const value = parseInteger(text);
      return value !== null && value >= min && value <= max ? bigEndian(value, size) : null;
    },
  };
}

/** Digits are decimal whatever stands before them (`010` is ten); only what is no decimal number is read as hexadecimal. */
function parseInteger(text: string): number | null {
  const [, sign, digits = ''] = /^([+-]?)(.+)$/.exec(text) ?? [];
  const magnitude = parseMagnitude(digits);
  if (magnitude === null) return null;
  return sign === '-' ? -magnitude : magnitude;
}

function parseMagnitude(digits: string): number | null {
  if (/^[0-9]+$/.test(digits)) return Number(digits);
  return /^(?:0[xX])?[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : null;
}

/** The lowest `size` octets of a number, highest first. */
function bigEndian(value: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => value >> (8 * (size - 1 - index)));
}

/** The words in any case, or a number that is one or nought. */
function encodeBoolean(text: string): Uint8Array | null {
  const word = text.toLowerCase();
  if (word === 'true' || /^\+?0*1$/.test(word)) return Uint8Array.of(1);
  return word === 'false' || /^[+-]?0+$/.test(word) ? Uint8Array.of(0) : null;
}

function encodeIpv4(text: string): Uint8Array | null {
  const address = parseIpv4(text);
  return address === null ? null : bigEndian(address, 4);
}

function encodeIpv6(text: string): Uint8Array | null {
  // A zone names an interface of one host; it has no meaning on the wire.
  const isPlain = text.length <= IPV6_TEXT_MAX && !text.includes('%') && ipaddr.IPv6.isValid(text);
  return isPlain ? Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray()) : null;
}

function encodeString(text: string): Uint8Array | null {
  return text === '' ? null : new TextEncoder().encode(text);
}

/** RFC 8572 section 8.1: two octets of length before each URI. */
function encodeTuple(text: string): Uint8Array | null {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0 || bytes.length > 0xffff) return null;
  return Uint8Array.of(...bigEndian(bytes.length, 2), ...bytes);
}

/** RFC 1035 section 3.1, without compression: every label behind its length, an empty label at the end. */
function encodeFqdn(text: string): Uint8Array | null {
  const labels = (text.endsWith('.') ? text.slice(0, -1) : text).split('.');
  const bytes: number[] = [];
  for (const label of labels) {
    if (!/^[!-~]{1,63}$/.test(label)) return null;
    bytes.push(label.length, ...Buffer.from(label, 'latin1'));
    if (bytes.length >= NAME_OCTETS_MAX) return null;
  }
  return Uint8Array.of(...bytes, 0);
}

/** RFC 7618 section 7: the number of bits, then the bits at the high end of two octets. */
function encodePsid(text: string): Uint8Array | null {
  const [first = '', second = '', ...more] = text.split('/');
  const value = parseInteger(first);
  const bits = parseInteger(second);
  if (value === null || bits === null || more.length > 0) return null;
  const fits = bits >= 0 && bits <= 16 && value >= 0 && value < 2 ** bits;
  return fits ? Uint8Array.of(bits, ...bigEndian(value << (16 - bits), 2)) : null;
}

/** RFC 3442: the width of the mask, the octets of the destination that the mask covers, the router. */
function encodeRoute(text: string): Uint8Array | null {
  const match = /^([0-9.]{7,15})\/([0-9]{1,2}) *- *([0-9.]{7,15})$/.exec(text);
  if (match === null) return null;
  const destination = parseIpv4(match[1]!);
  const width = Number(match[2]);
  const router = parseIpv4(match[3]!);
  if (destination === null || router === null || width > 32) return null;
  const significant = bigEndian(destination & maskOf(width), 4).subarray(0, Math.ceil(width / 8));
  return Uint8Array.of(width, ...significant, ...bigEndian(router, 4));
}
