/** Reads statistics: sums over all who count, by name. */
import { assert } from '../../base/assert.ts';
import {
  cellNames,
  cellsOf,
  type NamedCells,
  type PoolKind,
  type StatisticNames,
  seriesCells,
} from './statistic-names.ts';
import { rowOf, type STATISTICS_4, type StatisticsMemory } from './statistics.ts';

/** Sums over all writers; for main and the control API. @typeParam Names what its family counts */
export class StatisticsReader<Names extends StatisticNames = typeof STATISTICS_4> {
  readonly #memory: StatisticsMemory;
  readonly #globalCells: Readonly<Record<string, number>>;
  readonly #subnetCells: Readonly<Record<string, number>>;
  readonly #poolCells: Readonly<Record<PoolKind, Readonly<Record<string, number>>>>;
  readonly #seriesCells: Float64Array;
  readonly #rows: readonly Float64Array[];
  /** Made when they are asked for, once: a hundred thousand names take a while. And the values that were given last. */
  #names: readonly string[] | null = null;
  #seen: Float64Array | null = null;

  constructor(memory: StatisticsMemory) {
    this.#memory = memory;
    const { global, subnet, pool, pdPool } = memory.names;
    this.#globalCells = cellsOf(global);
    this.#subnetCells = cellsOf(subnet);
    this.#poolCells = { pool: cellsOf(pool), 'pd-pool': cellsOf(pdPool) };
    this.#seriesCells = seriesCells(memory);
    this.#rows = Array.from({ length: memory.writers }, (_, writer) => rowOf(memory, writer));
  }

  #sum(cell: number): number {
    let sum = 0;
    for (const row of this.#rows) sum += row[cell]!;
    return sum;
  }

  global(name: Names['global'][number]): number {
    return this.#sum(cellOf(this.#globalCells, name));
  }

  /** @param subnetIndex position of the subnet in the configuration */
  subnet(subnetIndex: number, name: Names['subnet'][number]): number {
    const { global, subnet } = this.#memory.names;
    return this.#sum(global.length + subnetIndex * subnet.length + cellOf(this.#subnetCells, name));
  }

  /** @param series position of the series of pools */
  pool(series: number, name: Names['pool'][number] | Names['pdPool'][number]): number {
    const { kind } = this.#memory.pools[series]!;
    return this.#sum(this.#seriesCells[series]! + cellOf(this.#poolCells[kind], name));
  }

  /** Of what there are values. */
  get cells(): NamedCells {
    return this.#memory;
  }

  /** Every statistic with Kea's name: global ones, then `subnet[ID].NAME`, then `subnet[ID].pool[POOL ID].NAME` and `subnet[ID].pd-pool[POOL ID].NAME`. */
  all(): Map<string, number> {
    this.#seen?.fill(Number.NaN);
    return this.changed();
  }

  /** Those of them that are others than at the last call of this or of `all`. */
  changed(): Map<string, number> {
    this.#names ??= cellNames(this.#memory);
    this.#seen ??= new Float64Array(this.#names.length).fill(Number.NaN);
    const changed = new Map<string, number>();
    for (let cell = 0; cell < this.#seen.length; cell++) {
      const value = this.#sum(cell);
      if (value !== this.#seen[cell]) changed.set(this.#names[cell]!, value);
      this.#seen[cell] = value;
    }
    return changed;
  }
}

function cellOf(cells: Readonly<Record<string, number>>, name: string): number {
  const cell = cells[name];
  assert(cell !== undefined, 'the statistic is counted');
  return cell;
}
