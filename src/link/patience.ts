/** How long a connection waits for its partner: for the first word, for acknowledgements, for the last record. */
import type { Clock } from '../base/clock.ts';
import { ACKNOWLEDGE_TIMEOUT_MS, HELLO_TIMEOUT_MS } from './limits.ts';

export class Patience {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #openedMs: number;
  /** Since when an acknowledgement is waited for, in vain so far. */
  #waitingSinceMs = 0;
  #finishingSinceMs = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
    this.#openedMs = clock.monotonicMs();
  }

  /** From now on the next acknowledgement is waited for. */
  startWaiting(): void {
    this.#waitingSinceMs = this.#clock.monotonicMs();
  }

  /** From now on the partner's last record is waited for. */
  startFinishing(): void {
    this.#finishingSinceMs = this.#clock.monotonicMs();
  }

  /** @returns what has not come in time, or null */
  overdue(isUp: boolean, hasUnacknowledged: boolean): string | null {
    const nowMs = this.#clock.monotonicMs();
    if (!isUp && nowMs - this.#openedMs > HELLO_TIMEOUT_MS)
      return `the partner has not said hello within ${HELLO_TIMEOUT_MS} ms`;
    if (hasUnacknowledged && nowMs - this.#waitingSinceMs > ACKNOWLEDGE_TIMEOUT_MS)
      return `no acknowledgement within ${ACKNOWLEDGE_TIMEOUT_MS} ms`;
    return null;
  }

  /** Whether the partner's last record has been waited for long enough. Pre: startFinishing */
  get isFinishOverdue(): boolean {
    return this.#clock.monotonicMs() - this.#finishingSinceMs > ACKNOWLEDGE_TIMEOUT_MS;
  }
}
