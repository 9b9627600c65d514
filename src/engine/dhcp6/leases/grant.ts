/** What the identity associations of a SOLICIT or REQUEST get. [RFC8415 18.3.1] [RFC8415 18.3.2] */
import { isIpv6Unspecified } from '../../../base/ipv6.ts';
import { OptionCode } from '../../../dhcp6/codes.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { isRejected } from '../../classes/assign.ts';
import type { Context6 } from '../context.ts';
import { Statuses } from '../reply/status.ts';
import { type Hint, takeAny, takeHint } from './allocate.ts';
import { type Binding, Fate, type PlannedIa } from './ia-plan.ts';
import { isReserved, keep, mayKeep, revoke } from './keep.ts';
import { setLifetimes, setTimers } from './lifetimes.ts';
import { findOwn } from './own-leases.ts';
import { takeReserved } from './reservations.ts';

/** The wish of the identity association in work. */
const hint: Hint = { bytes: new Uint8Array(0), offset: 0, prefixLength: 0 };
let hasHint = false;

/**
 * Plans what each identity association of the query gets.
 * @param isFinal false = nothing is taken from the client yet, since it only hears what it may have
 */
export function planGrants(context: Context6, isFinal: boolean): void {
  const { plan, query } = context;
  const { ias } = query;
  context.leaseLimits?.begin(context, isFinal);
  query.rewindIas();
  while (ias.next() && !plan.isOutOfMemory) {
    const ia = plan.addIa(ias);
    if (ia === null) return;
    if (context.subnet === null)
      ia.status = isAddresses(ia) ? Statuses.noSubnetForAddress : Statuses.noSubnetForPrefix;
    else if (isRejected(context)) refuse(ia);
    else grant(context, ia, isFinal);
  }
}

/** [Kea 3.2] Clients of the class REJECT hear that there is nothing for them. */
export function refuse(ia: PlannedIa): void {
  ia.status = isAddresses(ia) ? Statuses.noAddress : Statuses.noPrefix;
}

/** Whether it is one of addresses, not of prefixes. */
export function isAddresses({ code }: PlannedIa): boolean {
  return code === OptionCode.iaNa;
}

function grant(context: Context6, ia: PlannedIa, isFinal: boolean): void {
  readWish(context, ia);
  findOwn(context, ia);
  const binding = takeReserved(context, ia) ?? keepOwn(context, ia, isFinal) ?? takeNew(context, ia);
  if (binding === null) return refuse(ia);
  if (isFinal && binding.slot !== NO_SLOT && isReserved(context, binding.slot))
    revokeOthers(context, binding.slot);
  settle(context, ia);
}

/** Reads the wish of an identity association: the first address or prefix in it, and the lifetimes that go with it. */
export function readWish({ query }: Context6, ia: PlannedIa): void {
  const { ias, bytes } = query;
  ias.rewind();
  hasHint = false;
  hint.prefixLength = 0;
  if (!ias.nextBinding()) return;
  ia.preferredHintSec = ias.preferredLifetimeSec;
  ia.validHintSec = ias.validLifetimeSec;
  hasHint = !isIpv6Unspecified(bytes, ias.addressOffset);
  hint.bytes = bytes;
  hint.offset = ias.addressOffset;
  hint.prefixLength = ias.prefixLength;
}

/** Takes something that the identity association has not had: what it wishes for, or anything. */
export function takeNew(context: Context6, ia: PlannedIa): Binding | null {
  if (context.plan.isOutOfMemory) return null;
  const wished = hasHint ? takeHint(context, ia, hint) : null;
  if (wished !== null || context.plan.isOutOfMemory) return wished;
  return takeAny(context, ia, isAddresses(ia) ? 0 : hint.prefixLength);
}

/** The first lease of its own that the client may keep. Those before it that it may not are taken away. */
function keepOwn(context: Context6, ia: PlannedIa, isFinal: boolean): Binding | null {
  const { own, plan } = context;
  if (plan.isOutOfMemory) return null;
  for (let i = 0; i < own.count; i++) {
    const slot = own.slots[i]!;
    if (mayKeep(context, slot)) return keep(context, ia, slot);
    if (isFinal) revoke(context, slot);
  }
  return null;
}

/** [Kea] Who gets what is reserved for it gives up what it had instead. */
function revokeOthers(context: Context6, given: number): void {
  const { own } = context;
  for (let i = 0; i < own.count; i++) {
    const slot = own.slots[i]!;
    if (slot !== given && !isReserved(context, slot)) revoke(context, slot);
  }
}

/** Sets the lifetimes of what an identity association gets, and its timers; the query enters the subnet of the last lease. */
export function settle(context: Context6, ia: PlannedIa): void {
  const { plan } = context;
  let shortestSec = Number.POSITIVE_INFINITY;
  for (let i = ia.first; i < ia.end; i++) {
    const binding = plan.bindings[i]!;
    if (binding.fate !== Fate.granted && binding.fate !== Fate.kept) continue;
    setLifetimes(context, binding, ia);
    shortestSec = Math.min(shortestSec, binding.preferredSec);
    context.subnet = binding.subnet;
  }
  if (shortestSec !== Number.POSITIVE_INFINITY) setTimers(ia, context.subnet!, shortestSec);
}
