/**
 * DHCPv6 lease updates as a Kea reads them: the request lease6-bulk-apply, written as JSON bytes straight from byte ranges,
 * because every lease change of a pair with a Kea passes through here.
 *
 *     {"command":"lease6-bulk-apply","service":["dhcp6"],"arguments":{"deleted-leases":[LEASE,..],
 *      "leases":[LEASE,..],"origin":"ha-partner"}}
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

const BULK_START = ascii(
  '{"command":"lease6-bulk-apply","service":["dhcp6"],"arguments":{"deleted-leases":[',
);
const BULK_BETWEEN = ascii('],"leases":[');
const BULK_END = ascii('],"origin":"ha-partner"}}');
const COMMA = 0x2c;

/** Room that a request needs besides its leases. */
export const BULK_APPLY_BYTES_6 = BULK_START.length + BULK_BETWEEN.length + BULK_END.length;

/**
 * Writes the request that applies leases, the deletions first, as Kea does.
 * @param out has room for BULK_APPLY_BYTES_6 octets from `at` on, and for LEASE_UPDATE_BYTES_MAX_6, the user context and a
 * comma for each lease
 * @param deletions within the bounds of `LeaseRecord6`, state 0..4; expireSec below 2^53
 * @param leases the same
 * @returns the offset behind the last octet written
 */
export function encodeBulkApply6(
  out: Uint8Array,
  at: number,
  deletions: Iterable<LeaseRecord6>,
  leases: Iterable<LeaseRecord6>,
): number {
  at = encodeLeases(out, writeAll(out, at, BULK_START), deletions);
  at = encodeLeases(out, writeAll(out, at, BULK_BETWEEN), leases);
  return writeAll(out, at, BULK_END);
}

function encodeLeases(out: Uint8Array, at: number, leases: Iterable<LeaseRecord6>): number {
  const start = at;
  for (const lease of leases) {
    if (at > start) out[at++] = COMMA;
    at = encodeLeaseJson6(out, at, lease);
  }
  return at;
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
