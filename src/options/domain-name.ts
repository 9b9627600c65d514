/**
 * Domain names between their two forms, over octets and without an allocation: text with the escapes of RFC 1035
 * section 5.1, as Kea reads and writes it, and the wire form of section 3.1, without compression.
 */

/** Octets of a domain name on the wire, the root label included. [RFC1035 2.3.4] */
export const DOMAIN_BYTES_MAX = 255;
/** Octets of one label. [RFC1035 2.3.4] */
const LABEL_BYTES_MAX = 63;
/** Every octet written as an escape of four characters. */
export const DOMAIN_TEXT_BYTES_MAX = DOMAIN_BYTES_MAX * 4;

const DOT = 0x2e;
const BACKSLASH = 0x5c;
const AT = 0x40;
const OPEN_BRACKET = 0x5b;
const ZERO = 0x30;

/** Octets that are rewritten from query to query; `bytes` has the room that its user says. */
export interface Octets {
  readonly bytes: Uint8Array;
  length: number;
}

/** @param room octets that it can hold */
export function allocateOctets(room: number): Octets {
  return { bytes: new Uint8Array(room), length: 0 };
}

/** An ASCII letter in lower case, any other octet as it is. */
export function lowerCase(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
}

function isDigit(octet: number): boolean {
  return octet >= ZERO && octet <= ZERO + 9;
}

/** Kea's special characters, which it escapes, though most of them mean nothing in a name: " $ ( ) . ; @ \ */
const SPECIAL: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, octet) =>
  '"$().;@\\'.includes(String.fromCharCode(octet)) ? 1 : 0,
);

/**
 * Reads the text of a domain name. One without a dot at its end is taken for a whole name all the same.
 * @param wire gets the name; has room for DOMAIN_BYTES_MAX octets
 * @returns the number of its labels, the root's included; 0 when it is malformed or empty, and then `wire` is empty
 */
export function readDomainText(from: Uint8Array, offset: number, length: number, wire: Octets): number {
  const labels = readLabels(from, offset, offset + length, wire);
  if (labels === 0) wire.length = 0;
  return labels;
}

function readLabels(from: Uint8Array, offset: number, end: number, wire: Octets): number {
  const out = wire.bytes;
  wire.length = 0;
  if (end - offset === 1 && (from[offset] === DOT || from[offset] === AT)) {
    out[0] = 0;
    wire.length = 1;
    return 1;
  }
  let labels = 0;
  let start = 0;
  let to = 1;
  for (let at = offset; at < end; at++) {
    const octet = from[at]!;
    if (octet === DOT) {
      if (!endLabel(out, start, to)) return 0;
      labels += 1;
      start = to++;
      continue;
    }
    let value = octet;
    if (octet === BACKSLASH) {
      // What would begin a bit string has been given up. [RFC6891 5]
      if (at + 1 === end || (to === start + 1 && from[at + 1] === OPEN_BRACKET)) return 0;
      const isDecimal = isDigit(from[at + 1]!);
      value = isDecimal ? decimal(from, at + 1, end) : from[at + 1]!;
      if (value < 0) return 0;
      at += isDecimal ? 3 : 1;
    }
    if (to >= DOMAIN_BYTES_MAX - 1) return 0;
    out[to++] = value;
  }
  if (to > start + 1) {
    if (!endLabel(out, start, to)) return 0;
    labels += 1;
    start = to++;
  }
  // Nothing at all, or more labels than fit.
  if (labels === 0 || to > DOMAIN_BYTES_MAX) return 0;
  out[start] = 0;
  wire.length = to;
  return labels + 1;
}

/** The value of an escape of three digits from `at` on; -1 = it is none. */
function decimal(from: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let i = at; i < at + 3; i++) {
    if (i >= end || !isDigit(from[i]!)) return -1;
    value = value * 10 + from[i]! - ZERO;
  }
  return value > 255 ? -1 : value;
}

function endLabel(out: Uint8Array, start: number, to: number): boolean {
  const length = to - start - 1;
  if (length === 0 || length > LABEL_BYTES_MAX || to > DOMAIN_BYTES_MAX) return false;
  out[start] = length;
  return true;
}

/**
 * Reads the first name of a run of octets in wire form. One that ends without the root label gets it; what follows the
 * root label is not looked at; a pointer is malformed, because there is nothing before the name to point at.
 * @returns whether it is a name; `wire` is empty when it is none
 */
export function readDomainWire(from: Uint8Array, offset: number, length: number, wire: Octets): boolean {
  const end = offset + length;
  const out = wire.bytes;
  wire.length = 0;
  let to = 0;
  for (let at = offset; at < end; ) {
    const label = from[at++]!;
    if (label === 0) break;
    if (label > LABEL_BYTES_MAX || at + label > end || to + label + 2 > DOMAIN_BYTES_MAX) return false;
    out[to++] = label;
    for (let i = 0; i < label; i++) out[to++] = from[at++]!;
  }
  out[to++] = 0;
  wire.length = to;
  return true;
}

/** Makes every letter of a name small; the length octets of labels are below all letters. */
export function lowerDomain({ bytes, length }: Octets): void {
  for (let i = 0; i < length; i++) bytes[i] = lowerCase(bytes[i]!);
}

/**
 * Writes a name as text, with a dot behind each label; the root alone is a dot.
 * @param text gets it; has room for DOMAIN_TEXT_BYTES_MAX octets
 * @param escapes false: octets as they are, so that dots in labels cannot be told from others
 */
export function writeDomainText({ bytes, length }: Octets, text: Octets, escapes: boolean): void {
  const out = text.bytes;
  let to = 0;
  for (let at = 0; at < length && bytes[at] !== 0; ) {
    const end = at + 1 + bytes[at]!;
    for (at += 1; at < end; at++)
      to = escapes ? writeEscaped(out, to, bytes[at]!) : writeOctet(out, to, bytes[at]!);
    out[to++] = DOT;
  }
  if (to === 0) out[to++] = DOT;
  text.length = to;
}

function writeOctet(out: Uint8Array, to: number, octet: number): number {
  out[to] = octet;
  return to + 1;
}

function writeEscaped(out: Uint8Array, at: number, octet: number): number {
  let to = at;
  const isPlain = octet > 0x20 && octet < 0x7f;
  if (!isPlain || SPECIAL[octet] === 1) out[to++] = BACKSLASH;
  if (isPlain) return writeOctet(out, to, octet);
  out[to++] = ZERO + Math.floor(octet / 100);
  out[to++] = ZERO + (Math.floor(octet / 10) % 10);
  out[to++] = ZERO + (octet % 10);
  return to;
}
