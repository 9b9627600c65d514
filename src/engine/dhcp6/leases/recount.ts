/** Counts all leases anew, when another configuration came into force. */
import { G6, S6 } from '../statistics.ts';
import { type CountingLeases, countLoaded } from './lease-counts.ts';

/** What follows from the table alone. */
const HELD = ['assigned-nas', 'assigned-pds', 'registered-nas', 'declined-addresses'] as const;

/**
 * Makes the counts of assigned, registered and declined leases what the table holds. After another configuration came into force: leases of a
 * subnet that was gone for a while are counted for it again. No shard runs.
 * @param counted what is counted so far, by name. @param subnetIds those that are counted
 */
export function recountLeases(
  context: CountingLeases,
  counted: ReadonlyMap<string, number>,
  subnetIds: readonly number[],
): void {
  const { book, statistics, subnets } = context;
  for (const name of HELD) {
    statistics.add(G6[name], -(counted.get(name) ?? 0));
    for (const id of subnetIds)
      statistics.addSubnet(subnets.ofId(id)!.index, S6[name], -(counted.get(`subnet[${id}].${name}`) ?? 0));
  }
  for (let slot = 0; slot < book.table.highWater(); slot++)
    if (!book.table.rows.isFree(slot)) countLoaded(context, slot);
}
