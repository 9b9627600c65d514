/** Finds an address for a client that has none. O(1) in the size and fill of the pools. */
import { randomBelow } from '../../base/random.ts';
import { isOpen } from '../../classes/class-set.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { NO_ADDRESS } from '../../lease/pool.ts';
import type { CompiledPool, CompiledSubnet } from '../compiled/compiled.ts';
import type { Context } from '../context.ts';
import { G, S } from '../figures/statistics.ts';
import { enterSubnet } from '../subnets/enter-subnet.ts';
import { nextSubnet } from '../subnets/network.ts';
import { poolAt } from '../subnets/pool-at.ts';
import { poolMark, subnetMark } from '../subnets/pool-plan.ts';
import { isKeptFromClient } from '../subnets/reserved.ts';

/** Whether a pool is open to the query in work. */
function isPermitted(context: Context, pool: CompiledPool): boolean {
  return isOpen(pool.guard, context.query.classes);
}

/** The pool of a subnet that holds an address and is open to the query, or null. */
function permittedPool(context: Context, subnet: CompiledSubnet, address: number): CompiledPool | null {
  const pool = poolAt(subnet.pools, address);
  return pool !== null && isPermitted(context, pool) ? pool : null;
}

/**
 * Whether an address lies in a pool that is open to the query: of its subnet, or of another one of the network, which
 * the query then enters.
 */
export function enterPool(context: Context, address: number): boolean {
  const first = context.subnet!;
  for (let subnet: CompiledSubnet | null = first; subnet !== null; ) {
    if (permittedPool(context, subnet, address) !== null) {
      if (subnet !== first) enterSubnet(context, subnet);
      return true;
    }
    subnet = nextSubnet(subnet, first, context.query.classes);
  }
  return false;
}

/** Takes one particular address if it is free in a pool open to the query. @returns whether it is held now */
export function takeAddress(context: Context, address: number): boolean {
  const { book } = context;
  if (isHeldByRow(context, address) || isKeptFromClient(context, address)) return false;
  if (!enterPool(context, address)) return false;
  // It may be taken for a lease that is over: that ends here, whether or not the timer has come by.
  book.hold(address);
  return true;
}

/**
 * Whether the row of an address keeps it from everybody else. The pools say so too, but for a clock that was set back:
 * then leases whose addresses had been freed are live again.
 */
function isHeldByRow(context: Context, address: number): boolean {
  const slot = context.book.table.findByAddress(address);
  return slot !== NO_SLOT && context.book.isLive(slot, context.nowSec);
}

/** The next free address of a pool, behind the last one or in all of it, that no live lease holds, taken; or NO_ADDRESS. */
function takeOnward(context: Context, pool: CompiledPool): number {
  for (;;) {
    const address = context.book.pools.takeOnward(pool.index);
    if (address === NO_ADDRESS || !isHeldByRow(context, address)) return address;
  }
}

function takeNext(context: Context, pool: CompiledPool): number {
  const address = takeOnward(context, pool);
  return address === NO_ADDRESS ? takeOnward(context, pool) : address;
}

/**
 * The next free address of a subnet's pools that are open to the query, taken; or NO_ADDRESS. The walk goes on in the
 * pool that gave the last one, then through the others, and in the end from the start of each.
 */
function takeFree(context: Context, subnet: CompiledSubnet): number {
  if (!hasPermittedPool(context, subnet)) return NO_ADDRESS;
  const { pools } = subnet;
  const marks = context.book.pools;
  if (subnet.network !== null) marks.setMark(subnetMark(subnet.group), subnet.place + 1);
  const start = startOf(context, subnet);
  for (let i = 0; i < pools.length * 2; i++) {
    const position = (start + i) % pools.length;
    const pool = pools[position]!;
    if (!isPermitted(context, pool)) continue;
    const address = takeOnward(context, pool);
    if (address === NO_ADDRESS) continue;
    marks.setMark(poolMark(subnet.index), position);
    return address;
  }
  return NO_ADDRESS;
}

/**
 * Position of the pool in which the walk starts. `iterative`: where the last address came from, if that is open to the
 * query, else the first one that is. `flq`: any, from which the address that has been free for the longest time is taken,
 * which is the next one behind the last. `random`: any, and in it at any address.
 */
function startOf(context: Context, subnet: CompiledSubnet): number {
  const { pools, allocator } = subnet;
  const { book } = context;
  if (allocator === 'iterative') {
    const last = book.pools.mark(poolMark(subnet.index));
    return last < pools.length && isPermitted(context, pools[last]!) ? last : 0;
  }
  const position = pools.length > 1 ? randomBelow(pools.length) : 0;
  const pool = pools[position];
  if (allocator === 'random' && pool !== undefined) {
    book.pools.startAt(pool.index, pool.first + randomBelow(pool.last - pool.first + 1));
  }
  return position;
}

function hasPermittedPool(context: Context, subnet: CompiledSubnet): boolean {
  for (let i = 0; i < subnet.pools.length; i++) if (isPermitted(context, subnet.pools[i]!)) return true;
  return false;
}

/**
 * [Kea] Where the search in a network begins: in the subnet of the selected one's kind that gave the last address, because
 * those before it are probably full.
 */
function preferredSubnet(context: Context, selected: CompiledSubnet): CompiledSubnet {
  if (selected.network === null) return selected;
  const latest = context.book.pools.mark(subnetMark(selected.group));
  return latest === 0 ? selected : (selected.network.subnets[latest - 1] ?? selected);
}

/** What may be given away, from what costs nobody anything to what somebody may miss. */
const Source = { free: 0, overdue: 1, offered: 2 } as const;

/**
 * Takes the next free address of the pools open to the query, in its subnet or in another one of the network, which the
 * query then enters; NO_ADDRESS when there is none, counted by its cause. To find one it may take offers back, whose rows
 * are gone then: what the caller knew of rows does not count any more.
 */
export function takeAnyAddress(context: Context): number {
  const first = preferredSubnet(context, context.subnet!);
  for (let source: number = Source.free; source <= Source.offered; source++) {
    for (let subnet: CompiledSubnet | null = first; subnet !== null; ) {
      enterSubnet(context, subnet);
      const address = takeFrom(context, subnet, source);
      if (address !== NO_ADDRESS) return address;
      subnet = nextSubnet(subnet, first, context.query.classes);
    }
  }
  countFailure(context, first);
  return NO_ADDRESS;
}

function takeFrom(context: Context, subnet: CompiledSubnet, source: number): number {
  if (source === Source.free) return takeFree(context, subnet);
  const { pools } = subnet;
  for (let i = 0; i < pools.length; i++) {
    const pool = pools[i]!;
    if (!isPermitted(context, pool)) continue;
    const isFreed =
      source === Source.overdue
        ? context.overdue.release(pool, context.nowSec)
        : context.book.recallOffer(pool);
    const address = isFreed ? takeNext(context, pool) : NO_ADDRESS;
    if (address !== NO_ADDRESS) return address;
  }
  return NO_ADDRESS;
}

/**
 * Counts that there was no address for the query, whose subnet is the one that was tried last. [Kea] Which causes count together,
 * and that this subnet stands for its network.
 * @param first the subnet that was tried first
 */
export function countFailure(context: Context, first: CompiledSubnet): void {
  let hasPools = false;
  for (let subnet: CompiledSubnet | null = first; subnet !== null; ) {
    hasPools ||= hasPermittedPool(context, subnet);
    subnet = nextSubnet(subnet, first, context.query.classes);
  }
  countCause(
    context,
    first.network === null ? 'v4-allocation-fail-subnet' : 'v4-allocation-fail-shared-network',
  );
  countCause(context, hasPools ? 'v4-allocation-fail' : 'v4-allocation-fail-no-pools');
  // Every query is in the class ALL at least.
  countCause(context, 'v4-allocation-fail-classes');
}

function countCause(context: Context, cause: keyof typeof S & keyof typeof G): void {
  context.statistics.add(G[cause]);
  context.statistics.addSubnet(context.subnet!.index, S[cause]);
}
