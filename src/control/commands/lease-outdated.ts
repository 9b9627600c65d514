/**
 * Deletions that come too late. Kea keeps those that it could not send for its partner, and sends them when it has found it again; the
 * address may have been given to another client since. A Kea looks at the address alone and takes the lease from that client. What it sends
 * is the whole lease that it has deleted, so here the one that was given later stays.
 */
import type { ChangeSource } from '../../lease/store.ts';
import { isMap } from '../arguments.ts';

/**
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
