/** Reads one lease of a lease4-get-page reply, as strictly as Kea does: every field must be there with its type. */
import { parseHex } from '../../../base/hex.ts';
import { type Ipv4, parseIpv4 } from '../../../base/ipv4.ts';
import { encodeKeaJson } from '../../../base/kea-json.ts';
import { isJsonMap } from '../../../lease/csv-context.ts';
import { checkExtendedInfo } from '../../../lease/dhcp4/extended-info.ts';
import type { Lease4 } from '../../../lease/dhcp4/model.ts';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../../lease/dhcp4/record.ts';
import { HOSTNAME_BYTES_MAX, USER_CONTEXT_BYTES_MAX } from '../../../lease/limits.ts';
import { LeaseState } from '../../../lease/state.ts';
import { bad, isMap, type JsonMap, member, ok, type Read } from '../../commands/arguments.ts';

const U32_MAX = 0xffffffff;

/** The address under which an entry stands in its page, null when there is none. The page goes on after it. */
export function pageAddress(entry: unknown): Ipv4 | null {
  const text = isMap(entry) ? member(entry, 'ip-address') : null;
  return typeof text === 'string' ? parseIpv4(text) : null;
}

/** @returns the lease, or which field makes the entry worthless */
export function readPageLease(entry: unknown): Read<Lease4> {
  if (!isMap(entry)) return bad('not a map');
  const address = pageAddress(entry);
  if (address === null || address === 0) return bad("no valid 'ip-address'");
  const hwAddress = readHex(entry, 'hw-address', 0, HARDWARE_ADDRESS_BYTES_MAX);
  if (hwAddress === null) return bad("no valid 'hw-address'");
  const clientId =
    member(entry, 'client-id') === undefined ? null : readHex(entry, 'client-id', 1, CLIENT_ID_BYTES_MAX);
  if (clientId === null && member(entry, 'client-id') !== undefined) return bad("invalid 'client-id'");
  const numbers = readNumbers(entry);
  if (!numbers.ok) return numbers;
  const fqdnFwd = member(entry, 'fqdn-fwd');
  const fqdnRev = member(entry, 'fqdn-rev');
  if (typeof fqdnFwd !== 'boolean' || typeof fqdnRev !== 'boolean')
    return bad("no valid 'fqdn-fwd' and 'fqdn-rev'");
  const hostname = member(entry, 'hostname');
  if (typeof hostname !== 'string' || Buffer.byteLength(hostname) > HOSTNAME_BYTES_MAX)
    return bad("no valid 'hostname'");
  const isIdentified = hwAddress.length > 0 || clientId !== null;
  if (!isIdentified && numbers.value.state !== LeaseState.declined)
    return bad('no client: no lease-file row can hold it');
  const userContext = readUserContext(entry);
  if (userContext === null) return bad("invalid 'user-context'");
  return ok({
    address,
    hwAddress,
    clientId,
    ...numbers.value,
    fqdnFwd,
    fqdnRev,
    hostname: hostname.toLowerCase(),
    userContext,
  });
}

type LeaseNumbers = Pick<Lease4, 'validLifetimeSec' | 'clttSec' | 'subnetId' | 'poolId' | 'state'>;

function readNumbers(entry: JsonMap): Read<LeaseNumbers> {
  const validLifetimeSec = integer(entry, 'valid-lft', 0, U32_MAX);
  if (validLifetimeSec === null) return bad("no valid 'valid-lft'");
  const clttSec = integer(entry, 'cltt', 1, U32_MAX);
  if (clttSec === null) return bad("no valid 'cltt'");
  const subnetId = integer(entry, 'subnet-id', 1, U32_MAX - 1);
  if (subnetId === null) return bad("no valid 'subnet-id'");
  const poolId = member(entry, 'pool-id') === undefined ? 0 : integer(entry, 'pool-id', 1, U32_MAX);
  if (poolId === null) return bad("invalid 'pool-id'");
  const state = readState(member(entry, 'state'));
  if (state === null) return bad("no valid 'state'");
  return ok({ validLifetimeSec, clttSec, subnetId, poolId, state });
}

function readState(value: unknown): LeaseState | null {
  const states: readonly LeaseState[] = [
    LeaseState.assigned,
    LeaseState.declined,
    LeaseState.expiredReclaimed,
    LeaseState.released,
  ];
  return states.find((state) => state === value) ?? null;
}

function integer(entry: JsonMap, name: string, min: number, max: number): number | null {
  const value = member(entry, name);
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : null;
}

function readHex(entry: JsonMap, name: string, octetsMin: number, octetsMax: number): Uint8Array | null {
  const text = member(entry, name);
  // Two digits and a colon an octet: longer texts are not worth parsing.
  if (typeof text !== 'string' || text.length > octetsMax * 3) return null;
  const bytes = parseHex(text);
  return bytes !== null && bytes.length >= octetsMin && bytes.length <= octetsMax ? bytes : null;
}

function readUserContext(entry: JsonMap): string | null {
  const context = member(entry, 'user-context');
  if (context === undefined) return '';
  if (!isMap(context)) return null;
  try {
    const { text } = checkExtendedInfo(encodeKeaJson(context), 'fix');
    if (text === '') return '';
    const bytes = Buffer.from(text);
    // Only what the lease file's own reader takes may be stored.
    return bytes.length <= USER_CONTEXT_BYTES_MAX && isJsonMap(bytes, 0, bytes.length) ? text : null;
  } catch {
    // Nested so deeply that it cannot be written: JSON.parse copes with any depth, JSON.stringify does not.
    return null;
  }
}
