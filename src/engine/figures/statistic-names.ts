/** What a family counts: lists of names, of which the positions are the numbers of cells. */

/** What a pool gives: addresses, or (of DHCPv6) prefixes. The words are those of the names. */
export type PoolKind = 'pool' | 'pd-pool';

export interface StatisticNames {
  /** Kea's statistics of the server, then Tandem's own reasons for packets without an answer. */
  readonly global: readonly string[];
  /** Those of each subnet, named `subnet[ID].NAME`. */
  readonly subnet: readonly string[];
  /** Those of each series of pools, named `subnet[ID].pool[POOL ID].NAME`. */
  readonly pool: readonly string[];
  /** Those of each series of pools of prefixes, named `subnet[ID].pd-pool[POOL ID].NAME`. */
  readonly pdPool: readonly string[];
}

/** Pools of a subnet that are counted together. */
export interface NamedSeries {
  readonly subnetId: number;
  readonly kind: PoolKind;
  readonly poolId: number;
}

/** Of what there are cells, in their order. */
export interface NamedCells {
  readonly names: StatisticNames;
  readonly subnetIds: readonly number[];
  readonly pools: readonly NamedSeries[];
}

/** Name -> number of its cell, for code that counts. */
export function cellsOf<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, cell) => [name, cell])) as Record<Name, number>;
}

/** What is counted of pools of a kind. */
export function poolNames({ pool, pdPool }: StatisticNames, kind: PoolKind): readonly string[] {
  return kind === 'pool' ? pool : pdPool;
}

/** What stands before the names of a series of pools. */
export function seriesPrefix({ subnetId, kind, poolId }: NamedSeries): string {
  return `subnet[${subnetId}].${kind}[${poolId}].`;
}

/** The name of each cell of a row, in Kea's form. */
export function cellNames({ names, subnetIds, pools }: NamedCells): string[] {
  return [
    ...names.global,
    ...subnetIds.flatMap((id) => names.subnet.map((name) => `subnet[${id}].${name}`)),
    ...pools.flatMap((series) => poolNames(names, series.kind).map((name) => seriesPrefix(series) + name)),
  ];
}

/** The first cell of each series of pools in a row, and behind them the number of cells of a row. */
export function seriesCells({ names, subnetIds, pools }: NamedCells): Float64Array {
  const cells = new Float64Array(pools.length + 1);
  let cell = names.global.length + subnetIds.length * names.subnet.length;
  for (const [series, { kind }] of pools.entries()) {
    cells[series] = cell;
    cell += poolNames(names, kind).length;
  }
  cells[pools.length] = cell;
  return cells;
}
