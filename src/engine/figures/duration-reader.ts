/** What main does with the memory of durations.ts: begins intervals, and sums up what the shards have measured. */
import { CELLS, Cell, type DurationMemory, DurationWord, ROW_CELLS, SPANS, Span } from './durations.ts';

/** Called for each row in which something was measured. @param subnet position, -1 = without a subnet; @param row of one shard, valid during the call */
export type RowVisitor = (subnet: number, pair: number, row: Float64Array) => void;

export class DurationReader {
  readonly #words: Int32Array;
  readonly #shards: readonly Float64Array[];
  readonly #pairs: number;
  readonly #rows: number;

  constructor({ words, cells, pairs, rows }: DurationMemory) {
    this.#words = new Int32Array(words);
    this.#shards = cells.map((each) => new Float64Array(each));
    this.#pairs = pairs;
    this.#rows = rows;
  }

  /** The shards measure, or leave it, from their next turn on. */
  switchOn(isOn: boolean): void {
    Atomics.store(this.#words, DurationWord.isOn, isOn ? 1 : 0);
  }

  /** Ends the interval: the shards work in the next one from their next turn on. */
  turnOver(): void {
    Atomics.add(this.#words, DurationWord.interval, 1);
  }

  /** Whether every shard works in the interval of now, so that nothing is added to the one before. */
  get isSettled(): boolean {
    const interval = Atomics.load(this.#words, DurationWord.interval);
    return this.#shards.every(
      (_, shard) => Atomics.load(this.#words, DurationWord.firstSeen + shard) === interval,
    );
  }

  /** Takes what was measured in the interval before out of the memory. Pre: `isSettled`, or no shard runs. */
  takeBefore(visit: RowVisitor): void {
    this.#visit(1, visit, true);
  }

  /** Takes what was measured in the interval of now out of the memory. Pre: no shard runs. */
  takeNow(visit: RowVisitor): void {
    this.#visit(0, visit, true);
  }

  /** Looks at what has been measured in the interval of now; a row may be in the middle of a change. */
  lookNow(visit: RowVisitor): void {
    this.#visit(0, visit, false);
  }

  #visit(ago: 0 | 1, visit: RowVisitor, clears: boolean): void {
    const bank = (Atomics.load(this.#words, DurationWord.interval) & 1) ^ ago;
    for (const cells of this.#shards) {
      for (let row = 0; row < this.#rows; row++) {
        const at = (bank * this.#rows + row) * ROW_CELLS;
        // Of every answer there is a total.
        if (cells[at + Span.total * CELLS + Cell.count] === 0) continue;
        const found = cells.subarray(at, at + ROW_CELLS);
        visit(Math.floor(row / this.#pairs) - 1, row % this.#pairs, found);
        if (clears) found.fill(0);
      }
    }
  }
}

/** Adds the cells of one row to those of another. */
export function addRow(sum: Float64Array, row: Float64Array): void {
  for (let at = 0; at < SPANS * CELLS; at += CELLS) {
    const count = row[at + Cell.count]!;
    if (count === 0) continue;
    const least = row[at + Cell.least]!;
    if (sum[at + Cell.count] === 0 || least < sum[at + Cell.least]!) sum[at + Cell.least] = least;
    sum[at + Cell.most] = Math.max(sum[at + Cell.most]!, row[at + Cell.most]!);
    sum[at + Cell.count]! += count;
    sum[at + Cell.total]! += row[at + Cell.total]!;
  }
}
