/** The field types of option data: from the text of a configuration to the octets of the wire. */
import ipaddr from 'ipaddr.js';
import { maskOf, parseIpv4 } from '../base/ipv4.ts';

interface FieldCodec {
  /** The text that is right, for messages. */
  readonly expected: string;
  /** Whether an option whose only field is a list of these may hold none. */
  readonly mayBeNone: boolean;
  /** Octets of the value at `at`; null when there is none. */
  readonly measure: (bytes: Uint8Array, at: number) => number | null;
  /**
   * @param isOfList whether the option may have several values
   * @returns the octets, or null when the text is wrong; never throws
   */
  readonly encode: (text: string, isOfList: boolean) => Uint8Array | null;
}

/** RFC 1035 section 2.3.4. */
const NAME_OCTETS_MAX = 255;
/** The longest text of an IPv6 address: eight groups, the last two as an IPv4 address. */
const IPV6_TEXT_MAX = 45;

const codecs = {
  /** Options whose text form is a language of its own: hexadecimal data only. */
  opaque: codec('hexadecimal data and "csv-format": false', () => null, measureRest),
  binary: codec('pairs of hexadecimal digits', encodeBinary, measureRest),
  boolean: codec('true, false, 1 or 0', encodeBoolean, measureFixed(1)),
  int8: integerCodec(-128, 127, 1),
  int16: integerCodec(-32768, 32767, 2),
  int32: integerCodec(-2147483648, 2147483647, 4),
  uint8: integerCodec(0, 255, 1),
  uint16: integerCodec(0, 65535, 2),
  uint32: integerCodec(0, 4294967295, 4),
  'ipv4-address': { ...codec('an IPv4 address', encodeIpv4, measureFixed(4)), mayBeNone: true },
  'ipv6-address': { ...codec('an IPv6 address', encodeIpv6, measureFixed(16)), mayBeNone: true },
  'ipv6-prefix': {
    ...codec('a prefix such as "2001:db8::/32"', encodePrefix, measurePrefix),
    mayBeNone: true,
  },
  string: codec('text that is not empty', encodeString, measureString),
  tuple: codec('text of 1 to 255 octets', (text) => encodeTuple(text, 1), measureTuple(1)),
  /** The long form of a tuple (RFC 8572 section 8.1). */
  'long-tuple': codec('text of 1 to 65535 octets', (text) => encodeTuple(text, 2), measureTuple(2)),
  fqdn: codec('a domain name', encodeFqdn, measureFqdn),
  /** That of option 81, which may end early or be text (RFC 4702 section 2.3). */
  'client-name': codec('a domain name', encodeFqdn, measureRest),
  psid: codec('a port set such as "3/4": value/bits, 0 to 16 bits', encodePsid, measureFixed(3)),
  /** One of the vendors of option 125, with room for its sub-options (RFC 3925 section 4). */
  enterprise: codec('the number of an enterprise, decimal or hexadecimal', encodeEnterprise, measureVendors),
  /** What follows the first enterprise of option 124: its data behind their length, and further enterprises. */
  'vendor-class': codec(
    'pairs of hexadecimal digits, the first one the number of the others',
    encodeVendorClass,
    measureVendorClass,
  ),
  /** The vendor of option 17 of DHCPv6, with room for its sub-options (RFC 8415 section 21.17). */
  vendor: codec(
    'the number of an enterprise, decimal or hexadecimal',
    integerCodec(0, 0xffffffff, 4).encode,
    measureVendor,
  ),
  /** Octets behind their length, as many as there are (RFC 8415 section 21.16). */
  tuples: codec(
    'pairs of hexadecimal digits: values, each behind its length of two octets',
    encodeTuples,
    (bytes, at) => (areTuples(bytes, at) ? bytes.length - at : null),
  ),
  route: codec('a route such as "10.0.0.0/8 - 192.0.2.1"', encodeRoute, measureRoute),
} as const satisfies Record<string, FieldCodec>;

export type FieldType = keyof typeof codecs;

export function isFieldType(name: string): name is FieldType {
  return Object.hasOwn(codecs, name);
}

export function fieldCodec(type: FieldType): FieldCodec {
  return codecs[type];
}

function codec(expected: string, encode: FieldCodec['encode'], measure: FieldCodec['measure']): FieldCodec {
  return { expected, mayBeNone: false, measure, encode };
}

function integerCodec(min: number, max: number, size: 1 | 2 | 4): FieldCodec {
  const encode = (text: string): Uint8Array | null => {
    const value = parseInteger(text);
    return value !== null && value >= min && value <= max ? bigEndian(value, size) : null;
  };
  return codec(`an integer from ${min} to ${max}, decimal or hexadecimal`, encode, measureFixed(size));
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

/** The address is cut to the octets that the length covers, with nothing set behind it. */
function encodePrefix(text: string): Uint8Array | null {
  const [, address = '', digits = ''] = /^([^/]+)\/([0-9]{1,3})$/.exec(text) ?? [];
  const bytes = encodeIpv6(address);
  const length = Number(digits);
  if (bytes === null || digits === '' || length > 128) return null;
  const significant = bytes.subarray(0, Math.ceil(length / 8));
  if (length % 8 !== 0) significant[significant.length - 1]! &= 0xff00 >> (length % 8);
  return Uint8Array.of(length, ...significant);
}

function encodeString(text: string): Uint8Array | null {
  return text === '' ? null : new TextEncoder().encode(text);
}

/** Unlike the data of a whole option, a field has one spelling: digits, with blanks where one likes. */
function encodeBinary(text: string): Uint8Array | null {
  const digits = text.replaceAll(/\s/g, '');
  return digits.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(digits)
    ? Uint8Array.from(Buffer.from(digits, 'hex'))
    : null;
}

function encodeEnterprise(text: string): Uint8Array | null {
  const value = parseInteger(text);
  return value !== null && value >= 0 && value <= 0xffffffff
    ? Uint8Array.of(...bigEndian(value, 4), 0)
    : null;
}

function encodeVendorClass(text: string): Uint8Array | null {
  const bytes = encodeBinary(text);
  return bytes !== null && bytes.length === 1 + (bytes[0] ?? 0) ? bytes : null;
}

function encodeTuples(text: string): Uint8Array | null {
  const bytes = encodeBinary(text);
  return bytes !== null && areTuples(bytes, 0) ? bytes : null;
}

/** A text behind its length. */
function encodeTuple(text: string, lengthOctets: 1 | 2): Uint8Array | null {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0 || bytes.length >= 2 ** (8 * lengthOctets)) return null;
  return Uint8Array.of(...bigEndian(bytes.length, lengthOctets), ...bytes);
}

/** RFC 1035 section 3.1, without compression: every label behind its length, an empty label at the end. */
function encodeFqdn(text: string, isOfList: boolean): Uint8Array | null {
  // Alone, the name of the root says nothing.
  if (text === '.') return isOfList ? Uint8Array.of(0) : null;
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

function measureFixed(size: number): FieldCodec['measure'] {
  return (bytes, at) => (at + size <= bytes.length ? size : null);
}

function measureRest(bytes: Uint8Array, at: number): number {
  return bytes.length - at;
}

function measureString(bytes: Uint8Array, at: number): number | null {
  // Behind other fields a text may be missing.
  return at > 0 || bytes.some((each) => each !== 0) ? bytes.length - at : null;
}

function measurePrefix(bytes: Uint8Array, at: number): number | null {
  const length = bytes[at];
  if (length === undefined || length > 128) return null;
  return measureFixed(1 + Math.ceil(length / 8))(bytes, at);
}

function measureTuple(lengthOctets: 1 | 2): FieldCodec['measure'] {
  return (bytes, at) => {
    if (at + lengthOctets > bytes.length) return null;
    const length = lengthOctets === 1 ? bytes[at]! : bytes[at]! * 256 + bytes[at + 1]!;
    return measureFixed(lengthOctets + length)(bytes, at);
  };
}

function measureFqdn(bytes: Uint8Array, at: number): number | null {
  let end = at;
  for (let label = bytes[end]; label !== 0; label = bytes[end]) {
    if (label === undefined || label > 63) return null;
    end += 1 + label;
  }
  const length = end + 1 - at;
  return length <= NAME_OCTETS_MAX ? length : null;
}

function measureRoute(bytes: Uint8Array, at: number): number | null {
  const width = bytes[at];
  if (width === undefined || width > 32) return null;
  return measureFixed(1 + Math.ceil(width / 8) + 4)(bytes, at);
}

/** Enterprises with their octets behind their length, as many as there are. */
function measureVendors(bytes: Uint8Array, at: number): number | null {
  let end = at;
  do {
    const length = bytes[end + 4];
    if (length === undefined) return null;
    end += 5 + length;
  } while (end < bytes.length);
  return end === bytes.length ? end - at : null;
}

function measureVendor(bytes: Uint8Array, at: number): number | null {
  return bytes.length - at >= 4 ? bytes.length - at : null;
}

/** Whether nothing but tuples stands from `at` on, and at least one. */
function areTuples(bytes: Uint8Array, at: number): boolean {
  let end = at;
  do {
    const length = measureTuple(2)(bytes, end);
    if (length === null) return false;
    end += length;
  } while (end < bytes.length);
  return true;
}

function measureVendorClass(bytes: Uint8Array, at: number): number | null {
  if (at === bytes.length) return 0;
  const end = at + 1 + bytes[at]!;
  if (end >= bytes.length) return end === bytes.length ? end - at : null;
  const others = measureVendors(bytes, end);
  return others === null ? null : end - at + others;
}
