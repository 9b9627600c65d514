/** Whose lease is it: the client's own row, and whether a row belongs to the client of the query. */
import { isOpen } from '../../classes/class-set.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { RowFlag } from '../../lease/row-flag.ts';
import { LeaseState } from '../../lease/state.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Context } from '../context.ts';
import { enterSubnet, seeClientId } from '../subnets/enter-subnet.ts';

export function belongsToClient({ book, query }: Context, slot: number): boolean {
  return book.table.belongsTo(slot, query.clientId, query.hw);
}

/**
 * Rows of one hardware address that are looked at. Few clients share one; a flood of invented client identifiers with one
 * hardware address can have all the offers there are, and must not make every query walk through them.
 */
const SAME_HW_MAX = 64;

/** What a search has found so far. */
const found = {
  /** The first lease of the subnet that is nearest to the selected one: live, over, or over and offered to the client. */
  lease: NO_SLOT,
  distance: 0,
  /** A live offer before one that is over. */
  offer: NO_SLOT,
};

/**
 * The client's row in its subnet, or in another one of the network that is open to it, which the query enters; NO_SLOT when
 * it has none. By client identifier, then by hardware address; of several leases that of the selected subnet, or of the
 * next one that has any, and there the one that came first, be it over or not. [Kea] What the client was offered counts
 * where it has no lease, or one that is over.
 */
export function findClientRow(context: Context): number {
  const selected = context.subnet!;
  found.lease = NO_SLOT;
  found.offer = NO_SLOT;
  searchByClientId(context, selected, false);
  if (found.lease === NO_SLOT) searchByHw(context, selected, false);
  const slot = chosen(context);
  const home = slot === NO_SLOT ? selected : homeOf(context, selected, slot)!;
  enterSubnet(context, home);
  return slot;
}

/**
 * The lease of a client that comes back with an address and asks nobody in particular; NO_SLOT when it is not known. [Kea]
 * `match-client-id` does not count here, and of a hardware address only the first lease does, whosever it is.
 */
export function findKnownRow(context: Context): number {
  const selected = context.subnet!;
  found.lease = NO_SLOT;
  found.offer = NO_SLOT;
  searchByClientId(context, selected, true);
  if (found.lease === NO_SLOT) searchByHw(context, selected, true);
  const { lease } = found;
  seeClientId(context.query, null);
  const isKnown = lease !== NO_SLOT && belongsToClient(context, lease);
  seeClientId(context.query, selected);
  return isKnown ? lease : NO_SLOT;
}

function chosen({ book, nowSec }: Context): number {
  const { lease, offer } = found;
  if (offer === NO_SLOT || lease === NO_SLOT) return lease === NO_SLOT ? offer : lease;
  return !book.isLive(lease, nowSec) && book.isLive(offer, nowSec) ? offer : lease;
}

/** @param countsEverywhere also where `match-client-id` is false */
function searchByClientId(context: Context, selected: CompiledSubnet, countsEverywhere: boolean): void {
  const { query, book } = context;
  const subnetId = selected.network === null ? selected.id : 0;
  // In a network another subnet may look at the identifier that this one ignores.
  if (selected.network !== null || countsEverywhere) seeClientId(query, null);
  const { bytes, offset, length } = query.clientId;
  if (length === 0) return;
  for (let slot = NO_SLOT; ; ) {
    slot = book.table.findByClientId(bytes, offset, length, subnetId, slot);
    if (slot === NO_SLOT) return;
    const home = homeOf(context, selected, slot);
    if (home === null || !(home.matchClientId || countsEverywhere)) continue;
    if (isBest(context, selected, home, slot)) return;
  }
}

/** @param isAnybodys also the rows of other clients count */
function searchByHw(context: Context, selected: CompiledSubnet, isAnybodys: boolean): void {
  const { query, book } = context;
  const subnetId = selected.network === null ? selected.id : 0;
  const { bytes, offset, length } = query.hw;
  if (length === 0) return;
  let looked = 0;
  for (let slot = NO_SLOT; looked < SAME_HW_MAX; ) {
    slot = book.table.findByHw(bytes, offset, length, subnetId, slot);
    if (slot === NO_SLOT) return;
    const home = homeOf(context, selected, slot);
    if (home === null) continue;
    looked += 1;
    seeClientId(query, home);
    if (!isAnybodys && !belongsToClient(context, slot)) continue;
    if (isBest(context, selected, home, slot)) return;
  }
}

/** Takes a row into account. @returns whether none behind it can be better */
function isBest(context: Context, selected: CompiledSubnet, home: CompiledSubnet, slot: number): boolean {
  const { book, nowSec } = context;
  const { rows } = book.table;
  const state = rows.state(slot);
  // A blocked address may name a client, when an administrator has blocked it; the client cannot have it for all that.
  if (state === LeaseState.declined) return false;
  if (state === LeaseState.offered && (rows.flags(slot) & RowFlag.leasedBefore) === 0) {
    if (found.offer === NO_SLOT || !book.isLive(found.offer, nowSec)) found.offer = slot;
    return false;
  }
  const distance = distanceFrom(selected, home);
  if (found.lease !== NO_SLOT && distance >= found.distance) return false;
  found.lease = slot;
  found.distance = distance;
  return distance === 0;
}

/** The subnet of a row if it is the selected one, or one of the same network that is open to the query; else null. */
export function homeOf(context: Context, selected: CompiledSubnet, slot: number): CompiledSubnet | null {
  const id = context.book.table.rows.subnetId(slot);
  if (id === selected.id) return selected;
  if (selected.network === null) return null;
  const subnet = context.subnets.ofId(id);
  if (subnet === null || subnet.network !== selected.network) return null;
  return isOpen(subnet.guard, context.query.classes) ? subnet : null;
}

/** How far a subnet is from the selected one, going round the network. */
function distanceFrom(selected: CompiledSubnet, { place }: CompiledSubnet): number {
  if (selected.network === null || place >= selected.place) return place - selected.place;
  return place - selected.place + selected.network.subnets.length;
}
