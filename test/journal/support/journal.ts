/** A journal's memory with something in it, and ways to run it: in this thread until it is drained, or in a worker. */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../../src/base/clock.ts';
import { systemFiles } from '../../../src/journal/files.ts';
import { JournalLoop, type JournalSeams } from '../../../src/journal/loop.ts';
import {
  allocateJournal,
  type JournalReport,
  type JournalTask,
  JournalWord,
  journalWords,
} from '../../../src/journal/memory.ts';
import { allocateChangeLog, ChangeLog, ChangeWord } from '../../../src/lease/change-log.ts';
import { LEASE_FILE_HEADER } from './dhcp4.ts';
import { rowBytes } from './rows.ts';

const RING_BYTES = 1 << 22;

export class TestJournal {
  readonly task: JournalTask;
  readonly log: ChangeLog;
  readonly signals: number[] = [];
  readonly #words: Int32Array;
  readonly #changeWords: Int32Array;

  /** @param path null = `persist: false` */
  constructor(path: string | null, change: Partial<JournalTask> & { fdatasync?: boolean } = {}) {
    const { fdatasync = true, ...rest } = change;
    this.task = {
      changes: allocateChangeLog(RING_BYTES),
      journal: allocateJournal(),
      bells: [],
      file: path === null ? null : { path, fdatasync, header: LEASE_FILE_HEADER },
      stopGraceMs: 0,
      ...rest,
    };
    this.log = new ChangeLog(this.task.changes);
    this.#words = journalWords(this.task.journal);
    this.#changeWords = new Int32Array(this.task.changes.words);
  }

  /** Puts the rows of these leases into the change log and wakes the journal. @returns the number of the last change */
  append(...numbers: number[]): number {
    const change = this.appendQuietly(...numbers);
    this.log.announce();
    return change;
  }

  /** The same, and wakes nobody. */
  appendQuietly(...numbers: number[]): number {
    let change = 0;
    for (const number of numbers) {
      const row = rowBytes(number);
      change = this.log.append(row, row.length);
      if (change === 0) throw new Error('the change log is full');
    }
    return change;
  }

  get durable(): number {
    return Atomics.load(this.#changeWords, ChangeWord.durable) >>> 0;
  }

  word(index: number): number {
    return Atomics.load(this.#words, index);
  }

  askRotation(): void {
    Atomics.add(this.#words, JournalWord.rotationAsked, 1);
  }

  /** Runs the journal here until everything is written, or until it gives up. */
  drain(seams: Partial<JournalSeams> = {}): JournalReport {
    return this.runBetween([], seams);
  }

  /**
   * Runs the journal here. Each time that it has nothing to do and sleeps, the next step is what happens meanwhile, as other
   * threads would do it; after the last one it is to stop.
   */
  runBetween(steps: readonly (() => void)[], seams: Partial<JournalSeams> = {}): JournalReport {
    let at = 0;
    const wait: JournalSeams['wait'] = (words, index, value, timeoutMs) => {
      const isIdle = words.buffer === this.#changeWords.buffer;
      if (!isIdle) Atomics.wait(words, index, value, timeoutMs);
      else if (at < steps.length) steps[at++]!();
      if (at === steps.length) Atomics.store(this.#words, JournalWord.stop, 1);
    };
    Atomics.store(this.#words, JournalWord.stop, steps.length === 0 ? 1 : 0);
    const signal = (eventFd: number): void => {
      this.signals.push(eventFd);
    };
    const report = new JournalLoop(this.task, {
      files: systemFiles,
      clock: systemClock,
      signal,
      wait,
      ...seams,
    }).run();
    Atomics.store(this.#words, JournalWord.stop, 0);
    return report;
  }

  /** Runs the journal in a worker, as the server does. `finished` gives its report. */
  start(): { finished: Promise<JournalReport> } {
    const worker = startJournalWorker(this.task);
    const finished = once(worker, 'message').then(([report]) => report as JournalReport);
    return { finished };
  }
}

export function startJournalWorker(task: JournalTask): Worker {
  return new Worker(new URL('./journal-worker.js', import.meta.url), { workerData: task });
}
