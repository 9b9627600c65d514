/**
 * What a partner tells too late. Kea keeps what it could not send, and sends it when it has found its partner again; the address may have
 * been given to another client since. A Kea takes the lease from that client: it looks at the address alone. What comes is the whole lease
 * as it has ended, so here the one that was given later stays.
 */
import { isLaterByFar } from '../../lease/precedence.ts';
import { LeaseState } from '../../lease/state.ts';
import type { ChangeSource } from '../../lease/store.ts';
import { isMap } from '../arguments.ts';

/**
 * Whether a deletion means an older lease, of another client.
 * @param args of the deletion
 * @param clttSec of the lease that stands at the address
 * @param isSameClient whether the deletion names the client of that lease, or none
 */
export function isOutdatedDeletion(
  args: unknown,
  source: ChangeSource,
  clttSec: number,
  isSameClient: boolean,
): boolean {
  if (source !== 'peer' || isSameClient || !isMap(args)) return false;
  const { expire, 'valid-lft': validLifetimeSec } = args;
  return (
    typeof expire === 'number' && typeof validLifetimeSec === 'number' && expire - validLifetimeSec < clttSec
  );
}

/** Whether an update says that a lease is released, declined or reclaimed, of a time well before the one that stands. */
export function isOutdatedEnd(
  update: TimedLease,
  source: ChangeSource,
  standing: TimedLease | null,
): boolean {
  if (source !== 'peer' || update.state === LeaseState.assigned) return false;
  return standing?.state === LeaseState.assigned && isLaterByFar(standing, update);
}

interface TimedLease {
  readonly state: number;
  readonly clttSec: number;
}
