/** How a handler records what it changes. */
import type { Context } from './context.ts';
import { G } from './figures/statistics.ts';
import { Room } from './leases/lease-changes.ts';
import type { Park } from './parked/park.ts';
import { type PolicyView, UpdateMode } from './policy.ts';

/** What of a context records changes, in the families alike. */
export interface Recording {
  readonly park: Park;
  readonly changes: { readonly lastChange: number; begin(transaction: number, mode: number): void };
  readonly policy: PolicyView;
  readonly nowMs: number;
}

/** Cell of the reason why no lease may be changed now, or 0. Asked before anything is changed. */
export function roomForChange(context: Context): number {
  if (!context.park.hasRoom()) return G['tandem-drop-park-full'];
  const room = context.changes.room(context.policy.updateMode);
  if (room === Room.changeLogFull) return G['tandem-drop-journal-full'];
  return room === Room.updateLogFull ? G['tandem-drop-updates-full'] : 0;
}

/** Starts the transaction of a query that gets a reply, which waits for the partner where the policy says so. */
export function beginAnswered(context: Recording): void {
  context.changes.begin(context.park.nextTransaction(), context.policy.updateMode);
}

/** Starts the transaction of a query without a reply: the peers are told, nobody waits for them. */
export function beginSilent(context: Recording): void {
  context.changes.begin(
    context.park.nextTransaction(),
    Math.min(context.policy.updateMode, UpdateMode.record),
  );
}

/** Starts the transaction of a change that no peer is told. */
export function beginUnshared(context: Recording): void {
  context.changes.begin(context.park.nextTransaction(), UpdateMode.off);
}

/** Ends a transaction without a reply. */
export function endSilent(context: Recording): void {
  context.park.add(-1, context.changes.lastChange, false, context.nowMs);
}
