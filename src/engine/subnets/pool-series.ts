/**
 * Pools as the statistics count them. [Kea 2.4] The pools of a subnet that have one `pool-id`, 0 where none is given, are one
 * series; those of addresses and those of prefixes are two. A lease counts for the pool that its address lies in, whatever
 * number its row carries.
 */
import type { SubnetConfig } from '../../config/model.ts';
import type { NamedSeries } from '../figures/statistic-names.ts';

/** A pool, or the pools of a series together. */
export interface SizedSeries extends NamedSeries {
  /** Addresses, or prefixes of the length that clients get. */
  readonly units: bigint;
}

/** Addresses that count for a series. */
export interface CountedPool {
  readonly subnetId: number;
  readonly first: number;
  readonly last: number;
  /** Position of the series. */
  readonly series: number;
}

/** Every series, and which of them each pool belongs to. @param pools those of one subnet beside each other */
export function joinPools(pools: readonly SizedSeries[]): {
  readonly series: readonly SizedSeries[];
  readonly seriesOfPool: readonly number[];
} {
  const series: SizedSeries[] = [];
  const known = new Map<string, number>();
  let knownSubnet = 0;
  const seriesOfPool = pools.map((pool) => {
    const { subnetId, kind, poolId } = pool;
    if (subnetId !== knownSubnet) known.clear();
    knownSubnet = subnetId;
    const key = `${kind} ${poolId}`;
    const at = known.get(key) ?? series.length;
    known.set(key, at);
    series[at] = { ...pool, units: (series[at]?.units ?? 0n) + pool.units };
    return at;
  });
  return { series, seriesOfPool };
}

/** Every series of DHCPv4, and every pool in the order in which `compileSubnets` numbers them. */
export function poolSeries(subnets: readonly Pick<SubnetConfig, 'id' | 'pools'>[]): {
  readonly series: readonly SizedSeries[];
  readonly pools: readonly CountedPool[];
} {
  const pools = subnets.flatMap(({ id, pools }) =>
    pools.map(({ poolId, first, last }) => ({ subnetId: id, poolId, first, last })),
  );
  const { series, seriesOfPool } = joinPools(
    pools.map(({ subnetId, poolId, first, last }) => ({
      subnetId,
      kind: 'pool',
      poolId,
      units: BigInt(last - first + 1),
    })),
  );
  return {
    series,
    pools: pools.map(({ subnetId, first, last }, at) => ({
      subnetId,
      first,
      last,
      series: seriesOfPool[at]!,
    })),
  };
}
