/**
 * Writes rows of Kea's lease file (memfile, DHCPv6), straight from byte ranges, see csv-write.ts:
 *
 *     address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,
 *     hwaddr,state,user_context,hwtype,hwaddr_source,pool_id\n
 *
 * A row with valid lifetime 0 deletes the lease. Without a hardware address its type and source are empty, as in Kea.
 */
import { isIpv6Unspecified } from '../../base/ipv6.ts';
import {
  COMMA,
  DECIMAL_SAFE_BYTES,
  DECIMAL_U32_BYTES,
  ESCAPED_BYTES,
  NEWLINE,
  writeDecimal,
  writeHexRange,
  writeTextRange,
  ZERO,
} from '../csv-write.ts';
import { HOSTNAME_BYTES_MAX, USER_CONTEXT_BYTES_MAX } from '../limits.ts';
import { LeaseState } from '../state.ts';
import { ADDRESS_TEXT_BYTES, writeAddress } from './csv-address.ts';
import { ADDRESS_BITS, ADDRESS_BYTES, LeaseType } from './model.ts';
import { hasHostBits } from './prefix.ts';
import { DUID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX, type LeaseRecord6 } from './record.ts';

/** The columns in their order, schema 5.0 of Kea 2.4 and later. */
export const LEASE_FILE_COLUMNS_6 = [
  'address',
  'duid',
  'valid_lifetime',
  'expire',
  'subnet_id',
  'pref_lifetime',
  'lease_type',
  'iaid',
  'prefix_len',
  'fqdn_fwd',
  'fqdn_rev',
  'hostname',
  'hwaddr',
  'state',
  'user_context',
  'hwtype',
  'hwaddr_source',
  'pool_id',
] as const;

/** The longest row: every field at its longest, every octet of both texts escaped. It fits one record of a byte ring. */
export const ROW_BYTES_MAX_6 =
  ADDRESS_TEXT_BYTES +
  DUID_BYTES_MAX * 3 +
  DECIMAL_U32_BYTES * 6 + // valid_lifetime, subnet_id, pref_lifetime, iaid, hwaddr_source, pool_id
  DECIMAL_SAFE_BYTES + // expire
  4 + // lease_type, fqdn_fwd, fqdn_rev, state
  3 + // prefix_len
  5 + // hwtype
  HARDWARE_ADDRESS_BYTES_MAX * 3 +
  HOSTNAME_BYTES_MAX * ESCAPED_BYTES +
  USER_CONTEXT_BYTES_MAX * ESCAPED_BYTES +
  LEASE_FILE_COLUMNS_6.length; // commas and the newline

/**
 * Writes one row, its newline included. Every row that it writes can be read again by Tandem, and by Kea unless the DUID
 * is one that RFC 8415 does not know: shorter than 3 octets, or (Kea 2.2) longer than 128.
 * @param lease numbers within the ranges of `LeaseRecord6`
 * @returns the offset behind the row; `at` itself when no row stands for this lease (`hasRow6`) or `out` has no room
 */
export function encodeRow6(out: Uint8Array, at: number, lease: LeaseRecord6): number {
  if (!hasRow6(lease)) return at;
  let end = writeAddress(out, at, lease.address.bytes, lease.address.offset);
  out[end++] = COMMA;
  end = writeHexRange(out, end, lease.duid);
  out[end++] = COMMA;
  end = writeDecimal(out, end, lease.validLifetimeSec);
  out[end++] = COMMA;
  end = writeDecimal(out, end, lease.expireSec);
  out[end++] = COMMA;
  end = writeDecimal(out, end, lease.subnetId);
  out[end++] = COMMA;
  end = writeDecimal(out, end, lease.preferredLifetimeSec);
  out[end++] = COMMA;
  out[end++] = ZERO + lease.type;
  out[end++] = COMMA;
  end = writeDecimal(out, end, lease.iaid);
  out[end++] = COMMA;
  end = writeDecimal(out, end, lease.prefixLength);
  end = writeRest(out, end, lease);
  return end <= out.length ? end : at;
}

/** What stands behind prefix_len, the comma before it included. */
function writeRest(out: Uint8Array, end: number, lease: LeaseRecord6): number {
  out[end++] = COMMA;
  out[end++] = lease.fqdnFwd ? ZERO + 1 : ZERO;
  out[end++] = COMMA;
  out[end++] = lease.fqdnRev ? ZERO + 1 : ZERO;
  out[end++] = COMMA;
  end = writeTextRange(out, end, lease.hostname);
  out[end++] = COMMA;
  end = writeHexRange(out, end, lease.hw);
  out[end++] = COMMA;
  out[end++] = ZERO + lease.state;
  out[end++] = COMMA;
  end = writeTextRange(out, end, lease.userContext);
  out[end++] = COMMA;
  const hasHw = lease.hw.length > 0;
  if (hasHw) end = writeDecimal(out, end, lease.hwType);
  out[end++] = COMMA;
  if (hasHw) end = writeDecimal(out, end, lease.hwSource);
  out[end++] = COMMA;
  end = writeDecimal(out, end, lease.poolId);
  out[end++] = NEWLINE;
  return end;
}

/** Whether a row can stand for this lease: every field fits its column, and the state is one that a file knows. */
export function hasRow6(lease: LeaseRecord6): boolean {
  const { address, duid } = lease;
  return (
    address.length === ADDRESS_BYTES &&
    !isIpv6Unspecified(address.bytes, address.offset) &&
    duid.length >= 1 &&
    duid.length <= DUID_BYTES_MAX &&
    lease.hw.length <= HARDWARE_ADDRESS_BYTES_MAX &&
    lease.hostname.length <= HOSTNAME_BYTES_MAX &&
    lease.userContext.length <= USER_CONTEXT_BYTES_MAX &&
    lease.state <= LeaseState.registered &&
    isPrefixLength(lease.type, lease.prefixLength) &&
    !hasHostBits(address.bytes, address.offset, lease.prefixLength)
  );
}

/** Whether a lease of a type can have a prefix length: 128 for an address, 1..128 for a prefix. */
export function isPrefixLength(type: number, length: number): boolean {
  return type === LeaseType.pd ? length >= 1 && length <= ADDRESS_BITS : length === ADDRESS_BITS;
}
