/** A clock that stands still until a test moves it; also backwards, as a system clock does when it is corrected. */
import type { Clock } from '../../src/base/clock.ts';

const START_SEC = 1_800_000_000;

export class TestClock implements Clock {
  #wallSec = START_SEC;
  #monotonicMs = 1_000_000;

  wallSec(): number {
    return this.#wallSec;
  }

  wallMs(): number {
    return this.#wallSec * 1000;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** Time passes. */
  pass(seconds: number): void {
    this.#wallSec += seconds;
    this.#monotonicMs += seconds * 1000;
  }

  /** Somebody sets the clock; monotonic time knows nothing of it. */
  set(seconds: number): void {
    this.#wallSec += seconds;
  }
}
