/** Kea's lease caching: a lease that is still fresh is answered without being written again. */
import { INFINITE_LIFETIME_SEC } from '../../lease/state.ts';

/**
 * Whether a lease of which nothing else would change is fresh enough to be answered as it is.
 * @param threshold share of the valid lifetime, 0..1; null = off, but for leases without an end
 * @param maxAgeSec null = no bound
 * @param ageSec seconds since the client was heard last; below 0 where a clock was set back
 */
export function isFresh(
  threshold: number | null,
  maxAgeSec: number | null,
  validSec: number,
  ageSec: number,
): boolean {
  if (validSec === INFINITE_LIFETIME_SEC) return true;
  // A clock that was set back must not make the lease longer than anybody has granted.
  if (threshold === null || ageSec < 0) return false;
  return ageSec <= validSec * threshold && (maxAgeSec === null || ageSec <= maxAgeSec);
}
