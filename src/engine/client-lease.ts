/** Whose lease is it: the client's own row, and whether a row belongs to the client of the query. */
import { isOpen } from '../classes/class-set.ts';
import { NO_SLOT } from '../lease/hash-chain.ts';
import { LeaseState } from '../lease/model.ts';
import type { CompiledSubnet } from './compiled.ts';
import type { Context } from './context.ts';
import { enterSubnet, seeClientId } from './enter-subnet.ts';

export function belongsToClient({ book, query }: Context, slot: number): boolean {
  return book.table.belongsTo(slot, query.clientId, query.hw);
}

/**
 * Rows of one hardware address that are looked at. Few clients share one; a flood of invented client identifiers with one
 * hardware address can have all the offers there are, and must not make every query walk through them.
 */
const SAME_HW_MAX = 64;

/**
 * The client's row in its subnet, or in another one of the network that is open to it: a live one before one that is
 * over, an assigned one before an offer, one of the selected subnet first; by client identifier, then by hardware
 * address. The query enters the subnet of the row. NO_SLOT when it has none.
 */
export function findClientRow(context: Context): number {
  const selected = context.subnet!;
  let slot = findByClientId(context, selected);
  if (slot === NO_SLOT) slot = findByHw(context, selected);
  const home = slot === NO_SLOT ? selected : homeOf(context, selected, slot)!;
  enterSubnet(context, home);
  return slot;
}

function findByClientId(context: Context, selected: CompiledSubnet): number {
  const { query, book } = context;
  const subnetId = selected.network === null ? selected.id : 0;
  // In a network another subnet may look at the identifier that this one ignores.
  if (selected.network !== null) seeClientId(query, null);
  const { bytes, offset, length } = query.clientId;
  if (length === 0) return NO_SLOT;
  let best = NO_SLOT;
  for (let slot = NO_SLOT; ; ) {
    slot = book.table.findByClientId(bytes, offset, length, subnetId, slot);
    if (slot === NO_SLOT) return best;
    const home = homeOf(context, selected, slot);
    if (home?.matchClientId === true) best = better(context, selected, best, slot);
  }
}

function findByHw(context: Context, selected: CompiledSubnet): number {
  const { query, book } = context;
  const subnetId = selected.network === null ? selected.id : 0;
  const { bytes, offset, length } = query.hw;
  if (length === 0) return NO_SLOT;
  let best = NO_SLOT;
  let looked = 0;
  for (let slot = NO_SLOT; looked < SAME_HW_MAX; ) {
    slot = book.table.findByHw(bytes, offset, length, subnetId, slot);
    if (slot === NO_SLOT) return best;
    const home = homeOf(context, selected, slot);
    if (home === null) continue;
    looked += 1;
    seeClientId(query, home);
    if (belongsToClient(context, slot)) best = better(context, selected, best, slot);
  }
  return best;
}

/** The subnet of a row if it is the selected one, or one of the same network that is open to the query; else null. */
function homeOf(context: Context, selected: CompiledSubnet, slot: number): CompiledSubnet | null {
  const id = context.book.table.rows.subnetId(slot);
  if (id === selected.id) return selected;
  if (selected.network === null) return null;
  const subnet = context.subnets.ofId(id);
  if (subnet === null || subnet.network !== selected.network) return null;
  return isOpen(subnet.guard, context.query.classes) ? subnet : null;
}

function better(context: Context, selected: CompiledSubnet, a: number, b: number): number {
  // A blocked address may name a client, when an administrator has blocked it; the client cannot have it for all that.
  if (context.book.table.rows.state(b) === LeaseState.declined) return a;
  if (a === NO_SLOT) return b;
  const ranks = rank(context, b) - rank(context, a);
  if (ranks !== 0) return ranks > 0 ? b : a;
  return distance(context, selected, b) < distance(context, selected, a) ? b : a;
}

function rank(context: Context, slot: number): number {
  if (!context.book.isLive(slot, context.nowSec)) return 0;
  return context.book.table.rows.state(slot) === LeaseState.offered ? 1 : 2;
}

/** How far a row's subnet is from the selected one, going round the network. */
function distance(context: Context, selected: CompiledSubnet, slot: number): number {
  if (selected.network === null) return 0;
  const place = homeOf(context, selected, slot)?.place ?? selected.place;
  return place >= selected.place
    ? place - selected.place
    : place - selected.place + selected.network.subnets.length;
}
