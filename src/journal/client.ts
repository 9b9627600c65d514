/**
 * Main's side of the journal: waits for durability, asks for rotations, stops it, tells how it is doing. Waiting uses
 * Atomics.waitAsync, so main's event loop goes on; a wait that nobody is interested in keeps no process alive.
 */
import { ChangeWord, isReached } from '../lease/change-log.ts';
import { describeErrno } from './error-text.ts';
import type { RotationOutcome } from './lease-file.ts';
import {
  type FailingStep,
  failingSteps,
  JournalCounter,
  type JournalTask,
  JournalWord,
  journalCounters,
  journalWords,
  RotationAnswer,
} from './memory.ts';
import { WordWatch } from './word-watch.ts';

/** A change is in memory but did not reach the disk in time. */
export class NotDurableError extends Error {
  override readonly name = 'NotDurableError';
}

export interface JournalStatistics {
  readonly records: number;
  readonly bytes: number;
  readonly commits: number;
  readonly syncs: number;
  readonly syncTotalUs: number;
  readonly syncMaxUs: number;
  readonly failures: number;
  readonly fileBytes: number;
}

/** What keeps the journal from writing. */
export interface JournalFailure {
  /** Unix seconds. */
  readonly sinceSec: number;
  readonly step: FailingStep;
  readonly errno: number;
}

export class JournalClient {
  readonly #words: Int32Array;
  readonly #changeWords: Int32Array;
  readonly #counters: Float64Array;
  readonly #durableWatch: WordWatch;
  readonly #rotationWatch: WordWatch;

  constructor({ journal, changes }: Pick<JournalTask, 'journal' | 'changes'>) {
    this.#words = journalWords(journal);
    this.#changeWords = new Int32Array(changes.words);
    this.#counters = journalCounters(journal);
    this.#durableWatch = new WordWatch(this.#changeWords, ChangeWord.durable);
    this.#rotationWatch = new WordWatch(this.#words, JournalWord.rotationAnswered);
  }

  /**
   * Resolves when the change of that number is on stable storage.
   * @param change as `ChangeLog.append` returned it
   * @throws NotDurableError after `timeoutMs`
   */
  async durable(change: number, timeoutMs: number): Promise<void> {
    if (await this.#durableWatch.until((durable) => isReached(durable, change), timeoutMs)) return;
    throw new NotDurableError(`change ${change} is not on disk after ${timeoutMs} ms: ${this.#trouble()}`);
  }

  /** Resolves when every change made so far is on stable storage; rejects as `durable`. */
  allDurable(timeoutMs: number): Promise<void> {
    return this.durable(Atomics.load(this.#changeWords, ChangeWord.last) >>> 0, timeoutMs);
  }

  /** Has the active file frozen as NAME.1. `failed` also when the journal does not answer within `timeoutMs`. */
  async rotate(timeoutMs: number): Promise<RotationOutcome | 'failed'> {
    const asked = Atomics.add(this.#words, JournalWord.rotationAsked, 1) + 1;
    this.#wake();
    if (!(await this.#rotationWatch.until((answered) => isReached(answered, asked), timeoutMs)))
      return 'failed';
    const answer = Atomics.load(this.#words, JournalWord.rotationAnswer);
    if (answer === RotationAnswer.rotated) return 'rotated';
    return answer === RotationAnswer.unfinished ? 'unfinished' : 'failed';
  }

  /** Tells the journal to write what is left and return. The shards have stopped before. */
  stop(): void {
    Atomics.store(this.#words, JournalWord.stop, 1);
    Atomics.notify(this.#words, JournalWord.stop);
    this.#wake();
  }

  /** Before a new journal task is started on the same memory. */
  allowStart(): void {
    Atomics.store(this.#words, JournalWord.stop, 0);
  }

  /** Null while the journal can write. */
  failure(): JournalFailure | null {
    const sinceSec = Atomics.load(this.#words, JournalWord.failingSinceSec) >>> 0;
    if (sinceSec === 0) return null;
    const step = failingSteps[Atomics.load(this.#words, JournalWord.failingStep)] ?? 'write';
    return { sinceSec, step, errno: Atomics.load(this.#words, JournalWord.failingErrno) };
  }

  /** Loop turns of the journal; when it stands still for seconds, a system call hangs or the thread is gone. */
  turns(): number {
    return Atomics.load(this.#words, JournalWord.turns) >>> 0;
  }

  statistics(): JournalStatistics {
    const value = (name: keyof typeof JournalCounter): number => this.#counters[JournalCounter[name]]!;
    return {
      records: value('records'),
      bytes: value('bytes'),
      commits: value('commits'),
      syncs: value('syncs'),
      syncTotalUs: value('syncTotalUs'),
      syncMaxUs: value('syncMaxUs'),
      failures: value('failures'),
      fileBytes: value('fileBytes'),
    };
  }

  #wake(): void {
    Atomics.add(this.#changeWords, ChangeWord.pending, 1);
    Atomics.notify(this.#changeWords, ChangeWord.pending);
  }

  #trouble(): string {
    const failure = this.failure();
    return failure === null
      ? 'the disk is slow or the journal has stopped'
      : `cannot ${failure.step} the lease file, ${describeErrno(failure.errno)}`;
  }
}
