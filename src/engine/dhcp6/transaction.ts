/** Whether what a message comes to can be recorded. */
import { Room } from '../leases/lease-changes.ts';
import type { Context6 } from './context.ts';
import { G6 } from './statistics.ts';

/** Cell of the reason why so many rows may not be changed now, or 0. */
export function roomForChanges({ changes, park, policy }: Context6, count: number): number {
  if (!park.hasRoom()) return G6['tandem-drop-park-full'];
  const room = changes.room(policy.updateMode, count);
  if (room === Room.changeLogFull) return G6['tandem-drop-journal-full'];
  return room === Room.updateLogFull ? G6['tandem-drop-updates-full'] : 0;
}
