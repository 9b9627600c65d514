/** Reads those members of a lease in a command that leases of both families have, in the words of Kea. */
import { encodeKeaJson } from '../../base/kea-json.ts';
import type { LifetimeConfig } from '../../config/model.ts';
import { HOSTNAME_BYTES_MAX } from '../../lease/limits.ts';
import { LeaseState } from '../../lease/state.ts';
import { type ArgumentMap, isMap } from '../arguments.ts';
import { LeaseFault } from './lease-fault.ts';
import { wrongInteger, wrongParameter } from './lease-words.ts';

export const U32_MAX = 0xffffffff;
/** 2^32-1 is no subnet id in Kea. */
export const SUBNET_ID_MAX = U32_MAX - 1;

const malformed = LeaseFault.malformed;

export interface LeaseTimes {
  readonly validLifetimeSec: number;
  readonly clttSec: number;
}

export interface LeaseName {
  readonly hostname: string;
  readonly fqdnFwd: boolean;
  readonly fqdnRev: boolean;
}

/** @param describe says what is wrong with a text */
export function wrongOctets(name: string, value: unknown, describe: (text: string) => string): LeaseFault {
  return malformed(typeof value === 'string' ? describe(value) : wrongParameter(name, value));
}

/** valid-lft, by default that of the subnet, and expire. @param address for refusals */
export function readTimes(
  args: ArgumentMap,
  address: string,
  subnet: { readonly validLifetime: LifetimeConfig },
  nowSec: number,
): LeaseTimes | LeaseFault {
  const { 'valid-lft': validLifetimeSec = subnet.validLifetime.defaultSec, expire: expireSec } = args;
  if (!isInteger(validLifetimeSec, 0, U32_MAX)) return malformed(wrongInteger('valid-lft', validLifetimeSec));
  if (expireSec === undefined) return { validLifetimeSec, clttSec: nowSec };
  if (typeof expireSec !== 'number' || !Number.isInteger(expireSec))
    return malformed(wrongParameter('expire', expireSec));
  if (expireSec < 1) return malformed(`expiration time must be positive for address ${address}`);
  const clttSec = expireSec - validLifetimeSec;
  if (clttSec < 0)
    return malformed(`expiration time must be greater than valid lifetime for address ${address}`);
  if (clttSec > U32_MAX) return malformed(wrongInteger('expire', expireSec));
  return { validLifetimeSec, clttSec };
}

/** hostname, fqdn-fwd and fqdn-rev. */
export function readName(args: ArgumentMap): LeaseName | LeaseFault {
  const { hostname = '', 'fqdn-fwd': fqdnFwd = false, 'fqdn-rev': fqdnRev = false } = args;
  if (typeof fqdnFwd !== 'boolean') return malformed(wrongParameter('fqdn-fwd', fqdnFwd));
  if (typeof fqdnRev !== 'boolean') return malformed(wrongParameter('fqdn-rev', fqdnRev));
  if (typeof hostname !== 'string') return malformed(wrongParameter('hostname', hostname));
  const name = normalize(hostname);
  // Every character is an octet or more; only a name that is not plainly short must be measured.
  if (name.length * 3 > HOSTNAME_BYTES_MAX && Buffer.byteLength(name) > HOSTNAME_BYTES_MAX)
    return malformed("'hostname' must have at most 255 octets");
  if ((fqdnFwd || fqdnRev) && name === '')
    return malformed('No hostname specified and either forward or reverse fqdn was set to true.');
  return { hostname: name, fqdnFwd, fqdnRev };
}

/** The state of a lease. @param max the largest that the family has */
export function readState(
  { state = LeaseState.assigned }: ArgumentMap,
  max: LeaseState,
): LeaseState | LeaseFault {
  if (!isInteger(state, 0, U32_MAX)) return malformed(wrongInteger('state', state));
  return state <= max ? (state as LeaseState) : malformed(`Invalid state value: ${state}, ${SUPPORTED[max]}`);
}

/** By the largest state. */
const SUPPORTED: Readonly<Record<number, string>> = {
  [LeaseState.released]:
    'supported values are: 0 (default), 1 (declined), 2 (expired-reclaimed) and 3 (released)',
  [LeaseState.registered]:
    'supported values are: 0 (default), 1 (declined), 2 (expired-reclaimed), 3 (released) and 4 (registered)',
};

export function wrongContext(context: unknown): string {
  if (context !== undefined && !isMap(context))
    return `Invalid user context '${encodeKeaJson(context).slice(0, 64)}' is not a JSON map.`;
  return "'user-context' must be a map, not too deep and at most 12,288 octets, and 'comment' a text";
}

/**
 * Lower case, as Kea stores it: ASCII alone, so that no name grows. What could not be read as UTF-8 becomes '?', one for
 * each: a client may send any octets as its name, and the peer that passes them on is not at fault.
 */
function normalize(hostname: string): string {
  if (hostname === '') return '';
  const name = hostname.isWellFormed() ? hostname : hostname.toWellFormed();
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()).replaceAll('\ufffd', '?');
}

export function isInteger(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
