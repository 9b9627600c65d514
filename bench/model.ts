/** What a benchmark is: one question, answered by a table whose contenders ran side by side. */

/** `tiny` proves in a test that the bench still works, `quick` gives the order of magnitude, `full` is for the record. */
export type Scale = 'tiny' | 'quick' | 'full';

export interface BenchOptions {
  readonly scale: Scale;
  /** Kea 2.2 takes part where it can. */
  readonly kea: boolean;
}

/** A table as it stands in docs/benchmarks.md; the first column names the contender. */
export interface BenchTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What was computed, as a number: the same on every machine and in every run, null where it cannot be. */
  readonly digest: string | null;
}

export interface Bench {
  readonly name: string;
  /** One sentence that ends in a question mark. */
  readonly question: string;
  run(options: BenchOptions): BenchTable | Promise<BenchTable>;
}
