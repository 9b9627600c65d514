/** What a family counts: lists of names, of which the positions are the numbers of cells. */
import type { PoolSeries } from '../subnets/pool-series.ts';

export interface StatisticNames {
  /** Kea's statistics of the server, then Tandem's own reasons for packets without an answer. */
  readonly global: readonly string[];
  /** Those of each subnet, named `subnet[ID].NAME`. */
  readonly subnet: readonly string[];
  /** Those of each series of pools, named `subnet[ID].pool[POOL ID].NAME`. */
  readonly pool: readonly string[];
}

/** Of what there are cells, in their order. */
export interface NamedCells {
  readonly names: StatisticNames;
  readonly subnetIds: readonly number[];
  readonly pools: readonly PoolSeries[];
}

/** Name -> number of its cell, for code that counts. */
export function cellsOf<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, cell) => [name, cell])) as Record<Name, number>;
}

/** The name of each cell of a row, in Kea's form. */
export function cellNames({ names, subnetIds, pools }: NamedCells): string[] {
  return [
    ...names.global,
    ...subnetIds.flatMap((id) => names.subnet.map((name) => `subnet[${id}].${name}`)),
    ...pools.flatMap(({ subnetId, poolId }) =>
      names.pool.map((name) => `subnet[${subnetId}].pool[${poolId}].${name}`),
    ),
  ];
}
