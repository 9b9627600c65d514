/** Counts all leases anew, when another configuration came into force. */
import type { StatisticNames } from '../../figures/statistic-names.ts';
import type { StatisticsReader } from '../../figures/statistics-reader.ts';
import { G6, P6, PD6, S6 } from '../statistics.ts';
import { type CountingLeases, countLoaded } from './lease-counts.ts';

/** What follows from the table alone. */
const HELD = ['assigned-nas', 'assigned-pds', 'registered-nas', 'declined-addresses'] as const;
const HELD_OF_POOLS = ['assigned-nas', 'declined-addresses'] as const;
const HELD_OF_PD_POOLS = ['assigned-pds'] as const;

/**
 * Makes the counts of assigned, registered and declined leases what the table holds. After another configuration came into force: leases of a
 * subnet or a pool that was gone for a while are counted for it again. No shard runs.
 * @param counted what is counted so far
 */
export function recountLeases(context: CountingLeases, counted: StatisticsReader<StatisticNames>): void {
  forgetHeld(context, counted);
  const { table } = context.book;
  for (let slot = 0; slot < table.highWater(); slot++)
    if (!table.rows.isFree(slot)) countLoaded(context, slot);
}

/** What is counted is taken away, so that everything can be counted once. */
function forgetHeld(
  { statistics }: Pick<CountingLeases, 'statistics'>,
  counted: StatisticsReader<StatisticNames>,
): void {
  const { subnetIds, pools } = counted.cells;
  for (const name of HELD) {
    statistics.add(G6[name], -counted.global(name));
    for (const index of subnetIds.keys()) statistics.addSubnet(index, S6[name], -counted.subnet(index, name));
  }
  for (const [series, { kind }] of pools.entries()) {
    if (kind === 'pool')
      for (const name of HELD_OF_POOLS) statistics.addPool(series, P6[name], -counted.pool(series, name));
    else
      for (const name of HELD_OF_PD_POOLS) statistics.addPool(series, PD6[name], -counted.pool(series, name));
  }
}
