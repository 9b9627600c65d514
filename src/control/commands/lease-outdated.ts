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

/**
 * Whether an update is of a time well before the lease in force that stands, and would end it or give its address to another client.
 * Updates of the same client stand: its lease is in force one way or the other.
 * @param isSameClient whether the update names the client of the lease that stands, or none; @param nowSec Unix seconds
 */
export function isOutdatedUpdate(
  update: TimedLease,
  source: ChangeSource,
  standing: TimedLease,
  isSameClient: boolean,
  nowSec: number,
): boolean {
  if (source !== 'peer' || (update.state === LeaseState.assigned && isSameClient)) return false;
  const { state, clttSec, validLifetimeSec } = standing;
  if (state !== LeaseState.assigned) return false;
  return clttSec + validLifetimeSec > nowSec && isLaterByFar(standing, update, nowSec);
}

interface TimedLease {
  readonly state: number;
  readonly clttSec: number;
  readonly validLifetimeSec: number;
}
