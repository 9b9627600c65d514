/** What a benchmark is: one question, answered by tables whose contenders ran side by side. */
import type { DemoMode } from '../src/demo/model.ts';
import type { PairSite } from '../src/demo/pair.ts';
import type { Wants } from '../src/load/model.ts';
import type { Contender } from './contenders.ts';
import type { Point } from './points.ts';

/** `tiny` proves in a test that the bench still works, `quick` gives the order of magnitude, `full` is for the record. */
export type Scale = 'tiny' | 'quick' | 'full';

/** Every exchange another client's, or the same clients that renew in turn. */
export type ClientsKind = 'new' | 'renewals';

/** `single` = one server of the same program, `plain` = the same pair without TLS. */
export type Beside = 'single' | 'plain';

/** The choices of the command line; a bench takes those that concern it. */
export interface BenchOptions {
  readonly scale: Scale;
  /** Whole servers that take part. */
  readonly contenders: readonly Contender[];
  readonly points: readonly Point[];
  readonly clients: readonly ClientsKind[];
  readonly modes: readonly DemoMode[];
  /** What clients of DHCPv6 want. */
  readonly wants: readonly Wants[];
  /** TLS between the servers of a pair. */
  readonly tls: boolean;
  /** What a pair is compared with in its own table. */
  readonly beside: readonly Beside[];
  /** Where servers and load are. */
  readonly site: PairSite;
}

/** A table as it stands in docs/benchmarks.md; the first column names the contender, or the load. */
export interface BenchTable {
  /** Which of several tables of a bench this is. */
  readonly title?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What the rows were made of, for programs: every figure of every round. */
  readonly records?: readonly object[];
  /** What was computed, as a number: the same on every machine and in every run, null where it cannot be. */
  readonly digest: string | null;
}

export interface Bench {
  readonly name: string;
  /** 6 = of DHCPv6; of DHCPv4, or of none, when it is not said. */
  readonly family?: 6;
  /** One sentence that ends in a question mark. */
  readonly question: string;
  run(options: BenchOptions): BenchTable | Promise<BenchTable | readonly BenchTable[]>;
}
