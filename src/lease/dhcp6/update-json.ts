/**
 * The DHCPv6 lease update as a Kea reads it: the request lease6-bulk-apply with one lease, written as JSON bytes straight
 * from byte ranges, because every lease change of a pair with a Kea passes through here.
 *
 *     {"command":"lease6-bulk-apply","service":["dhcp6"],"arguments":{"deleted-leases":[],"leases":[LEASE],
 *      "origin":"ha-partner"}}
 *
 * and LEASE is
 *
 *     {"ip-address":"2001:db8::1","type":"IA_PD","prefix-len":56,"state":0,"iaid":1,"duid":"00:01:..",
 *      "hw-address":"0a:..","subnet-id":1,"pool-id":2,"preferred-lft":1800,"valid-lft":3600,"expire":1795218536,
 *      "fqdn-fwd":false,"fqdn-rev":false,"hostname":"","user-context":{..}}
 *
 * prefix-len stands only of a prefix; hw-address, pool-id and user-context only when there is one.
 *
 * Nothing is written that Kea's reader would refuse, because a refused update makes Kea's side take us for broken: the
 * flags are false without a hostname, the DUID of nobody has as many zeros as Kea wants, and octets that are not UTF-8
 * become '?'.
 */
import { COLON, writeDecimal, writeHexRange, ZERO } from '../csv-write.ts';
import { USER_CONTEXT_BYTES_MAX } from '../limits.ts';
import { LeaseState } from '../state.ts';
import { ascii, writeAll, writeName, writeUserContext } from '../update-text.ts';
import { writeAddress } from './csv-address.ts';
import { LeaseType } from './model.ts';
import { isNobody, type LeaseRecord6 } from './record.ts';

/** Room that one lease needs besides its user context: every field at its longest, each hostname octet escaped. */
export const LEASE_UPDATE_BYTES_MAX_6 = 3072;

/** RFC 8415 11.1: a type and one octet; Kea since 2.4 takes no shorter one. */
const DUID_BYTES_MIN = 3;

const ADDRESS_KEY = ascii('{"ip-address":"');
const TYPE_AND_STATE_KEYS = [
  ascii('","type":"IA_NA","state":'),
  ascii('","type":"IA_TA","state":'),
  ascii('","type":"IA_PD","prefix-len":'),
] as const;
const STATE_KEY = ascii(',"state":');
const IAID_KEY = ascii(',"iaid":');
const DUID_KEY = ascii(',"duid":"');
const HW_KEY = ascii('","hw-address":"');
const SUBNET_KEY = ascii('","subnet-id":');
const POOL_KEY = ascii(',"pool-id":');
const PREFERRED_KEY = ascii(',"preferred-lft":');
const VALID_KEY = ascii(',"valid-lft":');
const EXPIRE_KEY = ascii(',"expire":');
const CLOSE_MAP = 0x7d;

const BULK_START = '{"command":"lease6-bulk-apply","service":["dhcp6"],"arguments":{';
// Both are of one length, so that the lease stands at the same place whichever it is.
const UPDATE_START = ascii(`${BULK_START}"deleted-leases":[],"leases":[`);
const DELETION_START = ascii(`${BULK_START}"leases":[],"deleted-leases":[`);
const BULK_END = ascii('],"origin":"ha-partner"}}');

/** Where the JSON of the lease begins in a request. */
export const BULK_LEASE_AT_6 = UPDATE_START.length;
/** What stands in a request behind the JSON of the lease. */
export const BULK_END_BYTES_6 = BULK_END.length;
/** The longest request. */
export const BULK_APPLY_BYTES_MAX_6 =
  BULK_LEASE_AT_6 + LEASE_UPDATE_BYTES_MAX_6 + USER_CONTEXT_BYTES_MAX + BULK_END_BYTES_6;

/**
 * Writes the whole request that applies one lease. A released lease goes out as a deletion: Kea before 2.7 refuses its
 * state and would take this server for broken, and every version knows what a deletion means.
 * @param out has room for BULK_APPLY_BYTES_MAX_6 octets from `at` on, or for as many as this lease needs
 * @param source within the bounds of `LeaseRecord6`, state 0..4; expireSec below 2^53
 * @param isUpdate false: the lease is deleted
 * @returns the offset behind the last octet written
 */
export function encodeBulkApply6(
  out: Uint8Array,
  at: number,
  source: LeaseRecord6,
  isUpdate: boolean,
): number {
  const isKept = isUpdate && source.state !== LeaseState.released;
  at = writeAll(out, at, isKept ? UPDATE_START : DELETION_START);
  return writeAll(out, encodeLeaseJson6(out, at, source), BULK_END);
}

/**
 * Writes one lease.
 * @param out has room for LEASE_UPDATE_BYTES_MAX_6 octets and the user context from `at` on
 * @param source as for `encodeBulkApply6`
 * @returns the offset behind the last octet written
 */
export function encodeLeaseJson6(out: Uint8Array, at: number, source: LeaseRecord6): number {
  const { address, hostname, hw, userContext } = source;
  at = writeAll(out, at, ADDRESS_KEY);
  at = writeAddress(out, at, address.bytes, address.offset);
  at = writeAll(out, at, TYPE_AND_STATE_KEYS[source.type]!);
  if (source.type === LeaseType.pd) at = writeAll(out, writeDecimal(out, at, source.prefixLength), STATE_KEY);
  out[at++] = ZERO + source.state;
  at = writeDecimal(out, writeAll(out, at, IAID_KEY), source.iaid);
  at = writeDuid(out, writeAll(out, at, DUID_KEY), source);
  if (hw.length > 0) at = writeHexRange(out, writeAll(out, at, HW_KEY), hw);
  at = writeDecimal(out, writeAll(out, at, SUBNET_KEY), source.subnetId);
  if (source.poolId !== 0) at = writeDecimal(out, writeAll(out, at, POOL_KEY), source.poolId);
  at = writeDecimal(out, writeAll(out, at, PREFERRED_KEY), source.preferredLifetimeSec);
  at = writeDecimal(out, writeAll(out, at, VALID_KEY), source.validLifetimeSec);
  at = writeDecimal(out, writeAll(out, at, EXPIRE_KEY), source.expireSec);
  at = writeName(out, at, hostname.bytes, hostname.offset, hostname.length, source.fqdnFwd, source.fqdnRev);
  at = writeUserContext(out, at, userContext.bytes, userContext.offset, userContext.length);
  out[at++] = CLOSE_MAP;
  return at;
}

/** Nobody's is one octet in the files of Kea 2.2. */
function writeDuid(out: Uint8Array, at: number, { duid }: LeaseRecord6): number {
  at = writeHexRange(out, at, duid);
  if (duid.length >= DUID_BYTES_MIN || !isNobody(duid.bytes, duid.offset, duid.length)) return at;
  for (let octets = duid.length; octets < DUID_BYTES_MIN; octets++) {
    out[at++] = COLON;
    out[at++] = ZERO;
    out[at++] = ZERO;
  }
  return at;
}
