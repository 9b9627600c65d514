/** The lease file as main sees it: lock, journal thread, clean-up timer, and what the log says when the disk fails. */
import type { Clock } from '../base/clock.ts';
import type { ServerConfig } from '../config/model.ts';
import { JournalClient } from '../journal/client.ts';
import { lockLeaseFile } from '../journal/lock.ts';
import { LeaseFileMaintenance } from '../journal/maintenance.ts';
import type { JournalReport } from '../journal/memory.ts';
import { JournalWatch } from '../journal/watch.ts';
import type { Log } from '../log/logger.ts';
import type { ServerMemory } from './memory.ts';
import type { Threads } from './threads.ts';

const WATCH_MS = 500;
const MS_PER_SEC = 1000;
const STOP_GRACE_MS = 5_000;

export interface StorageParts {
  readonly config: ServerConfig;
  readonly memory: ServerMemory;
  readonly threads: Threads;
  readonly eventFds: readonly number[];
  readonly clock: Clock;
  readonly log: Log;
  /** The journal ended with a fault. */
  readonly onFailure: (error: unknown) => void;
}

export class Storage {
  readonly #parts: StorageParts;
  readonly journal: JournalClient;
  readonly #watch: JournalWatch;
  readonly #maintenance: LeaseFileMaintenance;
  readonly #unlock: () => void;
  #running: Promise<JournalReport | undefined> | null = null;
  readonly #timers: NodeJS.Timeout[] = [];

  /** @throws an Error when another process works on the lease file */
  constructor(parts: StorageParts) {
    this.#parts = parts;
    const { memory, config, threads, clock, log } = parts;
    this.journal = new JournalClient({ journal: memory.journal, changes: memory.book.changes });
    this.#watch = new JournalWatch(this.journal, clock, log);
    const { path } = config.leaseDatabase;
    this.#maintenance = new LeaseFileMaintenance(path, this.journal, (task) => threads.runCleanup(task), log);
    this.#unlock = config.leaseDatabase.persist ? take(path) : () => {};
  }

  /** Starts the journal; the lease file has been loaded before. @param cleanupDue run a clean-up at once */
  start(cleanupDue: boolean): void {
    const { config, memory, threads, eventFds, onFailure } = this.#parts;
    const { persist, path, lfcIntervalSec } = config.leaseDatabase;
    this.journal.allowStart();
    const task = {
      changes: memory.book.changes,
      journal: memory.journal,
      eventFds,
      file: persist ? { path, fdatasync: config.tandem.fdatasync } : null,
      stopGraceMs: STOP_GRACE_MS,
    };
    this.#running = threads.runJournal(task).catch((error: unknown) => {
      onFailure(error);
      return undefined;
    });
    if (!persist) return;
    this.#timers.push(setInterval(() => this.#watch.check(), WATCH_MS));
    if (lfcIntervalSec > 0) {
      this.#timers.push(setInterval(() => void this.#maintenance.cleanUp(), lfcIntervalSec * MS_PER_SEC));
    }
    if (cleanupDue) void this.#maintenance.cleanUp();
  }

  /** Stops the journal after everything is written. @returns false when rows are left that the disk did not take */
  async stop(): Promise<boolean> {
    for (const timer of this.#timers) clearInterval(timer);
    // Before the lock is given back: a clean-up must not change files that another process works on.
    await this.#maintenance.stop(() => this.#parts.threads.endJobs());
    this.journal.stop();
    const report = await this.#running;
    this.#unlock();
    return report?.drained ?? false;
  }
}

/** @throws an Error when another process holds the lease file */
function take(path: string): () => void {
  const outcome = lockLeaseFile(path);
  if (outcome.kind === 'refused') throw new Error(outcome.reason);
  return outcome.release;
}
