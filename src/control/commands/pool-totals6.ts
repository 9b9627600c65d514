/** How many addresses and prefixes the pools of DHCPv6 subnets have, under Kea's names. */
import { type PooledSubnet, type PoolShape, planPools6, unitsOf } from '../../lease/dhcp6/pools/plan.ts';

/**
 * `subnet[ID].total-nas` and `subnet[ID].total-pds` of every subnet.
 * @param subnets ascending by id
 */
export function poolTotals6(subnets: readonly PooledSubnet[]): ReadonlyMap<string, bigint> {
  const { pools, numbers } = planPools6(subnets);
  const totals = new Map<string, bigint>();
  for (const [id, { addressPools, prefixPools, end }] of numbers) {
    totals.set(`subnet[${id}].total-nas`, unitsOfAll(pools.slice(addressPools, prefixPools)));
    totals.set(`subnet[${id}].total-pds`, unitsOfAll(pools.slice(prefixPools, end)));
  }
  return totals;
}

function unitsOfAll(pools: readonly PoolShape[]): bigint {
  return pools.reduce((sum, pool) => sum + unitsOf(pool), 0n);
}
