/** Reads those members of a lease of a leaseX-get-page reply that leases of both families have, as strictly as Kea does. */
import { parseHex } from '../../base/hex.ts';
import { encodeKeaJson } from '../../base/kea-json.ts';
import { isJsonMap } from '../../lease/csv-context.ts';
import { HOSTNAME_BYTES_MAX, USER_CONTEXT_BYTES_MAX } from '../../lease/limits.ts';
import { LeaseState } from '../../lease/state.ts';
import { bad, isMap, type JsonMap, member, ok, type Read } from '../commands/arguments.ts';

export const U32_MAX = 0xffffffff;

export interface LeaseName {
  readonly hostname: string;
  readonly fqdnFwd: boolean;
  readonly fqdnRev: boolean;
}

export function readName(entry: JsonMap): Read<LeaseName> {
  const fqdnFwd = member(entry, 'fqdn-fwd');
  const fqdnRev = member(entry, 'fqdn-rev');
  if (typeof fqdnFwd !== 'boolean' || typeof fqdnRev !== 'boolean')
    return bad("no valid 'fqdn-fwd' and 'fqdn-rev'");
  const hostname = member(entry, 'hostname');
  if (typeof hostname !== 'string' || Buffer.byteLength(hostname) > HOSTNAME_BYTES_MAX)
    return bad("no valid 'hostname'");
  return ok({ hostname: hostname.toLowerCase(), fqdnFwd, fqdnRev });
}

export interface LeaseNumbers {
  readonly validLifetimeSec: number;
  readonly clttSec: number;
  readonly subnetId: number;
  readonly poolId: number;
  readonly state: LeaseState;
}

/** @param stateMax the largest state that a lease of the family has */
export function readNumbers(entry: JsonMap, stateMax: LeaseState): Read<LeaseNumbers> {
  const validLifetimeSec = integer(entry, 'valid-lft', 0, U32_MAX);
  if (validLifetimeSec === null) return bad("no valid 'valid-lft'");
  const clttSec = integer(entry, 'cltt', 1, U32_MAX);
  if (clttSec === null) return bad("no valid 'cltt'");
  const subnetId = integer(entry, 'subnet-id', 1, U32_MAX - 1);
  if (subnetId === null) return bad("no valid 'subnet-id'");
  const poolId = member(entry, 'pool-id') === undefined ? 0 : integer(entry, 'pool-id', 1, U32_MAX);
  if (poolId === null) return bad("invalid 'pool-id'");
  const state = readState(member(entry, 'state'), stateMax);
  if (state === null) return bad("no valid 'state'");
  return ok({ validLifetimeSec, clttSec, subnetId, poolId, state });
}

function readState(value: unknown, max: LeaseState): LeaseState | null {
  const states: readonly LeaseState[] = [
    LeaseState.assigned,
    LeaseState.declined,
    LeaseState.expiredReclaimed,
    LeaseState.released,
    LeaseState.registered,
  ];
  return states.find((state) => state === value && state <= max) ?? null;
}

/** A whole number within bounds, or null. */
export function integer(entry: JsonMap, name: string, min: number, max: number): number | null {
  const value = member(entry, name);
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : null;
}

/** Octets in hexadecimal, or null. */
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

/** The text of the user context, empty when there is none, null when it cannot be kept. @param correct puts it right */
export function readUserContext(entry: JsonMap, correct: (text: string) => string): string | null {
  const context = member(entry, 'user-context');
  if (context === undefined) return '';
  if (!isMap(context)) return null;
  try {
    const text = correct(encodeKeaJson(context));
    if (text === '') return '';
    const bytes = Buffer.from(text);
    // Only what the lease file's own reader takes may be stored.
    return bytes.length <= USER_CONTEXT_BYTES_MAX && isJsonMap(bytes, 0, bytes.length) ? text : null;
  } catch {
    // Nested so deeply that it cannot be written: JSON.parse copes with any depth, JSON.stringify does not.
    return null;
  }
}
