/** What a load process is told, and what it answers: a line of JSON each, one after the other. */
import type { ThreadCost } from './thread-cost.ts';

export interface LoadOrder {
  /** Exchanges that may wait for an answer at once. */
  readonly inFlightMax: number;
  /** New exchanges a second, 0 = closed loop. */
  readonly ratePerSec: number;
  /** Under load, before anything is measured. */
  readonly settleSec: number;
  /** Measured; less when `exchangesMax` are done before. */
  readonly sec: number;
  readonly exchangesMax: number | null;
  /** Processes whose cost is measured. */
  readonly pids: readonly number[];
}

export interface LoadAnswer {
  /** Whole exchanges and renewals that ended while it was measured. */
  readonly completed: number;
  readonly elapsedSec: number;
  /** From REQUEST to ACK. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Queries that were sent again after a second of silence. */
  readonly retransmitted: number;
  /** Exchanges that had no answer when the load had ended and everybody was waited for. */
  readonly unanswered: number;
  /** Addresses that two clients held, and answers of two servers to one query; since the process was started. */
  readonly conflicts: number;
  readonly duplicates: number;
  /** Of the processes, while it was measured. */
  readonly costs: readonly ThreadCost[];
  /** Processor time of the load itself. */
  readonly ownUs: number;
}
