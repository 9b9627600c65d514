/** Whose lease is it: the client's own row, and whether a row belongs to the client of the query. */
import { NO_SLOT } from '../lease/hash-chain.ts';
import { LeaseState } from '../lease/model.ts';
import type { Context } from './context.ts';

export function belongsToClient({ book, query }: Context, slot: number): boolean {
  return book.table.belongsTo(slot, query.clientId, query.hw);
}

/**
 * Rows of one hardware address that are looked at. Few clients share one; a flood of invented client identifiers with one
 * hardware address can have all the offers there are, and must not make every query walk through them.
 */
const SAME_HW_MAX = 64;

function findByClientId(context: Context, subnetId: number, after: number): number {
  const { bytes, offset, length } = context.query.clientId;
  return context.book.table.findByClientId(bytes, offset, length, subnetId, after);
}

function findByHw(context: Context, subnetId: number, after: number): number {
  const { bytes, offset, length } = context.query.hw;
  return context.book.table.findByHw(bytes, offset, length, subnetId, after);
}

/**
 * The client's row in a subnet: a live one before one that is over, an assigned one before an offer; by client
 * identifier, then by hardware address. NO_SLOT when it has none.
 */
export function findClientRow(context: Context, subnetId: number): number {
  let best = NO_SLOT;
  if (context.query.clientId.length > 0) {
    for (let slot = findByClientId(context, subnetId, NO_SLOT); slot !== NO_SLOT; ) {
      best = better(context, best, slot);
      slot = findByClientId(context, subnetId, slot);
    }
    if (best !== NO_SLOT) return best;
  }
  if (context.query.hw.length === 0) return NO_SLOT;
  let looked = 0;
  for (let slot = findByHw(context, subnetId, NO_SLOT); slot !== NO_SLOT && looked < SAME_HW_MAX; looked++) {
    if (belongsToClient(context, slot)) best = better(context, best, slot);
    slot = findByHw(context, subnetId, slot);
  }
  return best;
}

function better(context: Context, a: number, b: number): number {
  // A blocked address may name a client, when an administrator has blocked it; the client cannot have it for all that.
  if (context.book.table.rows.state(b) === LeaseState.declined) return a;
  if (a === NO_SLOT) return b;
  return rank(context, b) > rank(context, a) ? b : a;
}

function rank(context: Context, slot: number): number {
  if (!context.book.isLive(slot, context.nowSec)) return 0;
  return context.book.table.rows.state(slot) === LeaseState.offered ? 1 : 2;
}
