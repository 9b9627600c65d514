/**
 * Pools as the statistics count them. [Kea 2.4] The pools of a subnet that have one `pool-id`, 0 where none is given, are one
 * series; a lease counts for the pool that its address lies in, whatever number its row carries.
 */
import type { SubnetConfig } from '../../config/model.ts';

/** The pools of a subnet with one number. */
export interface PoolSeries {
  readonly subnetId: number;
  readonly poolId: number;
  /** Addresses of all of them. */
  readonly addresses: number;
}

/** Addresses that count for a series. */
export interface CountedPool {
  readonly subnetId: number;
  readonly first: number;
  readonly last: number;
  /** Position of the series. */
  readonly series: number;
}

/** Every series, and every pool in the order in which `compileSubnets` numbers them. */
export function poolSeries(subnets: readonly Pick<SubnetConfig, 'id' | 'pools'>[]): {
  readonly series: readonly PoolSeries[];
  readonly pools: readonly CountedPool[];
} {
  const series: PoolSeries[] = [];
  const pools: CountedPool[] = [];
  for (const subnet of subnets) {
    const known = new Map<number, number>();
    for (const { poolId, first, last } of subnet.pools) {
      const at = known.get(poolId) ?? series.length;
      known.set(poolId, at);
      const addresses = (series[at]?.addresses ?? 0) + last - first + 1;
      series[at] = { subnetId: subnet.id, poolId, addresses };
      pools.push({ subnetId: subnet.id, first, last, series: at });
    }
  }
  return { series, pools };
}
