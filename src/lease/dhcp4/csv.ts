/**
 * Writes rows of Kea's lease file (memfile, DHCPv4), straight from byte ranges: every lease change of the data plane
 * passes through here, so there are no strings and no allocations.
 *
 *     address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n
 *
 * A row with valid lifetime 0 deletes the lease.
 */

import {
  COMMA,
  DECIMAL_SAFE_BYTES,
  DECIMAL_U32_BYTES,
  ESCAPED_BYTES,
  NEWLINE,
  writeDecimal,
  writeDigits,
  writeHex,
  writeText,
  ZERO,
} from '../csv-write.ts';
import { HOSTNAME_BYTES_MAX, USER_CONTEXT_BYTES_MAX } from '../limits.ts';
import { LeaseState } from '../state.ts';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX, type LeaseRecord } from './record.ts';

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

/** The longest row: every field at its longest, every octet of both texts escaped. It fits one record of a byte ring. */
export const ROW_BYTES_MAX =
  15 + // address
  HARDWARE_ADDRESS_BYTES_MAX * 3 +
  CLIENT_ID_BYTES_MAX * 3 +
  DECIMAL_U32_BYTES * 3 + // valid_lifetime, subnet_id, pool_id
  DECIMAL_SAFE_BYTES + // expire
  3 + // fqdn_fwd, fqdn_rev, state
  HOSTNAME_BYTES_MAX * ESCAPED_BYTES +
  USER_CONTEXT_BYTES_MAX * ESCAPED_BYTES +
  LEASE_FILE_COLUMNS.length; // commas and the newline

const DOT = 0x2e;

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
