/** How a handler records what it changes. */
import type { Context } from './context.ts';
import { G } from './figures/statistics.ts';
import { Room } from './leases/lease-changes.ts';
import { UpdateMode } from './policy.ts';

/** Cell of the reason why no lease may be changed now, or 0. Asked before anything is changed. */
export function roomForChange(context: Context): number {
  if (!context.park.hasRoom()) return G['tandem-drop-park-full'];
  const room = context.changes.room(context.policy.updateMode);
  if (room === Room.changeLogFull) return G['tandem-drop-journal-full'];
  return room === Room.updateLogFull ? G['tandem-drop-updates-full'] : 0;
}

/** Starts the transaction of a query that gets a reply, which waits for the partner where the policy says so. */
export function beginAnswered(context: Context): void {
  context.changes.begin(context.park.nextTransaction(), context.policy.updateMode);
}

/** Starts the transaction of a query without a reply: the peers are told, nobody waits for them. */
export function beginSilent(context: Context): void {
  context.changes.begin(
    context.park.nextTransaction(),
    Math.min(context.policy.updateMode, UpdateMode.record),
  );
}

/** Starts the transaction of a change that no peer is told. */
export function beginUnshared(context: Context): void {
  context.changes.begin(context.park.nextTransaction(), UpdateMode.off);
}

/** Ends a transaction without a reply. */
export function endSilent(context: Context): void {
  context.park.add(-1, context.changes.lastChange, false, context.nowMs);
}
