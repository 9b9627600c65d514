/** What becomes of a lease that the client has already. */
import { LeaseState } from '../../../lease/state.ts';
import { clttAfter } from '../../leases/cltt.ts';
import type { Context6 } from '../context.ts';
import { type Binding, Fate, type PlannedIa } from './ia-plan.ts';
import { isOverLimit } from './occupy.ts';
import { homeOf, leaseTypeOf, poolAt6 } from './own-leases.ts';

/** That of a row which stands in no queue of offers. */
const NO_OFFER_MARK = 0;

/**
 * Lets an identity association have a row that is its own; null when the plan has no room for it, or when it is no lease any more,
 * or none yet, and would be one too many.
 */
export function keep(context: Context6, ia: PlannedIa, slot: number): Binding | null {
  const { book, hosts, leaseLimits, plan } = context;
  const { rows } = book.table;
  const at = rows.addressOffset(slot);
  const prefixLength = rows.prefixLength(slot);
  const subnet = homeOf(context, slot)!;
  const type = leaseTypeOf(ia.code);
  if (leaseLimits !== null && rows.state(slot) !== LeaseState.assigned) {
    if (isOverLimit(context, ia, subnet, slot)) return null;
    if (!leaseLimits.keepClasses(context, slot)) {
      plan.isOutOfMemory = true;
      return null;
    }
  }
  const binding = plan.add(Fate.kept, slot, rows.bytes, at, prefixLength);
  if (binding === null) return null;
  if (rows.state(slot) === LeaseState.offered) guardOffer(context, slot);
  binding.subnet = subnet;
  binding.pool = poolAt6(context, subnet, type, rows.bytes, at, prefixLength);
  const reserved = hosts.reservationAt(subnet, type, rows.bytes, at);
  binding.excluded = reserved?.excluded ?? binding.pool?.excluded ?? null;
  return binding;
}

/** Nobody may take an offer back that the message in work is about, be it over or too old. */
function guardOffer({ book, nowSec, settings }: Context6, slot: number): void {
  const { rows } = book.table;
  rows.setOfferMark(slot, NO_OFFER_MARK);
  const clttSec = clttAfter(rows.clttSec(slot), nowSec, false);
  rows.setTimes(slot, clttSec, settings.offerHoldSec, settings.offerHoldSec);
  book.hold(rows.bytes, rows.addressOffset(slot));
}

/**
 * Whether the client may keep a row of its own: it lies in a pool that is open to it, or is reserved for it, and is kept for
 * nobody else. One that has ended is the client's as long as nobody else has got it.
 */
export function mayKeep(context: Context6, slot: number): boolean {
  const { book, hosts } = context;
  const { rows } = book.table;
  const at = rows.addressOffset(slot);
  if (hosts.isKeptFromClient(rows.bytes, at)) return false;
  const subnet = homeOf(context, slot)!;
  const type = rows.type(slot);
  return (
    poolAt6(context, subnet, type, rows.bytes, at, rows.prefixLength(slot)) !== null ||
    hosts.reservationAt(subnet, type, rows.bytes, at) !== null
  );
}

/** Whether a row is reserved for the client. */
export function isReserved(context: Context6, slot: number): boolean {
  const { rows } = context.book.table;
  const subnet = homeOf(context, slot)!;
  return context.hosts.reservationAt(subnet, rows.type(slot), rows.bytes, rows.addressOffset(slot)) !== null;
}

/** Ends the lease of a row of the client's, unless the message gives it to another identity association. */
export function revoke({ book, plan }: Context6, slot: number): void {
  if (plan.isGiven(slot) || plan.isRevoked(slot)) return;
  const { rows } = book.table;
  plan.add(Fate.revoked, slot, rows.bytes, rows.addressOffset(slot), rows.prefixLength(slot));
}
