/** Options and findings of the demonstration. */

export type DemoMode = 'load-balancing' | 'hot-standby';

export interface DemoOptions {
  readonly family: 4 | 6;
  /** From the first server's start to the end of the load, 15..3600. */
  readonly seconds: number;
  /** New clients a second, 1..50,000. */
  readonly rate: number;
  readonly mode: DemoMode;
}

/** The options of a plain `tandem demo`. */
export const DEMO_DEFAULTS = {
  family: 4,
  seconds: 20,
  rate: 2000,
  mode: 'load-balancing',
} as const satisfies DemoOptions;

/** How the demonstration's clients and servers fared. */
export interface DemoReport {
  readonly exchanges: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The longest time from a client's first query to its lease. */
  readonly longestGapMs: number;
  /** From kill -9 of one server until the other served its clients. */
  readonly takeoverMs: number;
  /** From the restart of the killed server until both were back in the normal state. */
  readonly recoveryMs: number;
  /** Clients that were never answered. */
  readonly abandoned: number;
  readonly findings: readonly Finding[];
}

/** One invariant and whether it held. */
export interface Finding {
  readonly invariant: string;
  readonly held: boolean;
  /** What was compared, or what was wrong, with at most a few examples. */
  readonly detail: string;
}
