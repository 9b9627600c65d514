/** The time of a lease's last change, as the servers of a pair compare it. */
import { CLTT_AHEAD_MAX_SEC } from '../../lease/precedence.ts';

/**
 * The cltt of a change: now, but never before that of the change before it, and after it where the address changes hands.
 * By it the servers of a pair tell which of two leases at an address is the later one (lease/precedence.ts), and the
 * former one may have been given by the clock of the partner, or in this very second.
 * @param formerSec cltt of what stood at the address before, 0 = nothing did
 */
export function clttAfter(formerSec: number, nowSec: number, changesHands: boolean): number {
  const earliestSec = formerSec + (changesHands ? 1 : 0);
  return earliestSec > nowSec && earliestSec - nowSec <= CLTT_AHEAD_MAX_SEC ? earliestSec : nowSec;
}
