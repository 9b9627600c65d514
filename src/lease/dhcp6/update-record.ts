/**
 * One DHCPv6 lease update in binary form: as it stands in the update log, and as it goes from one Tandem to another.
 *
 *      0  u8   operation: 1 = the lease as it stands now, 0 = it is deleted
 *      1  u8   state, 0..4
 *      2  u8   flags: 1 = fqdn-fwd, 2 = fqdn-rev; every other bit is 0
 *      3  u8   lease type: 0 = IA_NA, 1 = IA_TA, 2 = IA_PD
 *      4  u8   prefix length, 128 of an address, 1..128 of a prefix
 *      5  u8   length of the DUID, 1..130
 *      6  u8   length of the hardware address, 0..20
 *      7  u8   length of the host name
 *      8  u16  length of the user context, 0..12,288
 *     10  u16  hardware type, 0 without a hardware address
 *     12  16 octets of the address, never ::; of a prefix its first address
 *     28  u32  IAID
 *     32  u32  subnet id
 *     36  u32  pool id, 0 = none
 *     40  u32  preferred lifetime in seconds, 0xffffffff = infinite
 *     44  u32  valid lifetime in seconds, 0xffffffff = infinite
 *     48  u32  client's last transaction time, Unix seconds
 *     52  u32  source of the hardware address, 0 without one
 *     56  DUID | hardware address | host name | user context
 *
 * Numbers are little-endian. Nothing stands behind the four parts, and nothing between them.
 */
import { setRange } from '../../base/byte-range.ts';
import { IPV6_BYTES, isIpv6Unspecified } from '../../base/ipv6.ts';
import { readU16, readU32, writeOctets, writeU16, writeU32 } from '../../base/little-endian.ts';
import { isJsonMap } from '../csv-context.ts';
import { HOSTNAME_BYTES_MAX, USER_CONTEXT_BYTES_MAX } from '../limits.ts';
import { LeaseState } from '../state.ts';
import { isPrefixLength } from './csv.ts';
import { LeaseType } from './model.ts';
import { hasHostBits } from './prefix.ts';
import { DUID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX, type LeaseRecord6 } from './record.ts';

const OPERATION_AT = 0;
const STATE_AT = 1;
const FLAGS_AT = 2;
const TYPE_AT = 3;
const PREFIX_LENGTH_AT = 4;
const DUID_LENGTH_AT = 5;
const HW_LENGTH_AT = 6;
const HOSTNAME_LENGTH_AT = 7;
const CONTEXT_LENGTH_AT = 8;
const HW_TYPE_AT = 10;
/** Where the 16 octets of the address stand in a record. */
export const UPDATE_ADDRESS_AT_6 = 12;
const IAID_AT = 28;
const SUBNET_AT = 32;
const POOL_AT = 36;
const PREFERRED_AT = 40;
const VALID_AT = 44;
const CLTT_AT = 48;
const HW_SOURCE_AT = 52;
const HEADER_BYTES = 56;

const UPDATE = 1;
const FQDN_FWD = 1;
const FQDN_REV = 2;
/** Of a lease without a hardware address. */
const ETHERNET = 1;

/** The longest record: every part at its longest. */
export const UPDATE_RECORD_BYTES_MAX_6 =
  HEADER_BYTES + DUID_BYTES_MAX + HARDWARE_ADDRESS_BYTES_MAX + HOSTNAME_BYTES_MAX + USER_CONTEXT_BYTES_MAX;

/**
 * Writes one record.
 * @param out has room for UPDATE_RECORD_BYTES_MAX_6 octets from `at` on, or for as many as this lease needs
 * @param source within its bounds, state 0..4
 * @param isUpdate false: the lease is deleted
 * @returns the offset behind the last octet written
 */
export function encodeUpdateRecord6(
  out: Uint8Array,
  at: number,
  source: LeaseRecord6,
  isUpdate: boolean,
): number {
  const { address, duid, hw, hostname, userContext, validLifetimeSec } = source;
  const hasHw = hw.length > 0;
  out[at + OPERATION_AT] = isUpdate ? UPDATE : 0;
  out[at + STATE_AT] = source.state;
  out[at + FLAGS_AT] = (source.fqdnFwd ? FQDN_FWD : 0) | (source.fqdnRev ? FQDN_REV : 0);
  out[at + TYPE_AT] = source.type;
  out[at + PREFIX_LENGTH_AT] = source.prefixLength;
  out[at + DUID_LENGTH_AT] = duid.length;
  out[at + HW_LENGTH_AT] = hw.length;
  out[at + HOSTNAME_LENGTH_AT] = hostname.length;
  writeU16(out, at + CONTEXT_LENGTH_AT, userContext.length);
  writeU16(out, at + HW_TYPE_AT, hasHw ? source.hwType : 0);
  writeOctets(out, at + UPDATE_ADDRESS_AT_6, address.bytes, address.offset, IPV6_BYTES);
  writeU32(out, at + IAID_AT, source.iaid);
  writeU32(out, at + SUBNET_AT, source.subnetId);
  writeU32(out, at + POOL_AT, source.poolId);
  writeU32(out, at + PREFERRED_AT, source.preferredLifetimeSec);
  writeU32(out, at + VALID_AT, validLifetimeSec);
  writeU32(out, at + CLTT_AT, Math.max(0, source.expireSec - validLifetimeSec));
  writeU32(out, at + HW_SOURCE_AT, hasHw ? source.hwSource : 0);
  at = writeOctets(out, at + HEADER_BYTES, duid.bytes, duid.offset, duid.length);
  at = writeOctets(out, at, hw.bytes, hw.offset, hw.length);
  at = writeOctets(out, at, hostname.bytes, hostname.offset, hostname.length);
  return writeOctets(out, at, userContext.bytes, userContext.offset, userContext.length);
}

/**
 * Reads one record, whoever wrote it: nothing outside `bytes[at .. at + length)` is looked at, and what is read can stand in
 * the lease file.
 * @param record is filled in and points into `bytes`; what it holds after a fault means nothing
 * @returns what is wrong with the octets, or null
 */
export function decodeUpdateRecord6(
  bytes: Uint8Array,
  at: number,
  length: number,
  record: LeaseRecord6,
): string | null {
  if (length < HEADER_BYTES || at + length > bytes.length) return 'the record is cut off';
  const fault = placeParts(bytes, at, length, record) ?? readHeader(bytes, at, record);
  if (fault !== null) return fault;
  const context = record.userContext;
  if (context.length > 0 && !isJsonMap(bytes, context.offset, at + length))
    return 'the user context is no JSON map';
  return readHardware(bytes, at, record);
}

/** Whether a record is an update and no deletion. Pre: the octets are a record. */
export function isUpdateRecord6(bytes: Uint8Array, at: number): boolean {
  return bytes[at + OPERATION_AT] === UPDATE;
}

/** Whether a record is of a prefix. Pre: the octets are a record. */
export function isPrefixRecord6(bytes: Uint8Array, at: number): boolean {
  return bytes[at + TYPE_AT] === LeaseType.pd;
}

function placeParts(bytes: Uint8Array, at: number, length: number, record: LeaseRecord6): string | null {
  const duidLength = bytes[at + DUID_LENGTH_AT]!;
  const hwLength = bytes[at + HW_LENGTH_AT]!;
  const hostnameLength = bytes[at + HOSTNAME_LENGTH_AT]!;
  const contextLength = readU16(bytes, at + CONTEXT_LENGTH_AT);
  if (length !== HEADER_BYTES + duidLength + hwLength + hostnameLength + contextLength)
    return 'the lengths in the record do not add up to its own';
  if (duidLength === 0) return 'there is no DUID';
  if (duidLength > DUID_BYTES_MAX) return 'the DUID has more than 130 octets';
  if (hwLength > HARDWARE_ADDRESS_BYTES_MAX) return 'the hardware address has more than 20 octets';
  if (contextLength > USER_CONTEXT_BYTES_MAX) return 'the user context has more than 12,288 octets';
  const duidAt = at + HEADER_BYTES;
  const hwAt = duidAt + duidLength;
  const hostnameAt = hwAt + hwLength;
  setRange(record.duid, bytes, duidAt, duidLength);
  setRange(record.hw, bytes, hwAt, hwLength);
  setRange(record.hostname, bytes, hostnameAt, hostnameLength);
  setRange(record.userContext, bytes, hostnameAt + hostnameLength, contextLength);
  return null;
}

/** All numbers but those of the hardware address. */
function readHeader(bytes: Uint8Array, at: number, record: LeaseRecord6): string | null {
  if (bytes[at + OPERATION_AT]! > UPDATE) return 'the operation is neither update nor deletion';
  const state = bytes[at + STATE_AT]!;
  if (state > LeaseState.registered) return 'there is no lease state of that number';
  const flags = bytes[at + FLAGS_AT]!;
  if (flags > (FQDN_FWD | FQDN_REV)) return 'a flag that does not exist is set';
  const type = bytes[at + TYPE_AT]!;
  if (type > LeaseType.pd) return 'there is no lease type of that number';
  const prefixLength = bytes[at + PREFIX_LENGTH_AT]!;
  if (!isPrefixLength(type, prefixLength)) return 'no lease of that type has that prefix length';
  if (isIpv6Unspecified(bytes, at + UPDATE_ADDRESS_AT_6)) return 'the address is ::';
  if (hasHostBits(bytes, at + UPDATE_ADDRESS_AT_6, prefixLength)) return 'the prefix has host bits';
  const validLifetimeSec = readU32(bytes, at + VALID_AT);
  record.state = state;
  record.fqdnFwd = (flags & FQDN_FWD) !== 0;
  record.fqdnRev = (flags & FQDN_REV) !== 0;
  record.type = type;
  record.prefixLength = prefixLength;
  setRange(record.address, bytes, at + UPDATE_ADDRESS_AT_6, IPV6_BYTES);
  record.iaid = readU32(bytes, at + IAID_AT);
  record.subnetId = readU32(bytes, at + SUBNET_AT);
  record.poolId = readU32(bytes, at + POOL_AT);
  record.preferredLifetimeSec = readU32(bytes, at + PREFERRED_AT);
  record.validLifetimeSec = validLifetimeSec;
  record.expireSec = readU32(bytes, at + CLTT_AT) + validLifetimeSec;
  return null;
}

/** Type and source of the hardware address, which mean nothing without one. */
function readHardware(bytes: Uint8Array, at: number, record: LeaseRecord6): string | null {
  const hwType = readU16(bytes, at + HW_TYPE_AT);
  const hwSource = readU32(bytes, at + HW_SOURCE_AT);
  const hasHw = record.hw.length > 0;
  if (!hasHw && (hwType !== 0 || hwSource !== 0))
    return 'there is no hardware address that has a type or a source';
  record.hwType = hasHw ? hwType : ETHERNET;
  record.hwSource = hwSource;
  return null;
}
