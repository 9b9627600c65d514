/**
 * The lease file as main sees it: lock, journal thread, clean-up timer, and what the log says when the disk fails. The
 * journal can go over to another file: it writes what is left to the old one, ends, and starts anew on the other.
 */

import { statSync } from 'node:fs';
import type { BellMemory } from '../../base/bell.ts';
import { ringFill } from '../../base/byte-ring.ts';
import type { Clock } from '../../base/clock.ts';
import type { CommonConfig, LeaseDatabaseConfig } from '../../config/model.ts';
import { JournalClient } from '../../journal/client.ts';
import { lockLeaseFile } from '../../journal/lock.ts';
import { LeaseFileMaintenance } from '../../journal/maintenance.ts';
import type { JournalMemory, JournalReport } from '../../journal/memory.ts';
import { JournalWatch } from '../../journal/watch.ts';
import type { ChangeLogMemory } from '../../lease/change-log.ts';
import { headerOf } from '../../lease/row-codec.ts';
import type { Log } from '../../log/logger.ts';
import type { Threads } from '../threads.ts';

const WATCH_MS = 500;
const MS_PER_SEC = 1000;
/** Looks, five seconds of them, until the partner is to take over; what hangs is noticed five seconds later. */
const TROUBLES_MAX = 10;
const STOP_GRACE_MS = 5_000;
/** Times that the journal is ended again because main wrote a row while it was ending. */
const DRAINS_MAX = 100;

export interface StorageParts {
  readonly memory: { readonly journal: JournalMemory; readonly book: { readonly changes: ChangeLogMemory } };
  /** Of the lease file: that of the family. */
  readonly columns: readonly string[];
  readonly threads: Threads;
  /** Of all who wait for rows in poll(). */
  readonly bells: readonly BellMemory[];
  readonly clock: Clock;
  readonly log: Log;
  /** The journal ended with a fault. */
  readonly onFailure: (error: unknown) => void;
  /** The lease file has taken no leases for some seconds, or does again. */
  readonly onHealth: (isWell: boolean) => void;
}

/** What of the configuration decides where and how rows are written. */
export interface LeaseFile {
  readonly database: LeaseDatabaseConfig;
  readonly fdatasync: boolean;
}

export function leaseFileOf({ leaseDatabase, tandem }: CommonConfig): LeaseFile {
  return { database: leaseDatabase, fdatasync: tandem.fdatasync };
}

export class Storage {
  readonly #parts: StorageParts;
  readonly journal: JournalClient;
  readonly #watch: JournalWatch;
  #file: LeaseFile;
  #maintenance: LeaseFileMaintenance;
  #unlock: () => void;
  #running: Promise<JournalReport | undefined> | null = null;
  #timers: NodeJS.Timeout[] = [];
  #isWell = true;
  /** Looks in a row that found the lease file in trouble. */
  #troubles = 0;
  /** That of a file which was left, whose clean-up may still be at work. */
  #former: LeaseFileMaintenance | null = null;
  /** Ends when the files of before are nobody's any more. */
  #left: Promise<void> = Promise.resolve();

  /** @throws an Error when another process works on the lease file */
  constructor(parts: StorageParts, file: LeaseFile) {
    this.#parts = parts;
    this.#file = file;
    this.journal = new JournalClient({ journal: parts.memory.journal, changes: parts.memory.book.changes });
    this.#watch = new JournalWatch(this.journal, parts.clock, parts.log);
    this.#maintenance = this.#maintenanceOf(file);
    this.#unlock = file.database.persist ? take(file.database.path) : () => {};
  }

  /** Starts the journal; the lease file has been loaded before. @param cleanupDue run a clean-up at once */
  start(cleanupDue: boolean): void {
    this.resume();
    if (cleanupDue) void this.#maintenance.cleanUp();
  }

  /** Begins a clean-up now; `none` = there is no lease file. */
  cleanUp(): 'started' | 'running' | 'none' {
    if (!this.#file.database.persist) return 'none';
    if (this.#maintenance.isRunning) return 'running';
    void this.#maintenance.cleanUp();
    return 'started';
  }

  /** Stops the journal after everything is written. @returns false when rows are left that the disk did not take */
  async stop(): Promise<boolean> {
    this.#stopTimers();
    // Before the lock is given back: a clean-up must not change files that another process works on.
    const endJobs = (): Promise<void> => this.#parts.threads.endJobs();
    await Promise.all([this.#maintenance.stop(endJobs), this.#former?.stop(endJobs)]);
    const drained = await this.#end();
    this.#unlock();
    return drained;
  }

  /**
   * Takes the lock of another lease file, for `switchTo`.
   * @returns gives it back
   * @throws an Error when that file is another process's
   */
  async reserve(path: string): Promise<() => void> {
    // A clean-up may still be at work on a file that was left a moment ago.
    await this.#left;
    return take(path);
  }

  /**
   * Ends the journal when every row of before is in the file of before, and calls `then` at that very moment: what main
   * changes later belongs to what follows. No shard runs.
   * @returns false, with `then` not called, when the disk does not take the rows: `resume` must follow
   */
  async drain(then: () => void): Promise<boolean> {
    this.#stopTimers();
    await this.#maintenance.rotated();
    const { changes } = this.#parts.memory.book;
    for (let drains = 0; drains < DRAINS_MAX; drains++) {
      if (!(await this.#end())) return false;
      // A peer's update or a command may have changed a lease since the journal looked for the last time.
      if (ringFill(new Int32Array(changes.ring.control)) === 0) {
        then();
        return true;
      }
      this.#startJournal();
    }
    await this.#end();
    return false;
  }

  /** Goes on with the file of before, after `drain`. */
  resume(): void {
    this.#startJournal();
    this.#startTimers();
  }

  /**
   * Goes on with another file, or with the same in another way, after `drain`.
   * @param unlock of `reserve`; null = the lock that is held stays
   */
  switchTo(file: LeaseFile, unlock: (() => void) | null, cleanupDue: boolean): void {
    const isElsewhere = unlock !== null || !file.database.persist;
    if (isElsewhere) this.#leave(unlock ?? (() => {}));
    this.#file = file;
    if (isElsewhere) this.#maintenance = this.#maintenanceOf(file);
    this.start(cleanupDue);
  }

  /** Takes over what needs no other journal: lfc-interval. */
  retime(file: LeaseFile): void {
    this.#stopTimers();
    this.#file = file;
    this.#startTimers();
  }

  #leave(unlock: () => void): void {
    const unlockBefore = this.#unlock;
    this.#unlock = unlock;
    this.#former = this.#maintenance;
    this.#left = this.#former.ended().then(unlockBefore);
  }

  #maintenanceOf({ database }: LeaseFile): LeaseFileMaintenance {
    const { threads, log } = this.#parts;
    return new LeaseFileMaintenance(database.path, this.journal, (task) => threads.runCleanup(task), log);
  }

  #startJournal(): void {
    const { memory, threads, bells, onFailure } = this.#parts;
    const { persist, path } = this.#file.database;
    this.journal.allowStart();
    const task = {
      changes: memory.book.changes,
      journal: memory.journal,
      bells,
      file: persist
        ? { path, fdatasync: this.#file.fdatasync, header: headerOf({ columns: this.#parts.columns }) }
        : null,
      stopGraceMs: STOP_GRACE_MS,
    };
    this.#running = threads.runJournal(task).catch((error: unknown) => {
      onFailure(error);
      return undefined;
    });
  }

  async #end(): Promise<boolean> {
    this.journal.stop();
    const report = await this.#running;
    return report?.drained ?? false;
  }

  #startTimers(): void {
    const { persist, lfcIntervalSec } = this.#file.database;
    if (!persist) return this.#tell(true);
    this.#timers.push(setInterval(() => this.#look(), WATCH_MS));
    if (lfcIntervalSec > 0) {
      const cleanUp = () => void this.#maintenance.cleanUp();
      this.#timers.push(setInterval(cleanUp, lfcIntervalSec * MS_PER_SEC));
    }
  }

  /** Counted in looks, not by the clock: a machine that was asleep has had no trouble. */
  #look(): void {
    this.#troubles = this.#watch.check() === 'well' ? 0 : this.#troubles + 1;
    this.#tell(this.#troubles < TROUBLES_MAX);
  }

  #tell(isWell: boolean): void {
    if (isWell === this.#isWell) return;
    this.#isWell = isWell;
    this.#parts.onHealth(isWell);
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }
}

/** Whether two names lead to one file, which must not be loaded while the journal writes to it. */
export function isSameFile(a: string, b: string): boolean {
  if (a === b) return true;
  try {
    const first = statSync(a);
    const second = statSync(b);
    return first.dev === second.dev && first.ino === second.ino;
  } catch {
    // One of them does not exist yet.
    return false;
  }
}

/** @throws an Error when another process holds the lease file */
function take(path: string): () => void {
  const outcome = lockLeaseFile(path);
  if (outcome.kind === 'refused') throw new Error(outcome.reason);
  return outcome.release;
}
