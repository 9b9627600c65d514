/** What the identity associations of a RENEW or REBIND come to. [RFC8415 18.3.4] [RFC8415 18.3.5] */
import { equalBytes } from '../../../base/byte-range.ts';
import { IPV6_BYTES, isIpv6Unspecified } from '../../../base/ipv6.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { LeaseState } from '../../../lease/state.ts';
import { isRejected } from '../../classes/assign.ts';
import type { Context6 } from '../context.ts';
import { Statuses } from '../reply/status.ts';
import { isAddresses, readWish, refuse, settle, takeNew } from './grant.ts';
import { Fate, type PlannedIa } from './ia-plan.ts';
import { isReserved, keep, mayKeep, revoke } from './keep.ts';
import { findOwn } from './own-leases.ts';
import { takeReserved } from './reservations.ts';

/** Plans what becomes of each identity association of the query. */
export function planExtensions(context: Context6): void {
  const { plan, query } = context;
  const { ias } = query;
  context.leaseLimits?.begin(context, true);
  query.rewindIas();
  while (ias.next() && !plan.isOutOfMemory) {
    const ia = plan.addIa(ias);
    if (ia === null) return;
    if (context.subnet === null) ia.status = isAddresses(ia) ? Statuses.noBinding : Statuses.noPrefixBinding;
    else if (isRejected(context)) refuse(ia);
    else extend(context, ia);
  }
}

function extend(context: Context6, ia: PlannedIa): void {
  const { plan } = context;
  readWish(context, ia);
  findOwn(context, ia);
  // What is reserved comes first, so that the rest is known to be in its place.
  const reserved = takeReserved(context, ia);
  keepLeases(context, ia, reserved !== null);
  if (!hasLease(context, ia) && !keepOffer(context, ia)) takeNew(context, ia);
  if (plan.isOutOfMemory) return;
  refuseOthers(context, ia);
  if (hasLease(context, ia)) settle(context, ia);
  else ia.status = isAddresses(ia) ? Statuses.noAddressNow : Statuses.noPrefixNow;
}

/** Keeps or ends the leases of an identity association. @param hasReserved it has one that is reserved for the client */
function keepLeases(context: Context6, ia: PlannedIa, hasReserved: boolean): void {
  const { book, own, plan } = context;
  for (let i = 0; i < own.count; i++) {
    const slot = own.slots[i]!;
    if (plan.has(slot) || book.table.rows.state(slot) === LeaseState.offered) continue;
    // [Kea] Who gets what is reserved for it gives up what it had instead.
    const stays = mayKeep(context, slot) && (!hasReserved || isReserved(context, slot));
    if (stays) keep(context, ia, slot);
    else revoke(context, slot);
  }
}

/** What the client was advertised is as good as anything else. */
function keepOffer(context: Context6, ia: PlannedIa): boolean {
  const { own, plan } = context;
  for (let i = 0; i < own.count; i++) {
    const slot = own.slots[i]!;
    if (!plan.has(slot) && mayKeep(context, slot) && keep(context, ia, slot) !== null) return true;
  }
  return false;
}

function hasLease({ plan }: Context6, { first, end }: PlannedIa): boolean {
  for (let i = first; i < end; i++) {
    const { fate } = plan.bindings[i]!;
    if (fate === Fate.granted || fate === Fate.kept) return true;
  }
  return false;
}

/** [RFC8415 18.3.4] What the client names beside its leases it hears is none; no prefix is named by a wish for a length. */
function refuseOthers({ plan, query }: Context6, ia: PlannedIa): void {
  const { ias, bytes } = query;
  ias.rewind();
  while (ias.nextBinding()) {
    let isKnown = !isAddresses(ia) && isIpv6Unspecified(bytes, ias.addressOffset);
    for (let i = ia.first; i < ia.end && !isKnown; i++)
      isKnown = equalBytes(plan.bindings[i]!.address, 0, bytes, ias.addressOffset, IPV6_BYTES);
    if (!isKnown) plan.add(Fate.refused, NO_SLOT, bytes, ias.addressOffset, ias.prefixLength);
  }
}
