/**
 * The lease update as a Kea reads it: the lease object of lease4-update and lease4-del, written as JSON bytes straight
 * from byte ranges, because every lease change of a pair with a Kea passes through here.
 *
 *     {"ip-address":"10.0.0.1","state":0,"hw-address":"0a:..","client-id":"01:..","subnet-id":1,"pool-id":2,
 *      "valid-lft":3600,"expire":1795218536,"fqdn-fwd":false,"fqdn-rev":false,"hostname":"","user-context":{..},
 *      "force-create":true,"origin":"ha-partner"}
 *
 * client-id, pool-id and user-context stand only when there is one, force-create only in updates.
 *
 * Nothing is written that Kea's reader would refuse, because a refused update makes Kea's side take us for broken:
 * the flags are false without a hostname, an identifier below Kea's minimum of two octets is left out (unless it is
 * the only identification), and octets that are not UTF-8 become '?'.
 */
import type { LeaseRecord } from './record.ts';

/** Room that one update needs besides its user context: every field at its longest, each hostname octet escaped. */
export const LEASE_UPDATE_BYTES_MAX = 3072;

/** Kea refuses a client identifier with fewer octets. */
const CLIENT_ID_BYTES_MIN = 2;

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const ADDRESS_KEY = ascii('{"ip-address":"');
const STATE_AND_HW_KEYS = [0, 1, 2, 3].map((state) => ascii(`","state":${state},"hw-address":"`));
const CLIENT_ID_KEY = ascii('","client-id":"');
const SUBNET_KEY = ascii('","subnet-id":');
const POOL_KEY = ascii(',"pool-id":');
const VALID_KEY = ascii(',"valid-lft":');
const EXPIRE_KEY = ascii(',"expire":');
const FQDN_KEYS = [
  ascii(',"fqdn-fwd":false,"fqdn-rev":false,"hostname":"'),
  ascii(',"fqdn-fwd":true,"fqdn-rev":false,"hostname":"'),
  ascii(',"fqdn-fwd":false,"fqdn-rev":true,"hostname":"'),
  ascii(',"fqdn-fwd":true,"fqdn-rev":true,"hostname":"'),
] as const;
const USER_CONTEXT_KEY = ascii(',"user-context":');
const NAMELESS = ascii(',"fqdn-fwd":false,"fqdn-rev":false,"hostname":""');
const UPDATE_END = ascii(',"force-create":true,"origin":"ha-partner"}');
const DELETION_END = ascii(',"origin":"ha-partner"}');

const HEX_DIGITS = ascii('0123456789abcdef');
const HEX_HIGH = Uint8Array.from({ length: 256 }, (_, value) => HEX_DIGITS[value >>> 4]!);
const HEX_LOW = Uint8Array.from({ length: 256 }, (_, value) => HEX_DIGITS[value & 15]!);

const QUOTE = 0x22;
const COLON = 0x3a;
const DOT = 0x2e;
const ZERO = 0x30;
const BACKSLASH = 0x5c;
const QUESTION_MARK = 0x3f;
const LOWER_U = 0x75;

/**
 * Writes one lease update, the arguments of a command.
 * @param out has room for LEASE_UPDATE_BYTES_MAX octets and the user context from `at` on
 * @param source within the bounds of `Lease4`, state 0..3; expireSec below 2^53
 * @param isUpdate true for lease4-update, false for lease4-del
 * @returns the offset behind the last octet written
 */
export function encodeLeaseUpdate(
  out: Uint8Array,
  at: number,
  source: LeaseRecord,
  isUpdate: boolean,
): number {
  return copy(out, writeMembers(out, at, source), isUpdate ? UPDATE_END : DELETION_END);
}

/** All but what stands behind the user context. */
function writeMembers(out: Uint8Array, at: number, source: LeaseRecord): number {
  at = copy(out, at, ADDRESS_KEY);
  at = writeAddress(out, at, source.address);
  at = copy(out, at, STATE_AND_HW_KEYS[source.state]!);
  at = writeIdentifiers(out, at, source);
  at = copy(out, at, SUBNET_KEY);
  at = writeNumber(out, at, source.subnetId);
  if (source.poolId !== 0) at = writeNumber(out, copy(out, at, POOL_KEY), source.poolId);
  at = writeNumber(out, copy(out, at, VALID_KEY), source.validLifetimeSec);
  at = writeNumber(out, copy(out, at, EXPIRE_KEY), source.expireSec);
  at = source.hostnameLength === 0 ? copy(out, at, NAMELESS) : writeName(out, at, source);
  return source.userContextLength === 0 ? at : writeUserContext(out, at, source);
}

// set() against a byte loop: 0.55 µs against 0.88 µs an update, all else equal (2026-11-20, shared 2-core machine).
function copy(out: Uint8Array, at: number, from: Uint8Array): number {
  out.set(from, at);
  return at + from.length;
}

function writeAddress(out: Uint8Array, at: number, address: number): number {
  at = writeOctet(out, at, address >>> 24);
  out[at++] = DOT;
  at = writeOctet(out, at, (address >>> 16) & 255);
  out[at++] = DOT;
  at = writeOctet(out, at, (address >>> 8) & 255);
  out[at++] = DOT;
  return writeOctet(out, at, address & 255);
}

function writeOctet(out: Uint8Array, at: number, octet: number): number {
  if (octet >= 100) {
    const hundreds = octet >= 200 ? 2 : 1;
    out[at++] = ZERO + hundreds;
    octet -= hundreds * 100;
    out[at++] = ZERO + ((octet * 205) >>> 11);
  } else if (octet >= 10) out[at++] = ZERO + ((octet * 205) >>> 11);
  // (n * 205) >> 11 is n / 10 for n below 100.
  out[at++] = ZERO + octet - ((octet * 205) >>> 11) * 10;
  return at;
}

const BILLION = 1_000_000_000;

/** @param value a whole number, 0..2^53 */
function writeNumber(out: Uint8Array, at: number, value: number): number {
  if (value < BILLION) return writeSmall(out, at, value);
  const high = Math.floor(value / BILLION);
  at = writeSmall(out, at, high);
  return writeDigits(out, at, value - high * BILLION, 9);
}

/** @param value below 10^9, so that the arithmetic stays in 32-bit integers */
function writeSmall(out: Uint8Array, at: number, value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  return writeDigits(out, at, value, digits);
}

function writeDigits(out: Uint8Array, at: number, value: number, digits: number): number {
  let rest = value | 0;
  for (let i = at + digits - 1; i >= at; i--) {
    const quotient = (rest / 10) | 0;
    out[i] = ZERO + rest - quotient * 10;
    rest = quotient;
  }
  return at + digits;
}

function writeIdentifiers(out: Uint8Array, at: number, source: LeaseRecord): number {
  at = writeHex(out, at, source.hw, source.hwOffset, source.hwLength);
  const length = source.clientIdLength;
  if (length >= CLIENT_ID_BYTES_MIN || (length > 0 && source.hwLength === 0)) {
    at = copy(out, at, CLIENT_ID_KEY);
    at = writeHex(out, at, source.clientId, source.clientIdOffset, length);
  }
  return at;
}

function writeHex(out: Uint8Array, at: number, bytes: Uint8Array, offset: number, length: number): number {
  for (let i = 0; i < length; i++) {
    if (i !== 0) out[at++] = COLON;
    const byte = bytes[offset + i]!;
    out[at++] = HEX_HIGH[byte]!;
    out[at++] = HEX_LOW[byte]!;
  }
  return at;
}

function writeName(out: Uint8Array, at: number, source: LeaseRecord): number {
  const { hostname, hostnameOffset, hostnameLength } = source;
  at = copy(out, at, FQDN_KEYS[(source.fqdnFwd ? 1 : 0) + (source.fqdnRev ? 2 : 0)]!);
  at = writeText(out, at, hostname, hostnameOffset, hostnameOffset + hostnameLength);
  out[at++] = QUOTE;
  return at;
}

/** The octets [from, end) as the inside of a JSON string. */
function writeText(out: Uint8Array, at: number, bytes: Uint8Array, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x80) {
      const length = utf8Length(bytes, i, end);
      if (length === 0) out[at++] = QUESTION_MARK;
      for (let k = 0; k < length; k++) out[at++] = bytes[i + k]!;
      if (length !== 0) i += length - 1;
    } else if (byte < 0x20) {
      at = writeControl(out, at, byte);
    } else {
      if (byte === QUOTE || byte === BACKSLASH) out[at++] = BACKSLASH;
      out[at++] = byte;
    }
  }
  return at;
}

/** `\u00XX`: Kea's reader knows no escape above 00FF, and needs none. */
function writeControl(out: Uint8Array, at: number, byte: number): number {
  out[at++] = BACKSLASH;
  out[at++] = LOWER_U;
  out[at++] = ZERO;
  out[at++] = ZERO;
  out[at++] = HEX_HIGH[byte]!;
  out[at++] = HEX_LOW[byte]!;
  return at;
}

/** Octets of the well-formed UTF-8 sequence (RFC 3629 section 4) that starts with the non-ASCII octet at `at`; 0 = none. */
function utf8Length(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]!;
  const length =
    lead >= 0xc2 && lead <= 0xdf
      ? 2
      : lead >= 0xe0 && lead <= 0xef
        ? 3
        : lead >= 0xf0 && lead <= 0xf4
          ? 4
          : 0;
  if (length === 0 || at + length > end) return 0;
  for (let i = 1; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1]!;
  // The four leads with a narrower second octet: no overlong forms, no surrogates, nothing above U+10FFFF.
  if (lead === 0xe0 && second < 0xa0) return 0;
  if (lead === 0xed && second > 0x9f) return 0;
  if (lead === 0xf0 && second < 0x90) return 0;
  if (lead === 0xf4 && second > 0x8f) return 0;
  return length;
}

/** The user context is one-line JSON already. */
function writeUserContext(out: Uint8Array, at: number, source: LeaseRecord): number {
  at = copy(out, at, USER_CONTEXT_KEY);
  const { userContext, userContextOffset, userContextLength } = source;
  for (let i = 0; i < userContextLength; i++) out[at + i] = userContext[userContextOffset + i]!;
  return at + userContextLength;
}
