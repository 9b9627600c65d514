/** When the update log goes to the stream, and what goes there before it. */
import type { Following } from './following.ts';
import type { PartnerStream } from './model.ts';
import type { PartnerOutcomes } from './partner-outcomes.ts';

export class StreamLoan {
  readonly #stream: PartnerStream | null;
  readonly #outcomes: PartnerOutcomes;
  readonly #following: Following;
  readonly #changed: () => void;
  /** Who sends leases beside the log: it stays here. */
  #holders = 0;

  /** @param changed is called when something may be possible that was not before */
  constructor(
    stream: PartnerStream | null,
    outcomes: PartnerOutcomes,
    following: Following,
    changed: () => void,
  ) {
    this.#stream = stream;
    this.#outcomes = outcomes;
    this.#following = following;
    this.#changed = changed;
  }

  /** Whether leases are being sent beside the log. */
  get isHeld(): boolean {
    return this.#holders > 0;
  }

  /** Whether a stream waits for the log, and all that the partner is owed is sent, can be sent now, or is asked for. */
  get isPossible(): boolean {
    if (this.#stream?.isUp !== true || this.isHeld) return false;
    return this.#following.isAsked || !this.#outcomes.owesAny || this.#outcomes.isOwedDue;
  }

  /**
   * Lends the log, or sends first what the partner is owed: that stands now, and what comes out of the log afterwards is
   * newer. Pre: it is possible, and nothing is under way by another way.
   */
  take(): void {
    const stream = this.#stream!;
    if (this.#outcomes.owesAny && this.#outcomes.isOwedDue)
      return void this.#outcomes.deliverOwed(stream).then(this.#changed);
    stream.lend();
    this.#following.lent();
  }

  /** Keeps the log here while something is done; the partner does not get what changes any more. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#holders++;
    this.#following.end('leases are about to be given to it');
    try {
      return await work();
    } finally {
      this.#holders--;
      this.#changed();
    }
  }
}
