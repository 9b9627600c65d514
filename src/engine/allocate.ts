/** Finds an address for a client that has none. O(1) in the size and fill of the pools. */
import { isOpen } from '../classes/class-set.ts';
import { NO_SLOT } from '../lease/hash-chain.ts';
import { LeaseState } from '../lease/model.ts';
import { NO_ADDRESS } from '../lease/pool.ts';
import type { CompiledPool, CompiledSubnet } from './compiled.ts';
import type { Context } from './context.ts';
import { G, S } from './statistics.ts';

/** Whether a pool is open to the query in work. */
export function isPermitted(context: Context, pool: CompiledPool): boolean {
  return isOpen(pool.guard, context.query.classes);
}

/** The pool of a subnet that holds an address and is open to the query, or null. */
export function permittedPool(
  context: Context,
  subnet: CompiledSubnet,
  address: number,
): CompiledPool | null {
  for (const pool of subnet.pools) {
    if (address >= pool.first && address <= pool.last) return isPermitted(context, pool) ? pool : null;
  }
  return null;
}

/** Takes one particular address if it is free in a pool open to the query. @returns whether it is held now */
export function takeAddress(context: Context, subnet: CompiledSubnet, address: number): boolean {
  const { book } = context;
  const pool = permittedPool(context, subnet, address);
  if (pool === null) return false;
  if (isHeldByRow(context, address)) return false;
  // A lease that is over ends here, whether or not the timer has come by.
  book.release(address);
  return book.pools.take(pool.index, address);
}

/**
 * Whether the row of an address keeps it from everybody else. The pools say so too, but for a clock that was set back:
 * then leases whose addresses had been freed are live again.
 */
function isHeldByRow(context: Context, address: number): boolean {
  const slot = context.book.table.findByAddress(address);
  return slot !== NO_SLOT && context.book.isLive(slot, context.nowSec);
}

/** The next free address of a pool that no live lease holds, taken; or NO_ADDRESS. */
function takeNext(context: Context, pool: CompiledPool): number {
  for (;;) {
    const address = context.book.pools.takeNext(pool.index);
    if (address === NO_ADDRESS || !isHeldByRow(context, address)) return address;
  }
}

/**
 * Takes the next free address of the pools open to the query, or NO_ADDRESS; counts a failure by its cause. To find one
 * it may take offers back, whose rows are gone then: what the caller knew of rows does not count any more.
 */
export function takeAnyAddress(context: Context, subnet: CompiledSubnet): number {
  let permitted = 0;
  for (const pool of subnet.pools) {
    if (!isPermitted(context, pool)) continue;
    permitted += 1;
    const address = takeNext(context, pool);
    if (address !== NO_ADDRESS) return address;
  }
  for (const pool of subnet.pools) {
    if (!isPermitted(context, pool) || !context.overdue.release(pool, context.nowSec)) continue;
    const address = takeNext(context, pool);
    if (address !== NO_ADDRESS) return address;
  }
  for (const pool of subnet.pools) {
    if (!isPermitted(context, pool) || !context.book.recallOffer(pool.index)) continue;
    const address = takeNext(context, pool);
    if (address !== NO_ADDRESS) return address;
  }
  countFailure(context, subnet, permitted);
  return NO_ADDRESS;
}

function countFailure(context: Context, subnet: CompiledSubnet, permitted: number): void {
  const cause =
    subnet.pools.length === 0
      ? 'v4-allocation-fail-no-pools'
      : permitted === 0
        ? 'v4-allocation-fail-classes'
        : 'v4-allocation-fail-subnet';
  context.statistics.add(G['v4-allocation-fail']);
  context.statistics.add(G[cause]);
  context.statistics.addSubnet(subnet.index, S['v4-allocation-fail']);
  context.statistics.addSubnet(subnet.index, S[cause]);
}

/**
 * The row for a held address: the one that stands there, whose lease is over, or a new one.
 * @returns NO_SLOT when the table is full; then the address is given back
 */
export function rowFor(context: Context, address: number): number {
  const { book } = context;
  let slot = book.table.findByAddress(address);
  if (slot !== NO_SLOT) {
    countTakeover(context, slot);
    return slot;
  }
  slot = book.table.insert(address);
  if (slot === NO_SLOT) book.release(address);
  return slot;
}

/** Undoes `rowFor` when the client's identifiers find no memory: the address is free again, a former lease stays. */
export function abandonRow(context: Context, slot: number): void {
  const { book } = context;
  if (book.table.rows.clttSec(slot) === 0) book.remove(slot);
  else book.release(book.table.rows.address(slot));
}

/** A lease that ran out and is given to somebody else was not reclaimed by the timer: it is reclaimed now. */
function countTakeover(context: Context, slot: number): void {
  const { rows } = context.book.table;
  const state = rows.state(slot);
  if (state === LeaseState.assigned || state === LeaseState.declined) {
    const subnetId = rows.subnetId(slot);
    count(context, subnetId, 'assigned-addresses', -1);
    count(context, subnetId, 'reclaimed-leases', 1);
    if (state === LeaseState.declined) {
      count(context, subnetId, 'declined-addresses', -1);
      count(context, subnetId, 'reclaimed-declined-addresses', 1);
    }
  }
  rows.setState(slot, LeaseState.expiredReclaimed);
}

/** Counts a lease of this subnet that became assigned. */
export function countAssigned(context: Context, subnetId: number): void {
  count(context, subnetId, 'assigned-addresses', 1);
  count(context, subnetId, 'cumulative-assigned-addresses', 1);
}

/** Counts a lease of this subnet that is assigned no longer. */
export function countUnassigned(context: Context, subnetId: number): void {
  count(context, subnetId, 'assigned-addresses', -1);
}

/** Counts a lease of this subnet that became declined; it stays among the assigned ones until its probation ends. */
export function countDeclined(context: Context, subnetId: number): void {
  count(context, subnetId, 'declined-addresses', 1);
}

/** @param subnetId that of the lease, which a relay elsewhere or another configuration may make differ from the query's */
function count(
  context: Context,
  subnetId: number,
  name: keyof typeof S & keyof typeof G,
  delta: number,
): void {
  context.statistics.add(G[name], delta);
  const subnet = context.subnets.ofId(subnetId);
  if (subnet !== null) context.statistics.addSubnet(subnet.index, S[name], delta);
}
