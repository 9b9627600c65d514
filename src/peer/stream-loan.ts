/** When the update log goes to the stream, and what goes there before it. */
import type { PartnerStream } from './model.ts';
import type { PartnerOutcomes } from './partner-outcomes.ts';

export class StreamLoan {
  readonly #stream: PartnerStream | null;
  readonly #outcomes: PartnerOutcomes;
  readonly #changed: () => void;
  /** Who sends leases beside the log: it stays here. */
  #holders = 0;

  /** @param changed is called when something may be possible that was not before */
  constructor(stream: PartnerStream | null, outcomes: PartnerOutcomes, changed: () => void) {
    this.#stream = stream;
    this.#outcomes = outcomes;
    this.#changed = changed;
  }

  /** Whether a stream waits for the log, and all that the partner is owed is sent or can be sent now. */
  get isPossible(): boolean {
    if (this.#stream?.isUp !== true || this.#holders > 0) return false;
    return !this.#outcomes.owesAny || this.#outcomes.isOwedDue;
  }

  /**
   * Lends the log, or sends first what the partner is owed: that stands now, and what comes out of the log afterwards is
   * newer. Pre: it is possible, and nothing is under way by another way.
   */
  take(): void {
    const stream = this.#stream!;
    if (this.#outcomes.owesAny) void this.#outcomes.deliverOwed(stream).then(this.#changed);
    else stream.lend();
  }

  /** Keeps the log here while something is done. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#holders++;
    try {
      return await work();
    } finally {
      this.#holders--;
      this.#changed();
    }
  }
}
