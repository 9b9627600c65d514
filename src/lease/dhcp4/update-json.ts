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
import { writeDecimal, writeHex, ZERO } from '../csv-write.ts';
import { ascii, writeAll, writeName, writeUserContext } from '../update-text.ts';
import type { LeaseRecord } from './record.ts';

/** Room that one update needs besides its user context: every field at its longest, each hostname octet escaped. */
export const LEASE_UPDATE_BYTES_MAX = 3072;

/** Kea refuses a client identifier with fewer octets. */
const CLIENT_ID_BYTES_MIN = 2;

const ADDRESS_KEY = ascii('{"ip-address":"');
const STATE_AND_HW_KEYS = [0, 1, 2, 3].map((state) => ascii(`","state":${state},"hw-address":"`));
const CLIENT_ID_KEY = ascii('","client-id":"');
const SUBNET_KEY = ascii('","subnet-id":');
const POOL_KEY = ascii(',"pool-id":');
const VALID_KEY = ascii(',"valid-lft":');
const EXPIRE_KEY = ascii(',"expire":');
const UPDATE_END = ascii(',"force-create":true,"origin":"ha-partner"}');
const DELETION_END = ascii(',"origin":"ha-partner"}');

const DOT = 0x2e;

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
  return writeAll(out, writeMembers(out, at, source), isUpdate ? UPDATE_END : DELETION_END);
}

/** All but what stands behind the user context. */
function writeMembers(out: Uint8Array, at: number, source: LeaseRecord): number {
  at = writeAll(out, at, ADDRESS_KEY);
  at = writeAddress(out, at, source.address);
  at = writeAll(out, at, STATE_AND_HW_KEYS[source.state]!);
  at = writeIdentifiers(out, at, source);
  at = writeAll(out, at, SUBNET_KEY);
  at = writeDecimal(out, at, source.subnetId);
  if (source.poolId !== 0) at = writeDecimal(out, writeAll(out, at, POOL_KEY), source.poolId);
  at = writeDecimal(out, writeAll(out, at, VALID_KEY), source.validLifetimeSec);
  at = writeDecimal(out, writeAll(out, at, EXPIRE_KEY), source.expireSec);
  const { hostname, hostnameOffset, hostnameLength, fqdnFwd, fqdnRev } = source;
  at = writeName(out, at, hostname, hostnameOffset, hostnameLength, fqdnFwd, fqdnRev);
  return writeUserContext(out, at, source.userContext, source.userContextOffset, source.userContextLength);
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

function writeIdentifiers(out: Uint8Array, at: number, source: LeaseRecord): number {
  at = writeHex(out, at, source.hw, source.hwOffset, source.hwLength);
  const length = source.clientIdLength;
  if (length >= CLIENT_ID_BYTES_MIN || (length > 0 && source.hwLength === 0)) {
    at = writeAll(out, at, CLIENT_ID_KEY);
    at = writeHex(out, at, source.clientId, source.clientIdOffset, length);
  }
  return at;
}
