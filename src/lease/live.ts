/** Whether a row of a lease table keeps its address, in the families alike. */
import { LeaseState } from './state.ts';

/** What of a row says so. */
export interface RowEnds {
  /** A `LeaseState`. */
  state(slot: number): number;
  isExpired(slot: number, nowSec: number): boolean;
}

/** True while the row keeps its address from everybody else: offered, leased or declined, and not over. */
export function isLiveRow(rows: RowEnds, slot: number, nowSec: number): boolean {
  const state = rows.state(slot);
  if (state === LeaseState.expiredReclaimed || state === LeaseState.released) return false;
  return !rows.isExpired(slot, nowSec);
}
