/** Keeps the counters of assigned and declined addresses right when main changes leases. */
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { LeaseState } from '../../lease/state.ts';
import { G, P, S, type StatisticsWriter } from '../figures/statistics.ts';
import type { StatisticsReader } from '../figures/statistics-reader.ts';
import type { CountedPool } from '../subnets/pool-series.ts';
import { type CountedSubnet, countLease, type LeaseCount, leaseCounts } from './lease-count.ts';

/** What follows from the table alone. */
const HELD = ['assigned-addresses', 'declined-addresses'] as const;

export class LeaseAccounting {
  readonly #statistics: StatisticsWriter;
  readonly #subnets: ReadonlyMap<number, CountedSubnet>;

  /** @param subnetIds in the order of the configuration; @param pools those of `poolSeries`, when pools are counted, of each subnet in the order of their addresses */
  constructor(
    statistics: StatisticsWriter,
    subnetIds: readonly number[],
    pools: readonly CountedPool[] = [],
  ) {
    this.#statistics = statistics;
    const poolsOf = new Map<number, CountedPool[]>(subnetIds.map((id) => [id, []]));
    for (const pool of pools) poolsOf.get(pool.subnetId)!.push(pool);
    this.#subnets = new Map(subnetIds.map((id, index) => [id, { index, pools: poolsOf.get(id)! }]));
  }

  /** The lease of an address in this subnet went from one state to another; null = there was, or is, none. */
  changed(subnetId: number, address: number, before: number | null, after: number | null): void {
    const assigned = Number(isAssigned(after)) - Number(isAssigned(before));
    const declined = Number(after === LeaseState.declined) - Number(before === LeaseState.declined);
    if (assigned !== 0) this.#add(leaseCounts.assigned, subnetId, address, assigned);
    if (assigned > 0) this.#add(leaseCounts.cumulativeAssigned, subnetId, address, assigned);
    if (declined !== 0) this.#add(leaseCounts.declined, subnetId, address, declined);
  }

  /** The timer reclaimed a lease that was in this state. */
  reclaimed(subnetId: number, address: number, before: number): void {
    this.#add(leaseCounts.reclaimed, subnetId, address, 1);
    if (before === LeaseState.declined) this.#add(leaseCounts.reclaimedDeclined, subnetId, address, 1);
  }

  /**
   * Makes the counts of assigned and declined addresses what the table holds. After another configuration came into force:
   * leases of a subnet or a pool that was gone for a while are counted for it again. No shard runs.
   */
  recount(book: LeaseBook, counted: StatisticsReader): void {
    this.#forgetHeld(counted);
    const { rows } = book.table;
    for (let slot = 0; slot < book.table.highWater(); slot++) {
      const [address, subnetId] = [rows.address(slot), rows.subnetId(slot)];
      if (address === 0 || !isAssigned(rows.state(slot))) continue;
      this.#add(leaseCounts.assigned, subnetId, address, 1);
      if (rows.state(slot) === LeaseState.declined) this.#add(leaseCounts.declined, subnetId, address, 1);
    }
  }

  /** What is counted is taken away, so that everything can be counted once. */
  #forgetHeld(counted: StatisticsReader): void {
    const series = new Set<number>();
    for (const { index, pools } of this.#subnets.values()) {
      for (const name of HELD) this.#statistics.addSubnet(index, S[name], -counted.subnet(index, name));
      for (const pool of pools) series.add(pool.series);
    }
    for (const name of HELD) {
      this.#statistics.add(G[name], -counted.global(name));
      for (const each of series) this.#statistics.addPool(each, P[name], -counted.pool(each, name));
    }
  }

  #add(count: LeaseCount, subnetId: number, address: number, delta: number): void {
    countLease(this.#statistics, count, this.#subnets.get(subnetId) ?? null, address, delta);
  }
}

/** A declined address counts as assigned until its probation ends, as in Kea. */
function isAssigned(state: number | null): boolean {
  return state === LeaseState.assigned || state === LeaseState.declined;
}
