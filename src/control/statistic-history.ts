/**
 * What the statistics were: for each up to some samples, [value, time], as Kea keeps them. Kea adds a sample at each change;
 * here the counters live in shared memory and the packet threads only add to them. Main looks at all of them once a second and
 * when somebody asks, and keeps a sample of what has changed since its last look.
 *
 * A reset is main's own doing too: it remembers what a counter was, because nobody but its thread may write to it. The
 * metrics are those counters themselves and are not reset.
 */
import type { Clock } from '../base/clock.ts';
import type { StatisticSamplesConfig } from '../config/control-model.ts';

/** How often main looks by itself. */
export const SAMPLE_INTERVAL_MS = 1_000;
/** Samples of one statistic, whatever is asked for. */
export const SAMPLES_MAX = 1_000;
/** Samples of all statistics beyond the newest of each: 32 MB. */
export const SAMPLES_TOTAL_MAX = 1_000_000;

/** Value and wall clock in ms. */
export type Sample = readonly [value: number, wallMs: number];

/** Where nobody sets statistics. */
export const NOTHING_REPORTED: ReadonlyMap<string, Sample> = new Map();

interface Series {
  /** Oldest first, never empty but after a removal. */
  samples: Sample[];
  /** Of the counter at the last look. */
  counted: number;
  /** What the counter was when it was reset. */
  base: number;
  /** The last sample of one that is set. */
  reported: Sample | null;
  limit: StatisticSamplesConfig;
  isRemoved: boolean;
}

export interface StatisticLook {
  /** False: of those that there were, the ones that have changed since the last look. */
  readonly isAll: boolean;
  readonly values: ReadonlyMap<string, number>;
}

export interface StatisticHistoryParts {
  readonly clock: Clock;
  /** Every statistic by its name in answers, as it is counted now; unless all are wanted, what has changed is enough. */
  readonly values: (isAllWanted: boolean) => StatisticLook;
  /** Those that somebody sets, by their names, as they were set last: each set is another object, and a sample. */
  readonly reported: () => ReadonlyMap<string, Sample>;
  /** For statistics that are new. */
  readonly limit: () => StatisticSamplesConfig;
}

export class StatisticHistory {
  readonly #parts: StatisticHistoryParts;
  readonly #series = new Map<string, Series>();
  /** Set by sample-age-set-all and sample-count-set-all, which hold for what comes later too. */
  #limit: StatisticSamplesConfig | null = null;
  #extra = 0;
  /** Statistics that somebody sets, at the last look. */
  #reportedCount = 0;

  constructor(parts: StatisticHistoryParts) {
    this.#parts = parts;
  }

  /** Keeps a sample of everything that has changed, and forgets what is no more. */
  look(): void {
    const reported = this.#parts.reported();
    // Ten thousand subnets have 170,000 statistics, of which hardly one has changed.
    const { isAll, values } = this.#parts.values(reported.size !== this.#reportedCount);
    this.#reportedCount = reported.size;
    const nowMs = this.#parts.clock.wallMs();
    for (const [name, sample] of reported) this.#take(name, sample);
    for (const [name, counted] of values) {
      const series = this.#series.get(name);
      if (series === undefined) this.#begin(name, counted, nowMs);
      else if (counted !== series.counted) this.#add(series, counted, nowMs);
    }
    if (isAll && this.#series.size !== values.size + reported.size) this.#forgetAllBut(values, reported);
  }

  #forgetAllBut(values: ReadonlyMap<string, number>, reported: ReadonlyMap<string, Sample>): void {
    for (const [name, series] of this.#series) {
      if (values.has(name) || reported.has(name)) continue;
      this.#extra -= Math.max(0, series.samples.length - 1);
      this.#series.delete(name);
    }
  }

  /** Newest first; null for a statistic that is not there. */
  samples(name: string): readonly Sample[] | null {
    const series = this.#live(name);
    return series === null ? null : series.samples.toReversed();
  }

  /** All of them, newest first. */
  *all(): Generator<readonly [name: string, samples: readonly Sample[]]> {
    for (const [name, { isRemoved, samples }] of this.#series) {
      if (!isRemoved) yield [name, samples.toReversed()];
    }
  }

  /** The statistic is 0 from now on. @returns false when it is not there */
  reset(name: string): boolean {
    const series = this.#live(name);
    if (series === null) return false;
    series.base = series.counted;
    this.#replace(series, [[0, this.#parts.clock.wallMs()]]);
    return true;
  }

  resetAll(): void {
    for (const name of this.#series.keys()) this.reset(name);
  }

  /** The statistic is gone until it is counted again, from 0 on. @returns false when it is not there */
  remove(name: string): boolean {
    const series = this.#live(name);
    if (series === null) return false;
    series.base = series.counted;
    series.isRemoved = true;
    this.#replace(series, []);
    return true;
  }

  removeAll(): void {
    for (const name of this.#series.keys()) this.remove(name);
  }

  /** @returns false when the statistic is not there */
  limit(name: string, limit: StatisticSamplesConfig): boolean {
    const series = this.#live(name);
    if (series === null) return false;
    series.limit = limit;
    this.#trim(series);
    return true;
  }

  limitAll(limit: StatisticSamplesConfig): void {
    this.#limit = limit;
    for (const name of this.#series.keys()) this.limit(name, limit);
  }

  #live(name: string): Series | null {
    const series = this.#series.get(name);
    return series === undefined || series.isRemoved ? null : series;
  }

  #begin(name: string, counted: number, nowMs: number): void {
    this.#series.set(name, this.#newSeries([counted, nowMs], null));
  }

  #newSeries(sample: Sample, reported: Sample | null): Series {
    const limit = this.#limit ?? this.#parts.limit();
    return { samples: [sample], counted: sample[0], base: 0, reported, limit, isRemoved: false };
  }

  #take(name: string, sample: Sample): void {
    const series = this.#series.get(name);
    if (series === undefined) this.#series.set(name, this.#newSeries(sample, sample));
    else if (series.reported !== sample) {
      series.reported = sample;
      this.#push(series, sample);
    }
  }

  #add(series: Series, counted: number, nowMs: number): void {
    series.counted = counted;
    this.#push(series, [counted - series.base, nowMs]);
  }

  #push(series: Series, sample: Sample): void {
    series.isRemoved = false;
    series.samples.push(sample);
    if (series.samples.length > 1) this.#extra++;
    this.#trim(series);
  }

  #trim(series: Series): void {
    const { samples, limit } = series;
    const oldestMs = this.#parts.clock.wallMs() - limit.ageSec * 1000;
    const isOver = (): boolean =>
      samples.length > (limit.count === 0 ? SAMPLES_MAX : Math.min(limit.count, SAMPLES_MAX)) ||
      (limit.count === 0 && samples[0]![1] < oldestMs) ||
      this.#extra > SAMPLES_TOTAL_MAX;
    while (samples.length > 1 && isOver()) {
      samples.shift();
      this.#extra--;
    }
  }

  #replace(series: Series, samples: Sample[]): void {
    this.#extra -= Math.max(0, series.samples.length - 1);
    series.samples = samples;
  }
}
