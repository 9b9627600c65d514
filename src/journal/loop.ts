/**
 * Group commit: everything that waits in the change log goes into the lease file with one write and one fdatasync, then
 * the number of the last row is published and the shards are woken, which send what waited for it. While the disk works,
 * the next batch gathers; batches grow under load and stay small when there is little to do, with no timer to tune.
 *
 * When the disk fails, nothing is published: the rows stay in the change log, which fills up and makes the shards refuse
 * new leases; the file is cut back to its last whole batch; every RETRY_MS it is tried again from the same row.
 */
import type { Clock } from '../base/clock.ts';
import { lock, unlock } from '../base/lock.ts';
import { ChangeWord } from '../lease/change-log.ts';
import { Batch } from './batch.ts';
import type { FileSystem } from './files.ts';
import { ActiveLeaseFile } from './lease-file.ts';
import {
  type FailingStep,
  JournalCounter,
  type JournalReport,
  type JournalTask,
  JournalWord,
  journalCounters,
  journalWords,
  NO_FILE,
  RotationAnswer,
} from './memory.ts';
import { leaseFileNames } from './names.ts';

/** The most that one write takes; about 9,000 rows of usual length. */
const BATCH_BYTES = 1 << 20;
/** The longest sleep: a sign of life in time for main (watch.ts), and no more work than that for an idle server. */
const IDLE_MS = 500;
/** Pause after a failure. */
const RETRY_MS = 200;

/** What the loop needs of the world. */
export interface JournalSeams {
  readonly files: FileSystem;
  readonly clock: Clock;
  /** Wakes one thread. */
  readonly signal: (eventFd: number) => void;
  /** Atomics.wait: blocks this thread while a word has a value, at most so long. */
  readonly wait: (words: Int32Array, index: number, value: number, timeoutMs: number) => void;
}

/** While a word has this value, at most so long, there is nothing to do. */
export interface JournalRest {
  readonly words: Int32Array;
  readonly index: number;
  readonly value: number;
  /** 0 = none at all. */
  readonly timeoutMs: number;
}

export class JournalLoop {
  readonly #task: JournalTask;
  readonly #seams: JournalSeams;
  readonly #changeWords: Int32Array;
  readonly #words: Int32Array;
  readonly #counters: Float64Array;
  readonly #batch: Batch;
  readonly #file: ActiveLeaseFile | null;
  #step: FailingStep = 'open';
  #stopAtMs = Number.POSITIVE_INFINITY;

  constructor(task: JournalTask, seams: JournalSeams) {
    this.#task = task;
    this.#seams = seams;
    this.#changeWords = new Int32Array(task.changes.words);
    this.#words = journalWords(task.journal);
    this.#counters = journalCounters(task.journal);
    this.#batch = new Batch(task, BATCH_BYTES, seams.signal);
    this.#file =
      task.file === null
        ? null
        : new ActiveLeaseFile(seams.files, leaseFileNames(task.file.path), task.file.header);
  }

  /** Works until the stop word is set and everything is written, or cannot be written within the grace time. */
  run(): JournalReport {
    for (;;) {
      const next = this.step();
      if ('drained' in next) return next;
      if (next.timeoutMs > 0) this.#seams.wait(next.words, next.index, next.value, next.timeoutMs);
    }
  }

  /** One turn of the loop. @returns what to wait for before the next one, or the report at the end */
  step(): JournalRest | JournalReport {
    Atomics.store(this.#words, JournalWord.isOpenToAll, 0);
    const clock = this.#seams.clock;
    // Read before looking for work: what is announced after this ends the wait.
    const pending = Atomics.load(this.#changeWords, ChangeWord.pending);
    const stopping = Atomics.load(this.#words, JournalWord.stop) !== 0;
    if (stopping) this.#stopAtMs = Math.min(this.#stopAtMs, clock.monotonicMs() + this.#task.stopGraceMs);
    const progress = this.#lockedTurn();
    if (progress === 'idle' && stopping) return this.#finish(true);
    if (progress === 'failed' && clock.monotonicMs() >= this.#stopAtMs) return this.#finish(false);
    if (progress === 'idle') return this.#rest(pending);
    // On a word that only changes at a stop: the writers' announcements must not cut the pause short.
    const value = stopping ? 1 : 0;
    const timeoutMs = progress === 'failed' ? RETRY_MS : 0;
    return { words: this.#words, index: JournalWord.stop, value, timeoutMs };
  }

  /** While there is nothing to do here, others may commit (committer.ts). @param pending as it was before the last turn */
  #rest(pending: number): JournalRest {
    Atomics.store(this.#words, JournalWord.fd, this.#file?.fd ?? NO_FILE);
    Atomics.store(this.#words, JournalWord.fdatasync, this.#task.file?.fdatasync === true ? 1 : 0);
    Atomics.store(this.#words, JournalWord.isOpenToAll, 1);
    return { words: this.#changeWords, index: ChangeWord.pending, value: pending, timeoutMs: IDLE_MS };
  }

  #lockedTurn(): 'worked' | 'idle' | 'failed' {
    lock(this.#words, JournalWord.commitLock);
    // A sign of life only now: who holds the lock may hang in a system call.
    Atomics.add(this.#words, JournalWord.turns, 1);
    try {
      return this.#turn();
    } finally {
      unlock(this.#words, JournalWord.commitLock);
    }
  }

  #turn(): 'worked' | 'idle' | 'failed' {
    try {
      this.#follow();
      this.#batch.gather();
      this.#commit();
      this.#answerRotation();
      if (this.#file !== null) this.#counters[JournalCounter.fileBytes] = this.#file.length;
    } catch (error) {
      this.#batch.reportFailure(error, this.#step, this.#seams.clock);
      return 'failed';
    }
    return this.#batch.records > 0 ? 'worked' : 'idle';
  }

  /** Learns what others have committed since the last turn. */
  #follow(): void {
    const isTorn = Atomics.exchange(this.#words, JournalWord.isTorn, 0) === 1;
    this.#file?.follow(this.#counters[JournalCounter.fileBytes]!, isTorn);
  }

  #commit(): void {
    const file = this.#file;
    const batch = this.#batch;
    if (file !== null) {
      this.#step = 'open';
      // Also without rows: a file that was lost to a failure is to be whole again as soon as that is possible.
      file.open();
      if (batch.records > 0) this.#store(file);
    }
    Atomics.store(this.#words, JournalWord.failingSinceSec, 0);
    if (batch.records > 0) batch.publish();
  }

  #store(file: ActiveLeaseFile): void {
    this.#step = 'write';
    file.append(this.#batch.bytes, this.#batch.length);
    if (this.#task.file?.fdatasync === true) {
      this.#step = 'sync';
      const startMs = this.#seams.clock.monotonicMs();
      file.sync();
      this.#batch.countSync((this.#seams.clock.monotonicMs() - startMs) * 1000);
    }
    file.keep();
  }

  #answerRotation(): void {
    const asked = Atomics.load(this.#words, JournalWord.rotationAsked);
    if (asked === Atomics.load(this.#words, JournalWord.rotationAnswered)) return;
    // Set first: when the rotation throws, this is the answer.
    let answer: number = RotationAnswer.failed;
    this.#step = 'rotate';
    try {
      const outcome = this.#file === null ? 'unfinished' : this.#file.rotate();
      answer = RotationAnswer[outcome];
    } finally {
      Atomics.store(this.#words, JournalWord.rotationAnswer, answer);
      Atomics.store(this.#words, JournalWord.rotationAnswered, asked);
      Atomics.notify(this.#words, JournalWord.rotationAnswered);
    }
  }

  /** @param drained whether everything of the change log is in the file */
  #finish(drained: boolean): JournalReport {
    const counters = this.#counters;
    try {
      this.#file?.close();
    } catch {
      // Nothing is left to be written; the rows were synced one batch at a time.
    }
    return {
      drained,
      records: counters[JournalCounter.records]!,
      commits: counters[JournalCounter.commits]!,
    };
  }
}
