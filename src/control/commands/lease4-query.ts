/** The lease commands that only read: lease4-get, -get-all, -get-page, -get-by-hw-address, -get-by-client-id. */
import { isIPv6 } from 'node:net';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/dhcp4/record.ts';
import { type Answer, failure, Result, success } from '../answer.ts';
import { isMap, NOT_A_MAP } from '../arguments.ts';
import { found, leaseList, readText } from './lease4-answer.ts';
import { LeaseFault } from './lease4-fault.ts';
import { identifyLease } from './lease4-identify.ts';
import { leaseArguments, leaseListArguments } from './lease4-json.ts';
import type { LeaseCommandParts } from './lease4-parts.ts';
import { readAddress, readOctets } from './lease4-text.ts';
import { wrongClientId, wrongHwAddress } from './lease4-words.ts';

/** Leases in one answer; about 30 MB. More would hold up the partner's heartbeats and updates. */
export const ANSWER_LEASES_MAX = 100_000;
const LIMIT_MAX = 0xffffffff;

export function leaseGet({ store }: LeaseCommandParts, args: unknown): Answer {
  const lease = identifyLease(store, args, 'Query');
  if (lease instanceof LeaseFault) return lease.answer();
  return lease === null
    ? failure('Lease not found.', Result.empty)
    : success('IPv4 lease found.', leaseArguments(lease));
}

/** Without arguments, all leases; with them, those of the subnets named. */
export async function leaseGetAll(parts: LeaseCommandParts, args: unknown): Promise<Answer> {
  const { store } = parts;
  const wrong = wrongSubnets(args);
  if (wrong !== null) return failure(wrong);
  const subnets = isMap(args) ? (args['subnets'] as number[]) : null;
  const tooMany = failure(`more than ${ANSWER_LEASES_MAX} leases: use lease4-get-page`);
  if (subnets === null && store.count() > ANSWER_LEASES_MAX) return tooMany;
  const leases = store.all(subnets);
  return leases.length > ANSWER_LEASES_MAX ? tooMany : leaseList(parts, leases);
}

/** Why these arguments name no subnets, or null. */
function wrongSubnets(args: unknown): string | null {
  if (args === undefined) return null;
  if (!isMap(args)) return NOT_A_MAP;
  const { subnets } = args;
  if (subnets === undefined) return "'subnets' parameter not specified";
  if (!Array.isArray(subnets)) return "'subnets' parameter must be a list";
  return subnets.every((id) => Number.isInteger(id)) ? null : 'listed subnet identifiers must be numbers';
}

/**
 * `{"from": "start" | ADDRESS, "limit": N}` gives the next N leases above the address. A page is never cut below its
 * limit: whoever asks would take a short page for the last one.
 */
export async function leaseGetPage(parts: LeaseCommandParts, args: unknown): Promise<Answer> {
  if (args === undefined) return failure('no parameters specified for the lease4-get-page command');
  if (!isMap(args)) return failure(NOT_A_MAP);
  const from = args['from'] === 'start' ? -1 : readAddress(args['from']);
  if (from === null) return failure(wrongFrom(args['from']));
  const limit = args['limit'];
  if (!isLimit(limit)) return failure(wrongLimit(limit));
  const leases = parts.store.page(from, Math.min(limit, ANSWER_LEASES_MAX + 1));
  if (leases.length > ANSWER_LEASES_MAX)
    return failure(`more than ${ANSWER_LEASES_MAX} leases in a page: lower 'limit' (sync-page-limit)`);
  // Kea before 2.7 refuses a page with a lease in state released; another Tandem says so and can read every state.
  const shownAs =
    parts.caller === 'administrator' || args['tandem'] !== undefined ? 'released' : 'expired-reclaimed';
  const page = await leaseListArguments(leases, { counted: true, releasedAs: shownAs }, parts.yieldTurn);
  return found(leases.length, page);
}

function wrongFrom(from: unknown): string {
  if (from === undefined) return "'from' parameter not specified";
  if (typeof from !== 'string') return "'from' parameter must be a string";
  return isIPv6(from)
    ? `'from' parameter value ${from} is not an IPv4 address`
    : "'from' parameter value is neither 'start' keyword nor a valid IPv4 address";
}

function isLimit(limit: unknown): limit is number {
  return typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX;
}

function wrongLimit(limit: unknown): string {
  if (limit === undefined) return "'limit' parameter not specified";
  if (typeof limit !== 'number' || !Number.isInteger(limit)) return "'limit' parameter must be a number";
  const bound = limit === 0 ? 'not be 0' : `not be greater than ${LIMIT_MAX}`;
  return `page size of retrieved leases must ${bound}`;
}

export async function leaseGetByHwAddress(parts: LeaseCommandParts, args: unknown): Promise<Answer> {
  const text = readText(args, 'hw-address');
  if (!text.ok) return failure(text.error);
  const hwAddress = readOctets(text.value, HARDWARE_ADDRESS_BYTES_MAX);
  if (hwAddress === null) return failure(wrongHwAddress(text.value));
  return leaseList(parts, parts.store.findByHwAddress(hwAddress, null));
}

export async function leaseGetByClientId(parts: LeaseCommandParts, args: unknown): Promise<Answer> {
  const text = readText(args, 'client-id');
  if (!text.ok) return failure(text.error);
  const clientId = readOctets(text.value, CLIENT_ID_BYTES_MAX);
  if (clientId === null || clientId.length === 0) return failure(wrongClientId(text.value));
  return leaseList(parts, parts.store.findByClientId(clientId, null));
}
