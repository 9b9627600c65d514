/** What the pools of a DHCPv6 server share between threads. Virtual memory of zeros until it is touched. */

import { allocatePools, type PoolMemory } from '../../pool.ts';
import { ADDRESS_BYTES } from '../model.ts';
import { allocateAddressSet } from './address-set.ts';
import { cursorBytes } from './large-pools.ts';
import { layOutPools6 } from './layout.ts';
import type { PoolPlan6 } from './plan.ts';
import { PoolSet6 } from './pool-set.ts';

export interface PoolMemory6 {
  readonly plan: PoolPlan6;
  /** Of the small pools, by the numbers of their layout. */
  readonly bits: PoolMemory;
  /** See large-pools.ts. */
  readonly cursors: SharedArrayBuffer;
  /** What is kept for hosts, see address-set.ts. */
  readonly reserved: SharedArrayBuffer;
}

/**
 * @param reserved addresses and first addresses of prefixes that no search may find, 16 octets each
 * @param marks words that an allocator keeps between two searches, zero at first
 */
export function allocatePools6(
  plan: PoolPlan6,
  reserved: readonly Uint8Array[] = [],
  marks = 0,
): PoolMemory6 {
  const memory = {
    plan,
    bits: allocatePools(layOutPools6(plan).ranges, [], marks),
    cursors: new SharedArrayBuffer(cursorBytes(plan.pools.length)),
    reserved: allocateAddressSet(reserved.length),
  };
  const set = new PoolSet6(memory);
  // [RFC4291 2.5.2] :: is nobody’s address.
  set.reserve(new Uint8Array(ADDRESS_BYTES), 0);
  for (const address of reserved) set.reserve(address, 0);
  return memory;
}
