/**
 * How the queue of open offers (src/lease/offers.ts) tells one of DHCPv6, whose addresses do not fit its entries: by the slot
 * of its row and a mark, which the row has too.
 *
 *     | mark (8) | slot (24) |
 *
 * A row that was freed and offered again meanwhile has another mark, but for one chance in 255; then a client loses an
 * offer early, as it does when too many are open.
 */
import { NO_SLOT } from '../hash-chain.ts';
import { LeaseState } from '../state.ts';
import type { LeaseRows6 } from './rows.ts';

const SLOT_BITS = 24;
const MARKS = 255;

/** The mark of the next offer, 1..255; a row that was never on offer has mark 0. @param pushes offers so far */
export function nextMark(pushes: number): number {
  return 1 + (pushes % MARKS);
}

/** The latest offer of a row. */
export function offerOf(rows: LeaseRows6, slot: number): number {
  return ((rows.offerMark(slot) << SLOT_BITS) | slot) >>> 0;
}

/** The row of an offer; NO_SLOT = it is on offer no more. */
export function rowOnOffer(rows: LeaseRows6, offer: number): number {
  const slot = offer & ((1 << SLOT_BITS) - 1);
  const isOpen =
    !rows.isFree(slot) &&
    rows.state(slot) === LeaseState.offered &&
    rows.offerMark(slot) === offer >>> SLOT_BITS;
  return isOpen ? slot : NO_SLOT;
}
