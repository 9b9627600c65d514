/** One way to count what becomes of a lease: among all of them, in its subnet, and in the pool of its address. */

import { G, P, type PoolStatistic, S, type StatisticsWriter } from '../figures/statistics.ts';
import { poolAt } from '../subnets/pool-at.ts';

/** The cells of a statistic of all leases, of those of a subnet and of those of a pool. */
export interface LeaseCount {
  readonly global: number;
  readonly ofSubnet: number;
  readonly ofPool: number;
}

/** A subnet, as far as leases are counted in it. */
export interface CountedSubnet {
  /** Position in the configuration. */
  readonly index: number;
  /** Ascending. */
  readonly pools: readonly {
    readonly first: number;
    readonly last: number;
    readonly series: number;
  }[];
}

const countOf = (name: PoolStatistic): LeaseCount => ({
  global: G[name],
  ofSubnet: S[name],
  ofPool: P[name],
});

// Looked up once: by name it would be done for each lease.
export const leaseCounts = {
  assigned: countOf('assigned-addresses'),
  cumulativeAssigned: countOf('cumulative-assigned-addresses'),
  declined: countOf('declined-addresses'),
  reclaimed: countOf('reclaimed-leases'),
  reclaimedDeclined: countOf('reclaimed-declined-addresses'),
} as const;

/** @param subnet that of the lease, null when the configuration has none of that number */
export function countLease(
  statistics: StatisticsWriter,
  { global, ofSubnet, ofPool }: LeaseCount,
  subnet: CountedSubnet | null,
  address: number,
  delta: number,
): void {
  statistics.add(global, delta);
  if (subnet === null) return;
  statistics.addSubnet(subnet.index, ofSubnet, delta);
  const pool = poolAt(subnet.pools, address);
  if (pool !== null) statistics.addPool(pool.series, ofPool, delta);
}
