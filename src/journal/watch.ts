/** Main's eye on the journal: tells the log, once each, when the disk begins and ceases to fail or to hang. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../log/logger.ts';
import type { JournalClient, JournalFailure } from './client.ts';
import { describeErrno } from './error-text.ts';

/** The journal turns at least every half a second; only a system call that hangs takes longer. */
const STALLED_MS = 5_000;

/** `stalled`: the journal has not moved for 5 seconds. */
export type JournalHealth = 'well' | 'failing' | 'stalled';

export class JournalWatch {
  readonly #client: JournalClient;
  readonly #clock: Clock;
  readonly #log: Log;
  #failure: JournalFailure | null = null;
  #turns = 0;
  #movedAtMs: number;
  #isStalled = false;

  constructor(client: JournalClient, clock: Clock, log: Log) {
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
    this.#movedAtMs = clock.monotonicMs();
  }

  /** Looks, logs what has changed, and tells how it is; to be called about once a second. */
  check(): JournalHealth {
    this.#checkProgress();
    this.#checkFailure();
    if (this.#isStalled) return 'stalled';
    return this.#failure === null ? 'well' : 'failing';
  }

  #checkProgress(): void {
    const nowMs = this.#clock.monotonicMs();
    const turns = this.#client.turns();
    if (turns !== this.#turns) {
      const stoodMs = Math.round(nowMs - this.#movedAtMs);
      this.#turns = turns;
      this.#movedAtMs = nowMs;
      if (this.#isStalled) this.#log('TDM_JOURNAL_MOVES_AGAIN', { stoodMs });
      this.#isStalled = false;
    } else if (!this.#isStalled && nowMs - this.#movedAtMs >= STALLED_MS) {
      this.#isStalled = true;
      this.#log('TDM_JOURNAL_STALLED', { stoodMs: Math.round(nowMs - this.#movedAtMs) });
    }
  }

  #checkFailure(): void {
    const before = this.#failure;
    const now = this.#client.failure();
    this.#failure = now;
    if (now !== null && (before === null || before.errno !== now.errno || before.step !== now.step)) {
      this.#log('TDM_JOURNAL_FAILING', {
        step: now.step,
        error: describeErrno(now.errno),
        sinceSec: now.sinceSec,
      });
    } else if (now === null && before !== null) {
      this.#log('TDM_JOURNAL_RECOVERED', { failedForSec: this.#clock.wallSec() - before.sinceSec });
    }
  }
}
