/**
 * Group commit: everything that waits in the change log goes into the lease file with one write and one fdatasync, then
 * the number of the last row is published and the shards are woken, which send what waited for it. While the disk works,
 * the next batch gathers; batches grow under load and stay small when there is little to do, with no timer to tune.
 *
 * When the disk fails, nothing is published: the rows stay in the change log, which fills up and makes the shards refuse
 * new leases; the file is cut back to its last whole batch; every RETRY_MS it is tried again from the same row.
 */
import { assert } from '../base/assert.ts';
import { ByteRingReader, RING_RECORD_BYTES_MAX, type RingRecord } from '../base/byte-ring.ts';
import type { Clock } from '../base/clock.ts';
import { ChangeWord } from '../lease/change-log.ts';
import { type FileSystem, isSystemError } from './files.ts';
import { ActiveLeaseFile } from './lease-file.ts';
import {
  type FailingStep,
  failingSteps,
  JournalCounter,
  type JournalReport,
  type JournalTask,
  JournalWord,
  journalCounters,
  journalWords,
  RotationAnswer,
} from './memory.ts';
import { leaseFileNames } from './names.ts';

/** The most that one write takes; about 9,000 rows of usual length. */
const BATCH_BYTES = 1 << 20;
/** The longest sleep, so that a stop or a lost wake-up waits no longer than this. */
const IDLE_MS = 50;
/** Pause after a failure. */
const RETRY_MS = 200;
const EIO = 5;
const NEWLINE = 0x0a;

/** What the loop needs of the world. */
export interface JournalSeams {
  readonly files: FileSystem;
  readonly clock: Clock;
  /** Wakes one shard. */
  readonly signal: (eventFd: number) => void;
}

export class JournalLoop {
  readonly #task: JournalTask;
  readonly #seams: JournalSeams;
  readonly #changeWords: Int32Array;
  readonly #words: Int32Array;
  readonly #counters: Float64Array;
  readonly #reader: ByteRingReader;
  readonly #record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
  readonly #batch = new Uint8Array(BATCH_BYTES);
  readonly #file: ActiveLeaseFile | null;
  #batchBytes = 0;
  #batchRecords = 0;
  #lastChange = 0;
  #step: FailingStep = 'open';

  constructor(task: JournalTask, seams: JournalSeams) {
    this.#task = task;
    this.#seams = seams;
    this.#changeWords = new Int32Array(task.changes.words);
    this.#words = journalWords(task.journal);
    this.#counters = journalCounters(task.journal);
    this.#reader = new ByteRingReader(task.changes.ring);
    this.#file = task.file === null ? null : new ActiveLeaseFile(seams.files, leaseFileNames(task.file.path));
  }

  /** Works until the stop word is set and everything is written, or cannot be written within the grace time. */
  run(): JournalReport {
    const clock = this.#seams.clock;
    let stopAtMs = Number.POSITIVE_INFINITY;
    for (;;) {
      // Read before looking for work: what is announced after this ends the sleep below.
      const pending = Atomics.load(this.#changeWords, ChangeWord.pending);
      const stopping = Atomics.load(this.#words, JournalWord.stop) !== 0;
      if (stopping) stopAtMs = Math.min(stopAtMs, clock.monotonicMs() + this.#task.stopGraceMs);
      Atomics.add(this.#words, JournalWord.turns, 1);
      const progress = this.#turn();
      if (progress === 'idle' && stopping) return this.#finish(true);
      if (progress === 'failed' && clock.monotonicMs() >= stopAtMs) return this.#finish(false);
      if (progress === 'idle') Atomics.wait(this.#changeWords, ChangeWord.pending, pending, IDLE_MS);
      // On a word that only changes at a stop: the writers' announcements must not cut the pause short.
      if (progress === 'failed') Atomics.wait(this.#words, JournalWord.stop, stopping ? 1 : 0, RETRY_MS);
    }
  }

  #turn(): 'worked' | 'idle' | 'failed' {
    try {
      this.#gather();
      this.#commit();
      this.#answerRotation();
    } catch (error) {
      this.#reader.rewind();
      this.#reportFailure(error);
      return 'failed';
    }
    return this.#batchRecords > 0 ? 'worked' : 'idle';
  }

  /** Copies rows until the batch is full or the log is empty; nothing leaves the log yet. */
  #gather(): void {
    const { bytes } = this.#reader;
    const batch = this.#batch;
    const record = this.#record;
    let at = 0;
    this.#batchRecords = 0;
    while (at <= BATCH_BYTES - RING_RECORD_BYTES_MAX && this.#reader.next(record)) {
      const { offset, length } = record;
      for (let i = 0; i < length; i++) batch[at + i] = bytes[offset + i]!;
      at += length;
      assert(length === 0 || batch[at - 1] === NEWLINE, 'a record of the change log is whole rows');
      this.#batchRecords++;
      this.#lastChange = record.sequence;
    }
    this.#batchBytes = at;
  }

  #commit(): void {
    const file = this.#file;
    if (file !== null) {
      this.#step = 'open';
      // Also without rows: a file that was lost to a failure is to be whole again as soon as that is possible.
      file.open();
      if (this.#batchRecords > 0) this.#store(file);
      this.#counters[JournalCounter.fileBytes] = file.length;
    }
    Atomics.store(this.#words, JournalWord.failingSinceSec, 0);
    if (this.#batchRecords > 0) this.#publish();
  }

  #store(file: ActiveLeaseFile): void {
    this.#step = 'write';
    file.append(this.#batch, this.#batchBytes);
    if (this.#task.file?.fdatasync === true) {
      this.#step = 'sync';
      const startMs = this.#seams.clock.monotonicMs();
      file.sync();
      this.#countSync((this.#seams.clock.monotonicMs() - startMs) * 1000);
    }
    file.keep();
  }

  #countSync(us: number): void {
    const counters = this.#counters;
    counters[JournalCounter.syncs]! += 1;
    counters[JournalCounter.syncTotalUs]! += us;
    if (us > counters[JournalCounter.syncMaxUs]!) counters[JournalCounter.syncMaxUs] = us;
  }

  #publish(): void {
    this.#counters[JournalCounter.records]! += this.#batchRecords;
    this.#counters[JournalCounter.bytes]! += this.#batchBytes;
    this.#counters[JournalCounter.commits]! += 1;
    this.#reader.release();
    Atomics.store(this.#changeWords, ChangeWord.durable, this.#lastChange | 0);
    Atomics.notify(this.#changeWords, ChangeWord.durable);
    for (const eventFd of this.#task.eventFds) this.#seams.signal(eventFd);
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

  #reportFailure(error: unknown): void {
    // Anything but a failed system call is a fault of this program: the thread ends, and the server with it.
    if (!isSystemError(error)) throw error;
    this.#counters[JournalCounter.failures]! += 1;
    Atomics.store(this.#words, JournalWord.failingErrno, Math.abs(error.errno ?? EIO));
    Atomics.store(this.#words, JournalWord.failingStep, failingSteps.indexOf(this.#step));
    const nowSec = this.#seams.clock.wallSec() | 0;
    Atomics.compareExchange(this.#words, JournalWord.failingSinceSec, 0, nowSec);
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
