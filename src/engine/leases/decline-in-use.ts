/** An address that was to be offered and that somebody answers at: it is kept away from everybody, as after a DECLINE. */
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LeaseState } from '../../lease/state.ts';
import type { Context } from '../context.ts';
import { beginSilent, endSilent, roomForChange } from '../transaction.ts';
import { countAssigned, countDeclined } from './lease-counts.ts';
import { clttOfChange, eraseClient } from './write-lease.ts';

/**
 * Declines the address of an offer that has not left.
 * @param clttSec that of its row when the offer was written
 * @returns false when there is no such offer any more, or no room for the record: then the address is tried again later
 */
export function declineInUse(context: Context, address: number, clttSec: number): boolean {
  const { book } = context;
  book.table.lock();
  try {
    const slot = book.table.findByAddress(address);
    if (slot === NO_SLOT || !isOffer(context, slot, clttSec)) return false;
    if (roomForChange(context) !== 0) {
      if (book.table.rows.state(slot) === LeaseState.offered) book.remove(slot);
      return false;
    }
    decline(context, slot);
    return true;
  } finally {
    book.table.unlock();
  }
}

/** A lease that its client got meanwhile is no offer: it may be the client itself that answers. */
function isOffer({ book, subnets }: Context, slot: number, clttSec: number): boolean {
  const { rows } = book.table;
  const state = rows.state(slot);
  if (state === LeaseState.offered) return true;
  const offerSec = subnets.ofId(rows.subnetId(slot))?.offerLifetimeSec ?? 0;
  const isOfferLease = offerSec > 0 && rows.validLifetimeSec(slot) === offerSec;
  return state === LeaseState.assigned && isOfferLease && rows.clttSec(slot) === clttSec;
}

function decline(context: Context, slot: number): void {
  const { book, settings } = context;
  const { rows } = book.table;
  if (rows.state(slot) === LeaseState.offered)
    countAssigned(context, rows.subnetId(slot), rows.address(slot));
  book.countOut(slot);
  eraseClient(context, slot);
  rows.setState(slot, LeaseState.declined);
  // A lease of no seconds is a deletion in the lease file.
  rows.setTimes(slot, clttOfChange(context, slot, true), Math.max(1, settings.declineProbationSec));
  book.countIn(slot);
  book.hold(rows.address(slot));
  beginSilent(context);
  context.changes.put(slot, true);
  endSilent(context);
  countDeclined(context, rows.subnetId(slot), rows.address(slot));
}
