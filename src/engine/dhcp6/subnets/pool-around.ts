/** Which pool of a subnet an address lies in: a search by halves, because it is done for each lease that comes or goes. */
import type { PoolSet6 } from '../../../lease/dhcp6/pools/pool-set.ts';
import type { CompiledPool6 } from '../compiled/compiled.ts';

/**
 * The pool that an address, or the beginning of a prefix, lies in, or null. [Kea] To whom the pool is open, and how long a
 * prefix is, does not matter.
 * @param set what the pools are numbers of
 * @param pools of one kind, ascending; none of them overlaps another one
 */
export function poolAround(
  set: PoolSet6,
  pools: readonly CompiledPool6[],
  bytes: Uint8Array,
  offset: number,
): CompiledPool6 | null {
  let low = 0;
  let high = pools.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const pool = pools[middle]!;
    const side = set.sideOf(pool.index, bytes, offset);
    if (side === 0) return pool;
    if (side < 0) high = middle - 1;
    else low = middle + 1;
  }
  return null;
}
