/**
 * Writes rows of Kea's lease file (memfile, DHCPv4), straight from byte ranges: every lease change of the data plane
 * passes through here, so there are no strings and no allocations.
 *
 *     address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n
 *
 * The format knows no quoting. In the two text columns an octet that could end a field, a line or the reader's patience
 * (below 0x20, above 0x7e, ',' and '&') becomes `&#xHH`. A row with valid lifetime 0 deletes the lease.
 */
import { LeaseState } from './model.ts';
import {
  CLIENT_ID_BYTES_MAX,
  HARDWARE_ADDRESS_BYTES_MAX,
  HOSTNAME_BYTES_MAX,
  type LeaseRecord,
  USER_CONTEXT_BYTES_MAX,
} from './record.ts';

/** The columns in their order, schema 3.0 of Kea 2.4 and later. */
export const LEASE_FILE_COLUMNS = [
  'address',
  'hwaddr',
  'client_id',
  'valid_lifetime',
  'expire',
  'subnet_id',
  'fqdn_fwd',
  'fqdn_rev',
  'hostname',
  'state',
  'user_context',
  'pool_id',
] as const;

/** What a row is written from: numbers and byte ranges, nothing owned. */
export type LeaseRowSource = LeaseRecord;

const DECIMAL_U32_BYTES = 10;
const ESCAPED_BYTES = 5;
/** The longest row: every field at its longest, every octet of both texts escaped. It fits one record of a byte ring. */
export const ROW_BYTES_MAX =
  15 + // address
  HARDWARE_ADDRESS_BYTES_MAX * 3 +
  CLIENT_ID_BYTES_MAX * 3 +
  DECIMAL_U32_BYTES * 3 + // valid_lifetime, subnet_id, pool_id
  16 + // expire, below 2^53
  3 + // fqdn_fwd, fqdn_rev, state
  HOSTNAME_BYTES_MAX * ESCAPED_BYTES +
  USER_CONTEXT_BYTES_MAX * ESCAPED_BYTES +
  LEASE_FILE_COLUMNS.length; // commas and the newline

const NEWLINE = 0x0a;
const HASH = 0x23;
const AMPERSAND = 0x26;
const COMMA = 0x2c;
const DOT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const LOWER_X = 0x78;
const BILLION = 1_000_000_000;

const HEX_DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const MUST_ESCAPE = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet < 0x20 || octet > 0x7e || octet === COMMA || octet === AMPERSAND ? 1 : 0,
);

/**
 * Writes one row, its newline included. Every row that it writes can be read again by Tandem, and by Kea unless the
 * client identifier has one octet or (Kea 2.2) more than 128.
 * @param source numbers within the ranges of `LeaseRecord`
 * @returns the offset behind the row; `at` itself when no row stands for this lease: a field is longer than its column
 *   allows, the state is none that a file knows (offered), the lease is live and has neither hardware address nor client
 *   identifier without being declined, or `out` has no room
 */
export function encodeRow(out: Uint8Array, at: number, source: LeaseRowSource): number {
  if (!hasRow(source)) return at;
  let end = writeAddress(out, at, source.address);
  out[end++] = COMMA;
  end = writeHex(out, end, source.hw, source.hwOffset, source.hwLength);
  out[end++] = COMMA;
  end = writeHex(out, end, source.clientId, source.clientIdOffset, source.clientIdLength);
  out[end++] = COMMA;
  end = writeDecimal(out, end, source.validLifetimeSec);
  out[end++] = COMMA;
  end = writeDecimal(out, end, source.expireSec);
  out[end++] = COMMA;
  end = writeDecimal(out, end, source.subnetId);
  out[end++] = COMMA;
  out[end++] = source.fqdnFwd ? ZERO + 1 : ZERO;
  out[end++] = COMMA;
  out[end++] = source.fqdnRev ? ZERO + 1 : ZERO;
  out[end++] = COMMA;
  end = writeText(out, end, source.hostname, source.hostnameOffset, source.hostnameLength);
  out[end++] = COMMA;
  // A deletion without identifiers is readable for Kea only as that of a declined lease.
  out[end++] = ZERO + (isAnonymous(source) ? LeaseState.declined : source.state);
  out[end++] = COMMA;
  end = writeText(out, end, source.userContext, source.userContextOffset, source.userContextLength);
  out[end++] = COMMA;
  end = writeDecimal(out, end, source.poolId);
  out[end++] = NEWLINE;
  return end <= out.length ? end : at;
}

function isAnonymous(source: LeaseRowSource): boolean {
  return source.hwLength === 0 && source.clientIdLength === 0;
}

/** Whether a row can stand for this lease, see `encodeRow`. */
export function hasRow(source: LeaseRowSource): boolean {
  return (
    source.address !== 0 &&
    source.hwLength <= HARDWARE_ADDRESS_BYTES_MAX &&
    source.clientIdLength <= CLIENT_ID_BYTES_MAX &&
    source.hostnameLength <= HOSTNAME_BYTES_MAX &&
    source.userContextLength <= USER_CONTEXT_BYTES_MAX &&
    source.state <= LeaseState.released &&
    (!isAnonymous(source) || source.state === LeaseState.declined || source.validLifetimeSec === 0)
  );
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
  return writeDigits(out, at, octet, octet >= 100 ? 3 : octet >= 10 ? 2 : 1);
}

/** @param value a whole number below 2^53 */
function writeDecimal(out: Uint8Array, at: number, value: number): number {
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

function writeHex(out: Uint8Array, at: number, bytes: Uint8Array, offset: number, length: number): number {
  for (let i = 0; i < length; i++) {
    if (i !== 0) out[at++] = COLON;
    const octet = bytes[offset + i]!;
    out[at++] = HEX_DIGITS[octet >>> 4]!;
    out[at++] = HEX_DIGITS[octet & 15]!;
  }
  return at;
}

function writeText(out: Uint8Array, at: number, bytes: Uint8Array, offset: number, length: number): number {
  for (let i = 0; i < length; i++) {
    const octet = bytes[offset + i]!;
    if (MUST_ESCAPE[octet] === 0) {
      out[at++] = octet;
      continue;
    }
    out[at++] = AMPERSAND;
    out[at++] = HASH;
    out[at++] = LOWER_X;
    out[at++] = HEX_DIGITS[octet >>> 4]!;
    out[at++] = HEX_DIGITS[octet & 15]!;
  }
  return at;
}
