/** The only file that reads a clock. Lease ends are wall-clock seconds, timers are monotonic milliseconds. */
import { performance } from 'node:perf_hooks';

export interface Clock {
  /** Seconds since 1970, whole; for lease times (cltt, expire). */
  wallSec(): number;
  /** Milliseconds since 1970; for date-time fields and clock skew. */
  wallMs(): number;
  /** Monotonic milliseconds; for intervals and timeouts. */
  monotonicMs(): number;
}

/** The system's clocks. */
export const systemClock: Clock = {
  wallSec: () => Math.floor(Date.now() / 1000),
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
