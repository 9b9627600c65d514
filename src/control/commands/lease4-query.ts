/** The lease commands that only read: lease4-get, -get-all, -get-page, -get-by-hw-address, -get-by-client-id. */
import type { Lease4 } from '../../lease/model.ts';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/record.ts';
import { type Answer, failure, Result, success } from '../answer.ts';
import { isMap } from '../arguments.ts';
import { LeaseFault } from './lease4-fault.ts';
import { identifyLease } from './lease4-identify.ts';
import { leaseArguments, leaseListArguments, type ReleasedAs } from './lease4-json.ts';
import type { LeaseCommandParts } from './lease4-parts.ts';
import { readAddress, readOctets } from './lease4-text.ts';

/** Leases in one answer; about 30 MB. More would hold up the partner's heartbeats and updates. */
export const ANSWER_LEASES_MAX = 100_000;

export function leaseGet({ store }: LeaseCommandParts, args: unknown): Answer {
  const lease = identifyLease(store, args);
  if (lease instanceof LeaseFault) return lease.answer();
  return lease === null
    ? failure('Lease not found.', Result.empty)
    : success('IPv4 lease found.', leaseArguments(lease));
}

export async function leaseGetAll(parts: LeaseCommandParts, args: unknown): Promise<Answer> {
  const { store } = parts;
  const subnets = isMap(args) ? args['subnets'] : undefined;
  if (subnets !== undefined && !isIdList(subnets)) return failure("'subnets' must be a list of subnet ids");
  const tooMany = failure(`more than ${ANSWER_LEASES_MAX} leases: use lease4-get-page`);
  if (subnets === undefined && store.count() > ANSWER_LEASES_MAX) return tooMany;
  const leases = store.all(subnets ?? null);
  return leases.length > ANSWER_LEASES_MAX ? tooMany : leaseList(parts, leases);
}

/**
 * `{"from": "start" | ADDRESS, "limit": N}` gives the next N leases above the address. A page is never cut below its
 * limit: whoever asks would take a short page for the last one.
 */
export async function leaseGetPage(
  parts: LeaseCommandParts,
  args: unknown,
  releasedAs: ReleasedAs,
): Promise<Answer> {
  if (!isMap(args)) return failure("'from' and 'limit' parameters are needed");
  const from = args['from'] === 'start' ? -1 : readAddress(args['from']);
  if (from === null) return failure("'from' must be start or an IPv4 address");
  const limit = args['limit'];
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > 0xffffffff)
    return failure("'limit' must be an integer, 1 to 4294967295");
  const leases = parts.store.page(from, Math.min(limit, ANSWER_LEASES_MAX + 1));
  if (leases.length > ANSWER_LEASES_MAX)
    return failure(`more than ${ANSWER_LEASES_MAX} leases in a page: lower 'limit' (sync-page-limit)`);
  // Another Tandem says so and can read every state.
  const shownAs = args['tandem'] === undefined ? releasedAs : 'released';
  const page = await leaseListArguments(leases, { counted: true, releasedAs: shownAs }, parts.yieldTurn);
  return found(leases.length, page);
}

export async function leaseGetByHwAddress(parts: LeaseCommandParts, args: unknown): Promise<Answer> {
  const hwAddress = isMap(args) ? readOctets(args['hw-address'], HARDWARE_ADDRESS_BYTES_MAX) : null;
  if (hwAddress === null) return failure("'hw-address' must be octets in hexadecimal");
  return leaseList(parts, parts.store.findByHwAddress(hwAddress, null));
}

export async function leaseGetByClientId(parts: LeaseCommandParts, args: unknown): Promise<Answer> {
  const clientId = isMap(args) ? readOctets(args['client-id'], CLIENT_ID_BYTES_MAX) : null;
  if (clientId === null) return failure("'client-id' must be octets in hexadecimal");
  return leaseList(parts, parts.store.findByClientId(clientId, null));
}

async function leaseList(parts: LeaseCommandParts, leases: readonly Lease4[]): Promise<Answer> {
  const list = await leaseListArguments(leases, { counted: false, releasedAs: 'released' }, parts.yieldTurn);
  return found(leases.length, list);
}

function found(count: number, args: unknown): Answer {
  const result = count > 0 ? Result.success : Result.empty;
  return { result, text: `${count} IPv4 lease(s) found.`, arguments: args };
}

function isIdList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((id) => Number.isInteger(id) && id > 0);
}
