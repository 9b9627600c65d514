/**
 * One batch of rows on its way from the change log into the lease file, whichever thread carries it. Everything here is
 * done by whoever holds the commit lock: it alone reads the log and writes the counters.
 */
import { assert } from '../base/assert.ts';
import { Bell } from '../base/bell.ts';
import { ByteRingReader, RING_RECORD_BYTES_MAX, type RingRecord } from '../base/byte-ring.ts';
import type { Clock } from '../base/clock.ts';
import { ChangeWord } from '../lease/change-log.ts';
import { isSystemError } from './files.ts';
import {
  type FailingStep,
  failingSteps,
  JournalCounter,
  type JournalTask,
  JournalWord,
  journalCounters,
  journalWords,
} from './memory.ts';

const EIO = 5;
const NEWLINE = 0x0a;

/** How many syncs the moving average looks back. */
const SYNCS_OF_LATE = 8;
const SYNC_US_MAX = 1e9;

/** Where rows come from, and who is told when they are safe. */
export type BatchTask = Pick<JournalTask, 'changes' | 'journal' | 'bells'>;

export class Batch {
  readonly #changeWords: Int32Array;
  readonly #words: Int32Array;
  readonly #counters: Float64Array;
  readonly #reader: ByteRingReader;
  readonly #bells: readonly Bell[];
  readonly #record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
  #lastChange = 0;
  /** The rows: `bytes[0 .. length)`. */
  readonly bytes: Uint8Array;
  length = 0;
  records = 0;

  /**
   * @param bytesMax the most that one batch takes, above RING_RECORD_BYTES_MAX
   * @param signal wakes one thread
   */
  constructor({ changes, journal, bells }: BatchTask, bytesMax: number, signal: (eventFd: number) => void) {
    this.#changeWords = new Int32Array(changes.words);
    this.#words = journalWords(journal);
    this.#counters = journalCounters(journal);
    this.#reader = new ByteRingReader(changes.ring);
    this.#bells = bells.map((bell) => new Bell(bell, signal));
    this.bytes = new Uint8Array(bytesMax);
  }

  /** Copies rows until the batch is full or the log is empty; nothing leaves the log yet. */
  gather(): void {
    const { bytes } = this.#reader;
    const batch = this.bytes;
    const record = this.#record;
    const enough = batch.length - RING_RECORD_BYTES_MAX;
    let at = 0;
    this.records = 0;
    // Another thread may have committed meanwhile.
    this.#reader.rewind();
    while (at <= enough && this.#reader.next(record)) {
      const { offset, length } = record;
      for (let i = 0; i < length; i++) batch[at + i] = bytes[offset + i]!;
      at += length;
      assert(length === 0 || batch[at - 1] === NEWLINE, 'a record of the change log is whole rows');
      this.records++;
      this.#lastChange = record.sequence;
    }
    this.length = at;
  }

  /** The rows are safe: they leave the log, and who waits for them hears of it. Pre: at least one record. */
  publish(): void {
    const counters = this.#counters;
    counters[JournalCounter.records]! += this.records;
    counters[JournalCounter.bytes]! += this.length;
    counters[JournalCounter.commits]! += 1;
    this.#reader.release();
    Atomics.store(this.#changeWords, ChangeWord.durable, this.#lastChange | 0);
    Atomics.notify(this.#changeWords, ChangeWord.durable);
    const bells = this.#bells;
    for (let i = 0; i < bells.length; i++) bells[i]!.ring();
  }

  countSync(us: number): void {
    const counters = this.#counters;
    const before = Atomics.load(this.#words, JournalWord.syncUs);
    Atomics.store(
      this.#words,
      JournalWord.syncUs,
      Math.min(SYNC_US_MAX, before + (us - before) / SYNCS_OF_LATE),
    );
    counters[JournalCounter.syncs]! += 1;
    counters[JournalCounter.syncTotalUs]! += us;
    if (us > counters[JournalCounter.syncMaxUs]!) counters[JournalCounter.syncMaxUs] = us;
  }

  /** Tells all what failed, and since when. @throws what is no failed system call: a fault of this program */
  reportFailure(error: unknown, step: FailingStep, clock: Clock): void {
    if (!isSystemError(error)) throw error;
    this.#counters[JournalCounter.failures]! += 1;
    Atomics.store(this.#words, JournalWord.failingErrno, Math.abs(error.errno ?? EIO));
    Atomics.store(this.#words, JournalWord.failingStep, failingSteps.indexOf(step));
    Atomics.compareExchange(this.#words, JournalWord.failingSinceSec, 0, clock.wallSec() | 0);
  }
}
