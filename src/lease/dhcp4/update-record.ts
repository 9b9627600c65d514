/**
 * One lease update in binary form: as it stands in the update log, and as it goes from one Tandem to another.
 *
 *      0  u8   operation: 1 = the lease as it stands now, 0 = it is deleted
 *      1  u8   state, 0..3
 *      2  u8   flags: 1 = fqdn-fwd, 2 = fqdn-rev; every other bit is 0
 *      3  u8   length of the hardware address, 0..16
 *      4  u8   length of the client identifier
 *      5  u8   length of the host name
 *      6  u16  length of the user context, 0..12,288
 *      8  u32  address, never 0
 *     12  u32  subnet id
 *     16  u32  pool id, 0 = none
 *     20  u32  valid lifetime in seconds, 0xffffffff = infinite
 *     24  u32  client's last transaction time, Unix seconds
 *     28  hardware address | client identifier | host name | user context
 *
 * Numbers are little-endian. Nothing stands behind the four parts, and nothing between them.
 */

import { readU16, readU32, writeOctets, writeU16, writeU32 } from '../../base/little-endian.ts';
import { isJsonMap } from '../csv-context.ts';
import { HOSTNAME_BYTES_MAX, USER_CONTEXT_BYTES_MAX } from '../limits.ts';
import { LeaseState } from '../state.ts';
import { hasRow } from './csv.ts';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX, type LeaseRecord } from './record.ts';

const OPERATION_AT = 0;
const STATE_AT = 1;
const FLAGS_AT = 2;
const HW_LENGTH_AT = 3;
const CLIENT_ID_LENGTH_AT = 4;
const HOSTNAME_LENGTH_AT = 5;
const CONTEXT_LENGTH_AT = 6;
/** Where the address stands. */
export const UPDATE_ADDRESS_AT = 8;
const SUBNET_AT = 12;
const POOL_AT = 16;
const VALID_AT = 20;
const CLTT_AT = 24;
const HEADER_BYTES = 28;

const UPDATE = 1;
const FQDN_FWD = 1;
const FQDN_REV = 2;

/** The longest record: every part at its longest. */
export const UPDATE_RECORD_BYTES_MAX =
  HEADER_BYTES +
  HARDWARE_ADDRESS_BYTES_MAX +
  CLIENT_ID_BYTES_MAX +
  HOSTNAME_BYTES_MAX +
  USER_CONTEXT_BYTES_MAX;

/**
 * Writes one record.
 * @param out has room for UPDATE_RECORD_BYTES_MAX octets from `at` on, or for as many as this lease needs
 * @param source within its bounds, state 0..3
 * @param isUpdate false: the lease is deleted
 * @returns the offset behind the last octet written
 */
export function encodeUpdateRecord(
  out: Uint8Array,
  at: number,
  source: LeaseRecord,
  isUpdate: boolean,
): number {
  const { hwLength, clientIdLength, hostnameLength, userContextLength, validLifetimeSec } = source;
  out[at + OPERATION_AT] = isUpdate ? UPDATE : 0;
  out[at + STATE_AT] = source.state;
  out[at + FLAGS_AT] = (source.fqdnFwd ? FQDN_FWD : 0) | (source.fqdnRev ? FQDN_REV : 0);
  out[at + HW_LENGTH_AT] = hwLength;
  out[at + CLIENT_ID_LENGTH_AT] = clientIdLength;
  out[at + HOSTNAME_LENGTH_AT] = hostnameLength;
  writeU16(out, at + CONTEXT_LENGTH_AT, userContextLength);
  writeU32(out, at + UPDATE_ADDRESS_AT, source.address);
  writeU32(out, at + SUBNET_AT, source.subnetId);
  writeU32(out, at + POOL_AT, source.poolId);
  writeU32(out, at + VALID_AT, validLifetimeSec);
  writeU32(out, at + CLTT_AT, Math.max(0, source.expireSec - validLifetimeSec));
  at = writeOctets(out, at + HEADER_BYTES, source.hw, source.hwOffset, hwLength);
  at = writeOctets(out, at, source.clientId, source.clientIdOffset, clientIdLength);
  at = writeOctets(out, at, source.hostname, source.hostnameOffset, hostnameLength);
  return writeOctets(out, at, source.userContext, source.userContextOffset, userContextLength);
}

/**
 * Reads one record, whoever wrote it: nothing outside `bytes[at .. at + length)` is looked at, and what is read can stand in
 * the lease file.
 * @param record is filled in and points into `bytes`; what it holds after a fault means nothing
 * @returns what is wrong with the octets, or null
 */
export function decodeUpdateRecord(
  bytes: Uint8Array,
  at: number,
  length: number,
  record: LeaseRecord,
): string | null {
  if (length < HEADER_BYTES || at + length > bytes.length) return 'the record is cut off';
  const hwLength = bytes[at + HW_LENGTH_AT]!;
  const clientIdLength = bytes[at + CLIENT_ID_LENGTH_AT]!;
  const hostnameLength = bytes[at + HOSTNAME_LENGTH_AT]!;
  const contextLength = readU16(bytes, at + CONTEXT_LENGTH_AT);
  if (length !== HEADER_BYTES + hwLength + clientIdLength + hostnameLength + contextLength)
    return 'the lengths in the record do not add up to its own';
  if (hwLength > HARDWARE_ADDRESS_BYTES_MAX) return 'the hardware address has more than 16 octets';
  if (contextLength > USER_CONTEXT_BYTES_MAX) return 'the user context has more than 12,288 octets';
  if (bytes[at + OPERATION_AT]! > UPDATE) return 'the operation is neither update nor deletion';
  const state = bytes[at + STATE_AT]!;
  if (state > LeaseState.released) return 'there is no lease state of that number';
  const flags = bytes[at + FLAGS_AT]!;
  if (flags > (FQDN_FWD | FQDN_REV)) return 'a flag that does not exist is set';
  const address = readU32(bytes, at + UPDATE_ADDRESS_AT);
  if (address === 0) return 'the address is 0.0.0.0';
  const validLifetimeSec = readU32(bytes, at + VALID_AT);
  record.address = address;
  record.state = state;
  record.fqdnFwd = (flags & FQDN_FWD) !== 0;
  record.fqdnRev = (flags & FQDN_REV) !== 0;
  record.subnetId = readU32(bytes, at + SUBNET_AT);
  record.poolId = readU32(bytes, at + POOL_AT);
  record.validLifetimeSec = validLifetimeSec;
  record.expireSec = readU32(bytes, at + CLTT_AT) + validLifetimeSec;
  placeParts(bytes, at + HEADER_BYTES, record, hwLength, clientIdLength, hostnameLength, contextLength);
  if (contextLength > 0 && !isJsonMap(bytes, record.userContextOffset, at + length))
    return 'the user context is no JSON map';
  return hasRow(record) ? null : 'the lease is of nobody, and not declined';
}

/** Whether a record is an update and no deletion. Pre: the octets are a record. */
export function isUpdateRecord(bytes: Uint8Array, at: number): boolean {
  return bytes[at + OPERATION_AT] === UPDATE;
}

/** The address of a record. Pre: the octets are one. */
export function updateRecordAddress(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + UPDATE_ADDRESS_AT);
}

function placeParts(
  bytes: Uint8Array,
  at: number,
  record: LeaseRecord,
  hwLength: number,
  clientIdLength: number,
  hostnameLength: number,
  contextLength: number,
): void {
  record.hw = bytes;
  record.hwOffset = at;
  record.hwLength = hwLength;
  at += hwLength;
  record.clientId = bytes;
  record.clientIdOffset = at;
  record.clientIdLength = clientIdLength;
  at += clientIdLength;
  record.hostname = bytes;
  record.hostnameOffset = at;
  record.hostnameLength = hostnameLength;
  at += hostnameLength;
  record.userContext = bytes;
  record.userContextOffset = at;
  record.userContextLength = contextLength;
}
