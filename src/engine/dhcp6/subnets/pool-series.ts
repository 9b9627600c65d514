/** The series of pools of a DHCPv6 server, see ../../subnets/pool-series.ts. */
import { type PooledSubnet, planPools6, unitsOf } from '../../../lease/dhcp6/pools/plan.ts';
import type { NamedSeries } from '../../figures/statistic-names.ts';
import { joinPools } from '../../subnets/pool-series.ts';

/** Subnets with the numbers that the configuration gives their pools. */
export interface SeriesSubnet extends PooledSubnet {
  readonly pools: readonly (PooledSubnet['pools'][number] & Numbered)[];
  readonly pdPools: readonly (PooledSubnet['pdPools'][number] & Numbered)[];
}

interface Numbered {
  readonly poolId: number;
}

/** Every series, and that of each pool, in the order of `planPools6`. @param subnets ascending by id */
export function poolSeries6(subnets: readonly SeriesSubnet[]): ReturnType<typeof joinPools> {
  const named = subnets.flatMap(({ id: subnetId, pools, pdPools }): NamedSeries[] => [
    ...pools.map(({ poolId }) => ({ subnetId, kind: 'pool', poolId }) as const),
    ...pdPools.map(({ poolId }) => ({ subnetId, kind: 'pd-pool', poolId }) as const),
  ]);
  const { pools } = planPools6(subnets);
  return joinPools(named.map((pool, number) => ({ ...pool, units: unitsOf(pools[number]!) })));
}
