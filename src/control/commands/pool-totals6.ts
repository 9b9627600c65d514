/** How many addresses and prefixes the pools of DHCPv6 subnets have, under Kea's names. */
import { poolSeries6, type SeriesSubnet } from '../../engine/dhcp6/subnets/pool-series.ts';
import { seriesPrefix } from '../../engine/figures/statistic-names.ts';

const TOTALS = { pool: 'total-nas', 'pd-pool': 'total-pds' } as const;

/**
 * `subnet[ID].total-nas` and `subnet[ID].total-pds` of every subnet, and of each series of pools the one that it has.
 * @param subnets ascending by id
 */
export function poolTotals6(subnets: readonly SeriesSubnet[]): ReadonlyMap<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const { id } of subnets)
    for (const name of Object.values(TOTALS)) totals.set(`subnet[${id}].${name}`, 0n);
  for (const series of poolSeries6(subnets).series) {
    const { subnetId, kind, units } = series;
    const ofSubnet = `subnet[${subnetId}].${TOTALS[kind]}`;
    totals.set(ofSubnet, totals.get(ofSubnet)! + units);
    totals.set(seriesPrefix(series) + TOTALS[kind], units);
  }
  return totals;
}
