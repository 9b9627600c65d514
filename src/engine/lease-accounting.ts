/** Keeps the counters of assigned and declined addresses right when main changes leases. */
import type { LeaseBook } from '../lease/book.ts';
import { LeaseState } from '../lease/model.ts';
import { G, S, type StatisticsReader, type StatisticsWriter } from './statistics.ts';

export class LeaseAccounting {
  readonly #statistics: StatisticsWriter;
  readonly #indexes: ReadonlyMap<number, number>;

  /** @param subnetIds in the order of the configuration */
  constructor(statistics: StatisticsWriter, subnetIds: readonly number[]) {
    this.#statistics = statistics;
    this.#indexes = new Map(subnetIds.map((id, index) => [id, index]));
  }

  /** A lease of this subnet went from one state to another; null = there was, or is, none. */
  changed(subnetId: number, before: number | null, after: number | null): void {
    const assigned = Number(isAssigned(after)) - Number(isAssigned(before));
    const declined = Number(after === LeaseState.declined) - Number(before === LeaseState.declined);
    if (assigned !== 0) this.#add('assigned-addresses', subnetId, assigned);
    if (assigned > 0) this.#add('cumulative-assigned-addresses', subnetId, assigned);
    if (declined !== 0) this.#add('declined-addresses', subnetId, declined);
  }

  /** The timer reclaimed a lease that was in this state. */
  reclaimed(subnetId: number, before: number): void {
    this.#add('reclaimed-leases', subnetId, 1);
    if (before === LeaseState.declined) this.#add('reclaimed-declined-addresses', subnetId, 1);
  }

  /**
   * Makes the counts of assigned and declined addresses what the table holds. After another configuration came into force:
   * leases of a subnet that was gone for a while are counted for it again. No shard runs.
   */
  recount(book: LeaseBook, counted: StatisticsReader): void {
    // What is counted is taken away, then everything is counted once.
    this.#statistics.add(G['assigned-addresses'], -counted.global('assigned-addresses'));
    this.#statistics.add(G['declined-addresses'], -counted.global('declined-addresses'));
    for (const index of this.#indexes.values()) {
      for (const name of ['assigned-addresses', 'declined-addresses'] as const) {
        this.#statistics.addSubnet(index, S[name], -counted.subnet(index, name));
      }
    }
    const { rows } = book.table;
    for (let slot = 0; slot < book.table.highWater(); slot++) {
      if (rows.address(slot) === 0 || !isAssigned(rows.state(slot))) continue;
      this.#add('assigned-addresses', rows.subnetId(slot), 1);
      if (rows.state(slot) === LeaseState.declined) this.#add('declined-addresses', rows.subnetId(slot), 1);
    }
  }

  #add(name: keyof typeof S & keyof typeof G, subnetId: number, delta: number): void {
    this.#statistics.add(G[name], delta);
    const index = this.#indexes.get(subnetId);
    if (index !== undefined) this.#statistics.addSubnet(index, S[name], delta);
  }
}

/** A declined address counts as assigned until its probation ends, as in Kea. */
function isAssigned(state: number | null): boolean {
  return state === LeaseState.assigned || state === LeaseState.declined;
}
