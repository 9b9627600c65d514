/**
 * The clean-up of the lease file as main runs it, every `lfc-interval` and on request: the journal freezes the active
 * file, then a job of the worker pool merges. The service goes on all the while.
 */
import type { Log } from '../log/logger.ts';
import type { CleanupOutcome, CleanupTask } from './cleanup.ts';
import type { JournalClient } from './client.ts';

/** The journal answers between two commits; a disk that needs longer for one has other troubles. */
const ROTATION_TIMEOUT_MS = 30_000;

export class LeaseFileMaintenance {
  readonly #path: string;
  readonly #client: JournalClient;
  readonly #runJob: (task: CleanupTask) => Promise<CleanupOutcome>;
  readonly #log: Log;
  #isRunning = false;

  /** @param runJob runs `runCleanup` (cleanup.ts) in a worker */
  constructor(
    path: string,
    client: JournalClient,
    runJob: (task: CleanupTask) => Promise<CleanupOutcome>,
    log: Log,
  ) {
    this.#path = path;
    this.#client = client;
    this.#runJob = runJob;
    this.#log = log;
  }

  /** Runs a clean-up to its end and logs how it went; does nothing while one is running. Never rejects. */
  async cleanUp(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      const rotation = await this.#client.rotate(ROTATION_TIMEOUT_MS);
      if (rotation === 'failed') {
        this.#log('TDM_JOURNAL_CLEANUP_FAILED', { reason: 'the lease file could not be frozen' });
        return;
      }
      // `unfinished`: an earlier clean-up was cut short; the job finishes that one.
      this.#log('TDM_JOURNAL_CLEANUP_STARTED', { resumed: rotation === 'unfinished' });
      this.#logOutcome(await this.#runJob({ path: this.#path }));
    } catch (error) {
      this.#log('TDM_JOURNAL_CLEANUP_FAILED', {
        reason: error instanceof Error ? error.message : String(error),
      });
    } finally {
      this.#isRunning = false;
    }
  }

  #logOutcome(outcome: CleanupOutcome): void {
    if (outcome.kind === 'failed') this.#log('TDM_JOURNAL_CLEANUP_FAILED', { reason: outcome.reason });
    if (outcome.kind !== 'done') return;
    const { rows, leases, rowErrors, durationMs } = outcome;
    this.#log('TDM_JOURNAL_CLEANUP_DONE', { rows, leases, durationMs: Math.round(durationMs) });
    if (rowErrors > 0) this.#log('TDM_JOURNAL_ROWS_LEFT_OUT', { rowErrors });
  }
}
