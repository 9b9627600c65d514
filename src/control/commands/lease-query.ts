/** The lease commands that only read: leaseX-get, -get-all, -get-page. */
import { EncodedJson } from '../../base/encoded-json.ts';
import type { LeaseStoreOf } from '../../lease/store.ts';
import { type Answer, failure, Result, success } from '../answer.ts';
import { isMap, NOT_A_MAP } from '../arguments.ts';
import { found, leaseList } from './lease-answer.ts';
import type { CommandLease, LeaseFamily } from './lease-family.ts';
import { LeaseFault } from './lease-fault.ts';
import { leaseListArguments } from './lease-json.ts';
import type { LeaseCommandParts } from './lease-parts.ts';
import { wrongFrom } from './lease-words.ts';

/** Leases in one answer; about 30 MB. More would hold up the partner's heartbeats and updates. */
export const ANSWER_LEASES_MAX = 100_000;
const LIMIT_MAX = 0xffffffff;

export function leaseGet<
  Lease extends CommandLease,
  Address,
  From,
  Subnets,
  Store extends LeaseStoreOf<Lease, Address, From>,
>(
  family: LeaseFamily<Lease, Address, From, Subnets, Store>,
  { store }: Pick<LeaseCommandParts<Lease, Address, From, Subnets, Store>, 'store'>,
  args: unknown,
): Answer {
  const lease = family.identify(store, args, 'Query');
  if (lease instanceof LeaseFault) return lease.answer();
  return lease === null
    ? failure('Lease not found.', Result.empty)
    : success(`IPv${family.version} lease found.`, new EncodedJson(family.encode(lease, 'released')));
}

/** Without arguments, all leases; with them, those of the subnets named. */
export async function leaseGetAll<
  Lease extends CommandLease,
  Address,
  From,
  Subnets,
  Store extends LeaseStoreOf<Lease, Address, From>,
>(
  family: LeaseFamily<Lease, Address, From, Subnets, Store>,
  parts: LeaseCommandParts<Lease, Address, From, Subnets, Store>,
  args: unknown,
): Promise<Answer> {
  const { store } = parts;
  const wrong = wrongSubnets(args);
  if (wrong !== null) return failure(wrong);
  const subnets = isMap(args) ? (args['subnets'] as number[]) : null;
  const tooMany = failure(`more than ${ANSWER_LEASES_MAX} leases: use lease${family.version}-get-page`);
  if (subnets === null && store.count() > ANSWER_LEASES_MAX) return tooMany;
  const leases = store.all(subnets);
  return leases.length > ANSWER_LEASES_MAX ? tooMany : leaseList(family, parts, leases);
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
export async function leaseGetPage<
  Lease extends CommandLease,
  Address,
  From,
  Subnets,
  Store extends LeaseStoreOf<Lease, Address, From>,
>(
  family: LeaseFamily<Lease, Address, From, Subnets, Store>,
  parts: LeaseCommandParts<Lease, Address, From, Subnets, Store>,
  args: unknown,
): Promise<Answer> {
  if (args === undefined)
    return failure(`no parameters specified for the lease${family.version}-get-page command`);
  if (!isMap(args)) return failure(NOT_A_MAP);
  const from = args['from'] === 'start' ? family.start : family.readFrom(args['from']);
  if (from === null && args['from'] !== 'start') return failure(wrongFrom(args['from'], family.version));
  const limit = args['limit'];
  if (!isLimit(limit)) return failure(wrongLimit(limit));
  const leases = parts.store.page(from as From, Math.min(limit, ANSWER_LEASES_MAX + 1));
  if (leases.length > ANSWER_LEASES_MAX)
    return failure(`more than ${ANSWER_LEASES_MAX} leases in a page: lower 'limit' (sync-page-limit)`);
  // Kea before 2.7 refuses a page with a lease in state released; another Tandem says so and can read every state.
  const shownAs =
    parts.caller === 'administrator' || args['tandem'] !== undefined ? 'released' : 'expired-reclaimed';
  const shown = { counted: true, releasedAs: shownAs } as const;
  const page = await leaseListArguments(leases, family.encode, shown, parts.yieldTurn);
  return found(family.version, leases.length, page);
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
