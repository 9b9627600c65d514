/** Carries out what was planned for a message, or gives back what was taken for it. */

import { EventPart, LeaseEventKind } from '../../../lease/events.ts';
import { RowFlag } from '../../../lease/row-flag.ts';
import { LeaseState } from '../../../lease/state.ts';
import { clttAfter } from '../../leases/cltt.ts';
import { beginAnswered } from '../../transaction.ts';
import type { Context6 } from '../context.ts';
import { nameLease } from '../names/name-lease.ts';
import { type Binding, Fate } from './ia-plan.ts';
import { countAssigned, countTakeover, countUnassigned } from './lease-counts.ts';
import { tellLease } from './tell-lease.ts';

/** Gives back all that was taken for the message in work; what was on offer before it still is. */
export function undo({ book, plan }: Context6): void {
  for (let i = 0; i < plan.bindingCount; i++) {
    const { fate, slot } = plan.bindings[i]!;
    if (fate === Fate.granted) book.remove(slot);
    else if (fate === Fate.kept && book.table.rows.state(slot) === LeaseState.offered) book.pushOffer(slot);
  }
}

/** Keeps what is advertised for the client for a while; nothing of it is written down. */
export function advertise(context: Context6): void {
  const { plan } = context;
  for (let i = 0; i < plan.bindingCount; i++) {
    const binding = plan.bindings[i]!;
    if (binding.fate === Fate.granted) context.book.pushOffer(binding.slot);
    else if (binding.fate === Fate.kept) holdKept(context, binding);
  }
}

/** A lease that is over is on offer again; one that goes on needs nothing. */
function holdKept(context: Context6, { slot, address }: Binding): void {
  const { book, nowSec, settings } = context;
  const { rows } = book.table;
  if (rows.state(slot) !== LeaseState.offered) {
    if (book.isLive(slot, nowSec)) return;
    context.dns?.remove(book, slot);
    countTakeover(context, slot);
    rows.setState(slot, LeaseState.offered);
    rows.setFlags(slot, RowFlag.leasedBefore);
    const clttSec = clttAfter(rows.clttSec(slot), nowSec, false);
    rows.setTimes(slot, clttSec, settings.offerHoldSec, settings.offerHoldSec);
    book.hold(address, 0);
  }
  book.pushOffer(slot);
}

/** Makes leases of what was planned, and records them. Pre: the logs have room for as many records as the plan has changes. */
export function commit(context: Context6): void {
  const { plan } = context;
  let left = plan.changeCount;
  let kind: number = LeaseEventKind.granted;
  beginAnswered(context);
  context.events.begin();
  for (let i = 0; i < plan.bindingCount; i++) {
    const binding = plan.bindings[i]!;
    if (binding.fate === Fate.refused || binding.isReused) continue;
    left--;
    if (binding.fate === Fate.revoked) endLease(context, binding.slot, left === 0);
    else if (makeLease(context, binding, left === 0) === EventPart.renewed) kind = LeaseEventKind.renewed;
  }
  context.events.query(context.query);
  context.events.end(kind, context.changes.lastChange);
}

/** @returns the part that it has in the event: whether the client had the lease before */
function makeLease(context: Context6, binding: Binding, isLast: boolean): number {
  const { book, changes, nowSec } = context;
  const { rows } = book.table;
  const { slot } = binding;
  const state = rows.state(slot);
  book.countOut(slot);
  const part = state === LeaseState.offered ? EventPart.lease : EventPart.renewed;
  const subnet = binding.subnet!;
  const nameFlags = nameLease(context, binding);
  if (state === LeaseState.assigned) context.leaseLimits?.renewClasses(context, slot);
  context.extendedInfo?.keep(context, binding);
  book.settlePlace(slot);
  rows.setState(slot, LeaseState.assigned);
  rows.setFlags(slot, RowFlag.granted | nameFlags);
  // An address that changes hands was on offer before, from a time on that says so.
  const clttSec = clttAfter(rows.clttSec(slot), nowSec, false);
  rows.setTimes(slot, clttSec, binding.preferredSec, binding.validSec);
  book.setPlace(slot, subnet.id, binding.pool?.poolId ?? 0);
  book.countIn(slot);
  book.hold(binding.address, 0);
  if (state !== LeaseState.assigned) countAssigned(context, slot);
  changes.put(slot, isLast);
  tellLease(context, part, slot);
  return part;
}

/** Ends a lease without a trace. */
function endLease(context: Context6, slot: number, isLast: boolean): void {
  const { book, changes } = context;
  tellLease(context, EventPart.replaced, slot);
  countUnassigned(context, slot);
  context.dns?.remove(book, slot);
  changes.drop(slot, isLast);
  book.remove(slot);
}

/** Ends the leases of a RELEASE, which are kept for their client where that is configured. */
export function release(context: Context6): void {
  const { book, changes, events, nowSec, plan, query, settings } = context;
  const { rows } = book.table;
  beginAnswered(context);
  events.begin();
  for (let i = 0; i < plan.bindingCount; i++) {
    const { slot, address } = plan.bindings[i]!;
    const isLast = i === plan.bindingCount - 1;
    tellLease(context, EventPart.former, slot);
    countUnassigned(context, slot);
    context.dns?.remove(book, slot);
    if (settings.keepReleased && !rows.isExpired(slot, nowSec)) {
      book.countOut(slot);
      rows.setState(slot, LeaseState.released);
      rows.setTimes(slot, clttAfter(rows.clttSec(slot), nowSec, false), 0, 0);
      changes.putReleased(slot, isLast);
      book.release(address, 0);
    } else {
      changes.drop(slot, isLast);
      book.remove(slot);
    }
  }
  events.query(query);
  events.end(LeaseEventKind.released, changes.lastChange);
}
