/**
 * Kea's adaptive-lease-time-threshold: where so much of a subnet is taken, its leases are as short as they may be, so that its
 * addresses come back sooner. [Kea] In subnets with the allocator `flq` alone, because only that one knows how much is taken;
 * what counts are the pools that are open to the client, with the address that it is given.
 */
import { isOpen } from '../../classes/class-set.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { INFINITE_LIFETIME_SEC, LeaseState } from '../../lease/state.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Context } from '../context.ts';
import { poolAt } from '../subnets/pool-at.ts';
import { belongsToClient } from './client-lease.ts';
import { leaseTime, lifetimeFor } from './lifetimes.ts';

/** The lease time of the query in work for an address, which is held. */
export function leaseTimeAt(context: Context, subnet: CompiledSubnet, address: number): number {
  const usual = leaseTime(context, subnet);
  const { adaptiveThreshold } = subnet;
  // [RFC1534 2] A BOOTP client does not know that a lease ends.
  if (adaptiveThreshold === null || context.query.isBootp) return usual;
  if (occupancy(context, subnet, address) < adaptiveThreshold) return usual;
  // Nothing that the client was promised is taken back.
  return Math.min(usual, Math.max(lifetimeFor(context, subnet).minSec, remainingTime(context, address)));
}

/** The share of the addresses that are taken, 0 for an address of no pool. */
function occupancy(context: Context, { pools }: CompiledSubnet, address: number): number {
  const set = context.book.pools;
  const { classes } = context.query;
  const own = poolAt(pools, address);
  if (own === null || !isOpen(own.guard, classes)) return 0;
  let total = 0;
  let free = 0;
  for (let i = 0; i < pools.length; i++) {
    const { first, last, guard } = pools[i]!;
    if (!isOpen(guard, classes)) continue;
    total += last - first + 1;
    free += Math.min(last - first + 1, set.freeCount(set.blockOf(first)));
  }
  return (total - free) / total;
}

/** Seconds that are left of the client's lease at an address, 0 = it has none. */
function remainingTime(context: Context, address: number): number {
  const { rows } = context.book.table;
  const slot = context.book.table.findByAddress(address);
  if (slot === NO_SLOT || rows.state(slot) !== LeaseState.assigned || !belongsToClient(context, slot))
    return 0;
  if (rows.validLifetimeSec(slot) === INFINITE_LIFETIME_SEC) return INFINITE_LIFETIME_SEC;
  return rows.expireSec(slot) - context.nowSec;
}
