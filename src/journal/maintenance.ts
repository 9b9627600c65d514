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
  #rotation: Promise<unknown> = Promise.resolve();
  #end: Promise<void> = Promise.resolve();
  #isStopped = false;
  #stopWaits = (): void => {};
  readonly #stopped = new Promise<void>((resolve) => {
    this.#stopWaits = resolve;
  });

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

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Runs a clean-up to its end and logs how it went; does nothing while one is running. Never rejects. */
  async cleanUp(): Promise<void> {
    if (this.#isRunning || this.#isStopped) return;
    this.#end = this.#run();
    await this.#end;
  }

  /** Resolves when the journal is asked for nothing any more; no clean-up may begin meanwhile. */
  async rotated(): Promise<void> {
    await this.#rotation;
  }

  /** Resolves when nobody works on the files any more; no clean-up may begin meanwhile. */
  async ended(): Promise<void> {
    await this.#end;
  }

  /**
   * Begins no clean-up any more and cuts short the one under way, which loses nothing: the next start finishes it. When this
   * resolves, nobody works on the files but the journal, so that they may become another process's.
   * @param endJob ends the worker that runs the job; resolves when it is gone
   */
  async stop(endJob: () => Promise<void>): Promise<void> {
    this.#isStopped = true;
    this.#stopWaits();
    await endJob();
    await this.#end;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      const asked = this.#client.rotate(ROTATION_TIMEOUT_MS);
      this.#rotation = asked;
      // A journal that ends meanwhile may leave the question without an answer.
      const rotation = await Promise.race([asked, this.#stopped]);
      if (this.#isStopped) return this.#log('TDM_JOURNAL_CLEANUP_CUT_SHORT');
      if (rotation === 'failed') {
        this.#log('TDM_JOURNAL_CLEANUP_FAILED', { reason: 'the lease file could not be frozen' });
        return;
      }
      // `unfinished`: an earlier clean-up was cut short; the job finishes that one.
      this.#log('TDM_JOURNAL_CLEANUP_STARTED', { resumed: rotation === 'unfinished' });
      this.#logOutcome(await this.#runJob({ path: this.#path }));
    } catch (error) {
      if (this.#isStopped) return this.#log('TDM_JOURNAL_CLEANUP_CUT_SHORT');
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
