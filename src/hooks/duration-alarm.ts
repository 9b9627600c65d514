/**
 * An alarm of perfmon, with Kea's rule: the mean of an interval that is above high water raises it, one below low water clears
 * it, what lies between leaves it as it is. While it is raised it is told again after some time.
 */
import type { PerfmonAlarm } from '../config/hook-model.ts';

const US_PER_MS = 1000;

export type AlarmNews = 'raised' | 'cleared' | null;

export class DurationAlarm {
  readonly config: PerfmonAlarm;
  readonly #reportMs: number;
  #raisedWallMs: number | null = null;
  #toldMs = 0;

  /** @param reportSec time until a raised alarm is told again, 0 = with each interval */
  constructor(config: PerfmonAlarm, reportSec: number) {
    this.config = config;
    this.#reportMs = reportSec * 1000;
  }

  /** Wall clock in ms since when it is raised; null = it is not. */
  get raisedWallMs(): number | null {
    return this.#raisedWallMs;
  }

  /**
   * Looks at the mean of an interval.
   * @param nowMs monotonic
   * @returns what is to be told
   */
  look(meanUs: number, nowMs: number, wallMs: number): AlarmNews {
    const { highWaterMs, lowWaterMs } = this.config;
    if (meanUs < lowWaterMs * US_PER_MS) {
      const wasRaised = this.#raisedWallMs !== null;
      this.#raisedWallMs = null;
      return wasRaised ? 'cleared' : null;
    }
    const isNew = this.#raisedWallMs === null;
    if (isNew && meanUs <= highWaterMs * US_PER_MS) return null;
    if (!isNew && nowMs - this.#toldMs <= this.#reportMs) return null;
    this.#raisedWallMs ??= wallMs;
    this.#toldMs = nowMs;
    return 'raised';
  }
}
