/**
 * How many leases of a kind the subnets and classes have whose leases are limited: one number each in shared memory, changed under the
 * table's lock together with the row, so that it is exact whenever a lease is about to be given. A row is taken out before it
 * changes and counted again as it is afterwards. [Kea] The classes of a lease are those in its user context; a declined address
 * counts for its subnet, not for classes, and a lease that is over counts until it is reclaimed.
 */
import { type ByteRange, emptyRange, setRange } from '../base/byte-range.ts';
import { OctetMap } from '../base/octet-map.ts';
import { CLIENT_CLASSES, IscMember } from './context-member.ts';
import { skipBlanks, skipString } from './csv-context.ts';
import { SpawnedCounts, type SpawnedCountsMemory } from './spawned-counts.ts';
import { LeaseState } from './state.ts';

/** What is counted apart. With DHCPv4 there are addresses alone. */
export const LimitedKind = { addresses: 0, prefixes: 1 } as const;

/** By kind; null = leases of this kind are not limited. */
export type LimitedMemory = readonly (LimitedCountsMemory | null)[];

export interface LimitedCountsMemory {
  /** A number for each subnet, then one for each class. */
  readonly counts: SharedArrayBuffer;
  readonly subnetIds: readonly number[];
  readonly classNames: readonly string[];
  /** Null = no template has a limit. */
  readonly spawned: SpawnedCountsMemory | null;
}

export function allocateLimitedCounts(
  subnetIds: readonly number[],
  classNames: readonly string[],
  spawned: SpawnedCountsMemory | null,
): LimitedCountsMemory {
  const cells = Math.max(1, subnetIds.length + classNames.length);
  return { counts: new SharedArrayBuffer(cells * 4), subnetIds, classNames, spawned };
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;

/** What counts of a row. */
export interface CountedRows {
  state(slot: number): number;
  subnetId(slot: number): number;
  contextRange(slot: number, out: ByteRange): void;
}

export class LimitedCounts {
  readonly #counts: Int32Array;
  readonly #subnets: ReadonlyMap<number, number>;
  /** Cells of the classes by their names, as JSON without the quotes. */
  readonly #classes = new OctetMap();
  /** The classes that templates make, or null. */
  readonly spawned: SpawnedCounts | null;
  readonly #context = emptyRange();
  readonly #member = new IscMember(CLIENT_CLASSES);
  readonly #name = emptyRange();

  constructor({ counts, subnetIds, classNames, spawned }: LimitedCountsMemory) {
    this.#counts = new Int32Array(counts);
    this.spawned = spawned && new SpawnedCounts(spawned);
    this.#subnets = new Map(subnetIds.map((id, index) => [id, index]));
    const encoder = new TextEncoder();
    for (const [index, name] of classNames.entries())
      this.#classes.add(encoder.encode(JSON.stringify(name).slice(1, -1)), subnetIds.length + index);
  }

  /** Leases that a cell counts now. @param cell the position of its subnet, or of its class behind all subnets */
  count(cell: number): number {
    return this.#counts[cell]!;
  }

  /** Counts nothing any more. */
  clear(): void {
    this.#counts.fill(0);
    this.spawned?.clear();
  }

  /** Counts a row as it is now, or takes it out of the counts. @param delta 1 or -1 */
  add(rows: CountedRows, slot: number, delta: number): void {
    const state = rows.state(slot);
    if (state !== LeaseState.assigned && state !== LeaseState.declined) return;
    const cell = this.#subnets.get(rows.subnetId(slot));
    if (cell !== undefined) this.#counts[cell]! += delta;
    if (state === LeaseState.assigned && (this.#classes.size > 0 || this.spawned !== null))
      this.#addClasses(rows, slot, delta);
  }

  #addClasses(rows: CountedRows, slot: number, delta: number): void {
    const context = this.#context;
    rows.contextRange(slot, context);
    if (!this.#member.find(context, context)) return;
    const { bytes, offset, length } = context;
    const end = offset + length;
    if (bytes[offset] !== OPEN_LIST) return;
    let spawnedMax = this.spawned === null ? 0 : this.spawned.perLease;
    for (let at = skipBlanks(bytes, offset + 1, end); at < end && bytes[at] === QUOTE; ) {
      const start = at + 1;
      at = skipString(bytes, at, end);
      if (at < 0) return;
      setRange(this.#name, bytes, start, at - 1 - start);
      this.#addClass(delta);
      if (spawnedMax > 0 && this.#addSpawned(delta)) spawnedMax -= 1;
      at = skipBlanks(bytes, at, end);
      if (bytes[at] !== COMMA) return;
      at = skipBlanks(bytes, at + 1, end);
    }
  }

  #addClass(delta: number): void {
    const cell = this.#classes.find(this.#name);
    if (cell >= 0) this.#counts[cell]! += delta;
  }

  #addSpawned(delta: number): boolean {
    const { spawned } = this;
    if (spawned === null || !spawned.isCounted(this.#name)) return false;
    spawned.add(this.#name, delta);
    return true;
  }
}
