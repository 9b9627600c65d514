/**
 * Commits small batches on the thread that has made the rows, instead of waking the journal for them and being woken by it
 * again: on an idle server that is two wake-ups of the four that an exchange waits for. docs/decisions/latency.md has the
 * figures.
 *
 * It takes part only while the journal sleeps and the file is whole, and never waits: whatever is not so, the journal does.
 * A batch that fails here leaves its rows in the change log and the file to the journal, which cuts off what may be torn
 * and writes the rows again.
 */
import { RING_RECORD_BYTES_MAX, ringFill } from '../base/byte-ring.ts';
import type { Clock } from '../base/clock.ts';
import { tryLock, unlock } from '../base/lock.ts';
import { ChangeLog } from '../lease/change-log.ts';
import { Batch, type BatchTask } from './batch.ts';
import { type FileSystem, writeAll } from './files.ts';
import {
  type FailingStep,
  JournalCounter,
  JournalWord,
  journalCounters,
  journalWords,
  NO_FILE,
} from './memory.ts';

/** What the committer needs of the world. */
export interface CommitSeams {
  readonly files: FileSystem;
  readonly clock: Clock;
  /** Wakes one thread. */
  readonly signal: (eventFd: number) => void;
}

/**
 * Octets of the change log that are a small batch: four rows of usual length. With more, the thread had better go on with what
 * comes in while the journal's waits for the disk.
 */
export const SMALL_BATCH_BYTES = 512;
/** While an fdatasync takes longer, it is not this thread that waits for it: the queries that change nothing would as well. */
export const QUICK_SYNC_US = 500;
/** A small batch, and the longest row behind it. */
const BATCH_BYTES = SMALL_BATCH_BYTES + RING_RECORD_BYTES_MAX;
const US_PER_MS = 1000;

export class Committer {
  readonly #seams: CommitSeams;
  readonly #log: ChangeLog;
  readonly #ring: Int32Array;
  readonly #words: Int32Array;
  readonly #counters: Float64Array;
  readonly #batch: Batch;
  #step: FailingStep = 'write';

  constructor(task: BatchTask, seams: CommitSeams) {
    this.#seams = seams;
    this.#log = new ChangeLog(task.changes);
    this.#ring = new Int32Array(task.changes.ring.control);
    this.#words = journalWords(task.journal);
    this.#counters = journalCounters(task.journal);
    this.#batch = new Batch(task, BATCH_BYTES, seams.signal);
  }

  /** Has everything committed that is in the change log: now and here if it is little, by the journal if not. */
  commit(): void {
    if (!this.#isSmall() || !this.#commitHere()) this.#log.announce();
  }

  #isSmall(): boolean {
    return ringFill(this.#ring) <= SMALL_BATCH_BYTES;
  }

  /** @returns false when rows may be left for the journal */
  #commitHere(): boolean {
    if (!this.#isOpen() || !tryLock(this.#words, JournalWord.commitLock)) return false;
    try {
      // The journal may have woken up, or another thread may have failed, before the lock was taken.
      return this.#isOpen() && this.#store();
    } finally {
      unlock(this.#words, JournalWord.commitLock);
    }
  }

  #isOpen(): boolean {
    if (Atomics.load(this.#words, JournalWord.isOpenToAll) === 0) return false;
    return Atomics.load(this.#words, JournalWord.syncUs) <= QUICK_SYNC_US;
  }

  /** Holds the lock. */
  #store(): boolean {
    const batch = this.#batch;
    batch.gather();
    // Another thread has had the same idea.
    if (batch.records === 0) return true;
    try {
      this.#append();
    } catch (error) {
      Atomics.store(this.#words, JournalWord.isTorn, 1);
      Atomics.store(this.#words, JournalWord.isOpenToAll, 0);
      batch.reportFailure(error, this.#step, this.#seams.clock);
      return false;
    }
    batch.publish();
    return ringFill(this.#ring) === 0;
  }

  #append(): void {
    const fd = Atomics.load(this.#words, JournalWord.fd);
    if (fd === NO_FILE) return;
    const { files, clock } = this.#seams;
    const { bytes, length } = this.#batch;
    const counters = this.#counters;
    this.#step = 'write';
    const end = writeAll(files, fd, bytes, length, counters[JournalCounter.fileBytes]!);
    if (Atomics.load(this.#words, JournalWord.fdatasync) === 1) {
      this.#step = 'sync';
      const startMs = clock.monotonicMs();
      files.fdatasync(fd);
      this.#batch.countSync((clock.monotonicMs() - startMs) * US_PER_MS);
    }
    counters[JournalCounter.fileBytes] = end;
  }
}
