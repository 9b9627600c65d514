/** Fields of leases on pages that both families have, read as strictly as Kea does: each must be there with its type. */
import { parseHex } from '../../base/hex.ts';
import { encodeKeaJson } from '../../base/kea-json.ts';
import { isJsonMap } from '../../lease/csv-context.ts';
import { HOSTNAME_BYTES_MAX, USER_CONTEXT_BYTES_MAX } from '../../lease/limits.ts';
import { LeaseState } from '../../lease/state.ts';
import { bad, isMap, type JsonMap, member, ok, type Read } from '../commands/arguments.ts';

const U32_MAX = 0xffffffff;

export interface LeaseNumbers {
  /** Seconds, u32. */
  readonly validLifetimeSec: number;
  /** Unix seconds, above 0. */
  readonly clttSec: number;
  readonly subnetId: number;
  /** 0 = none. */
  readonly poolId: number;
  readonly state: LeaseState;
}

/** @param statesMax the highest state that a lease of the family can be in */
export function readNumbers(entry: JsonMap, statesMax: LeaseState): Read<LeaseNumbers> {
  const validLifetimeSec = readInteger(entry, 'valid-lft', 0);
  if (validLifetimeSec === null) return bad("no valid 'valid-lft'");
  const clttSec = readInteger(entry, 'cltt', 1);
  if (clttSec === null) return bad("no valid 'cltt'");
  const subnetId = readInteger(entry, 'subnet-id', 1, U32_MAX - 1);
  if (subnetId === null) return bad("no valid 'subnet-id'");
  const poolId = member(entry, 'pool-id') === undefined ? 0 : readInteger(entry, 'pool-id', 1);
  if (poolId === null) return bad("invalid 'pool-id'");
  const state = readState(member(entry, 'state'), statesMax);
  if (state === null) return bad("no valid 'state'");
  return ok({ validLifetimeSec, clttSec, subnetId, poolId, state });
}

function readState(value: unknown, statesMax: LeaseState): LeaseState | null {
  const states = Object.values(LeaseState).filter((state) => state <= statesMax);
  return states.find((state) => state === value) ?? null;
}

export interface LeaseNames {
  readonly fqdnFwd: boolean;
  readonly fqdnRev: boolean;
  readonly hostname: string;
  readonly userContext: string;
}

/** @param checkContext what a user context becomes that is taken; @throws when it cannot be written */
export function readNames(entry: JsonMap, checkContext: (text: string) => string): Read<LeaseNames> {
  const fqdnFwd = member(entry, 'fqdn-fwd');
  const fqdnRev = member(entry, 'fqdn-rev');
  if (typeof fqdnFwd !== 'boolean' || typeof fqdnRev !== 'boolean')
    return bad("no valid 'fqdn-fwd' and 'fqdn-rev'");
  const hostname = member(entry, 'hostname');
  if (typeof hostname !== 'string' || Buffer.byteLength(hostname) > HOSTNAME_BYTES_MAX)
    return bad("no valid 'hostname'");
  const userContext = readUserContext(entry, checkContext);
  if (userContext === null) return bad("invalid 'user-context'");
  return ok({ fqdnFwd, fqdnRev, hostname: hostname.toLowerCase(), userContext });
}

/** A whole number within its bounds, or null. */
export function readInteger(entry: JsonMap, name: string, min: number, max = U32_MAX): number | null {
  const value = member(entry, name);
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : null;
}

/** So many octets in hexadecimal, or null. */
export function readHex(
  entry: JsonMap,
  name: string,
  octetsMin: number,
  octetsMax: number,
): Uint8Array | null {
  const text = member(entry, name);
  // Two digits and a colon an octet: longer texts are not worth parsing.
  if (typeof text !== 'string' || text.length > octetsMax * 3) return null;
  const bytes = parseHex(text);
  return bytes !== null && bytes.length >= octetsMin && bytes.length <= octetsMax ? bytes : null;
}

function readUserContext(entry: JsonMap, check: (text: string) => string): string | null {
  const context = member(entry, 'user-context');
  if (context === undefined) return '';
  if (!isMap(context)) return null;
  try {
    const text = check(encodeKeaJson(context));
    if (text === '') return '';
    const bytes = Buffer.from(text);
    // Only what the lease file's own reader takes may be stored.
    return bytes.length <= USER_CONTEXT_BYTES_MAX && isJsonMap(bytes, 0, bytes.length) ? text : null;
  } catch {
    // Nested so deeply that it cannot be written: JSON.parse copes with any depth, JSON.stringify does not.
    return null;
  }
}
