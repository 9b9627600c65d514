/** Which pool holds an address: a search by halves, because a subnet may have a thousand pools and is asked for each lease. */
import type { PoolRange } from '../../lease/pool.ts';

/** The pool that holds an address, or null. @param pools in the order of their addresses, none of them overlaps another one */
export function poolAt<Pool extends PoolRange>(pools: readonly Pool[], address: number): Pool | null {
  let low = 0;
  let high = pools.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (pools[middle]!.first <= address) low = middle;
    else high = middle - 1;
  }
  // Without a pool there is none at either end.
  if (low > high) return null;
  const pool = pools[low]!;
  return address >= pool.first && address <= pool.last ? pool : null;
}
