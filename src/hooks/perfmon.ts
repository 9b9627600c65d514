/**
 * The perfmon library on the main thread. At the end of each interval it takes what the shards have measured, reports the means
 * as statistics and looks whether one is worth an alarm.
 *
 *     open -> interval over: the shards turn to the next one -> all have: sum up, report -> open
 *
 * Kea looks at a duration with the first answer that comes after its interval; here the clock ends it, one interval for all.
 */
import type { Clock } from '../base/clock.ts';
import type { DurationKey, PerfmonConfig } from '../config/hook-model.ts';
import { addRow, type DurationReader } from '../engine/figures/duration-reader.ts';
import { CELLS, Cell, ROW_CELLS, SPANS } from '../engine/figures/durations.ts';
import type { Log } from '../log/logger.ts';
import { DurationAlarm } from './duration-alarm.ts';
import {
  compare,
  durationOf,
  formatDuration,
  keyOf,
  labelOf,
  type Pairs,
  rowOf,
  statisticOf,
  subnetOfRow,
} from './duration-key.ts';

const ALL_SUBNETS = 0;
const US_PER_SEC = 1_000_000;

/** What was measured in one interval, in microseconds. */
export interface Interval {
  readonly startWallMs: number;
  readonly occurrences: number;
  readonly leastUs: number;
  readonly mostUs: number;
  readonly totalUs: number;
}

export interface MeasuredDuration {
  readonly key: DurationKey;
  /** The last complete interval with an answer; null = there has been none yet. */
  readonly last: Interval | null;
}

/** Value and wall clock in ms, as samples of statistics are. */
export type MeanSample = readonly [meanUs: number, wallMs: number];

/** What the shards of a configuration measure into. */
export interface DurationSource {
  readonly reader: DurationReader;
  /** Ids of the subnets by position. */
  readonly subnetIds: readonly number[];
  readonly pairs: Pairs;
  readonly hasQueue: boolean;
}

/** What is switched on. */
export interface PerfmonSwitches {
  readonly monitors: boolean;
  readonly reports: boolean;
}

/** Rows of cells by subnet and pair, see `rowOf`. */
type Sums = Map<number, Float64Array>;

interface Duration {
  readonly key: DurationKey;
  readonly statistic: string;
  last: Interval | null;
  answers: number;
  totalUs: number;
}

export class Perfmon {
  readonly config: PerfmonConfig;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #durations = new Map<number, Duration>();
  readonly #statistics = new Map<string, MeanSample>();
  readonly #alarms: ReadonlyMap<string, DurationAlarm>;
  #source: DurationSource;
  /** What was measured in the interval of now before the last reload. */
  #carried: Sums = new Map();
  #isOn: boolean;
  #reports: boolean;
  #startMs: number;
  #startWallMs: number;
  /** Begin of the interval that the shards are leaving, wall clock; null = they have left. */
  #leavingWallMs: number | null = null;

  /**
   * @param source memory that no shard works with yet
   * @param former what was there before the reload: the statistics of subnets that are still there go on, as in Kea
   */
  constructor(
    config: PerfmonConfig,
    source: DurationSource,
    clock: Clock,
    log: Log,
    former: Perfmon | null = null,
  ) {
    this.config = config;
    this.#clock = clock;
    this.#log = log;
    this.#isOn = config.isEnabled;
    this.#reports = config.reportsStatistics;
    this.#startMs = clock.monotonicMs();
    this.#startWallMs = clock.wallMs();
    const enabled = config.alarms.filter(({ isEnabled }) => isEnabled);
    this.#alarms = new Map(
      enabled.map((alarm) => [labelOf(alarm.key), new DurationAlarm(alarm, config.alarmReportSec)]),
    );
    this.#source = source;
    source.reader.switchOn(this.#isOn);
    if (former === null) return;
    former.#forgetOthers(source.subnetIds);
    this.#statistics = new Map(former.#statistics);
  }

  /** The last means, by Kea's names. A mean that is reported again is another sample. */
  get statistics(): ReadonlyMap<string, MeanSample> {
    return this.#statistics;
  }

  /** Switches on or off what is not null. @returns what holds now */
  control(monitors: boolean | null, reports: boolean | null): PerfmonSwitches {
    this.#isOn = monitors ?? this.#isOn;
    this.#reports = reports ?? this.#reports;
    this.#source.reader.switchOn(this.#isOn);
    this.#log('TDM_PERFMON_CONTROLLED', {
      activeMonitoring: this.#isOn ? 'enabled' : 'disabled',
      statsMgrReporting: this.#reports ? 'enabled' : 'disabled',
    });
    return { monitors: this.#isOn, reports: this.#reports };
  }

  /** Ends the interval when its time is over, and reports it when the shards have left it; to be called several times a second. */
  look(): void {
    const { reader } = this.#source;
    if (this.#leavingWallMs !== null) {
      if (!reader.isSettled) return;
      this.#reportLeft();
    }
    const nowMs = this.#clock.monotonicMs();
    if (!this.#isOn || nowMs - this.#startMs < this.config.intervalSec * 1000) return;
    this.#leavingWallMs = this.#startWallMs;
    this.#startMs = nowMs;
    this.#startWallMs = this.#clock.wallMs();
    reader.turnOver();
  }

  /** Goes on with the memory of another configuration that says the same of this library. Pre: no shard runs. */
  moveTo(source: DurationSource): void {
    if (this.#leavingWallMs !== null) this.#reportLeft();
    this.#source.reader.takeNow((subnet, pair, row) => sum(this.#carried, this.#source, subnet, pair, row));
    this.#forgetOthers(source.subnetIds);
    this.#source = source;
    source.reader.switchOn(this.#isOn);
  }

  /** Every duration of which there was an answer, in Kea's order. */
  durations(): readonly MeasuredDuration[] {
    const sums: Sums = new Map();
    const source = this.#source;
    source.reader.lookNow((subnet, pair, row) => sum(sums, source, subnet, pair, row));
    for (const each of [this.#carried, sums])
      eachSpan(each, (duration) => {
        this.#meet(duration);
      });
    return [...this.#durations.values()].sort(({ key: a }, { key: b }) => compare(a, b, source.pairs));
  }

  /** For /metrics: of all subnets, since the configuration was read. */
  figures() {
    const all = [...this.#durations.values()].filter(
      ({ key, answers }) => key.subnetId === ALL_SUBNETS && answers > 0,
    );
    const durations = all.map(({ key, answers, totalUs, last }) => ({
      key,
      answers,
      totalSec: totalUs / US_PER_SEC,
      mostSec: (last?.mostUs ?? 0) / US_PER_SEC,
    }));
    const raised = [...this.#alarms.values()].filter(({ raisedWallMs }) => raisedWallMs !== null);
    return { durations, alarmsRaised: raised.length };
  }

  #reportLeft(): void {
    const startWallMs = this.#leavingWallMs!;
    this.#leavingWallMs = null;
    const sums = this.#carried;
    this.#carried = new Map();
    const source = this.#source;
    source.reader.takeBefore((subnet, pair, row) => sum(sums, source, subnet, pair, row));
    eachSpan(sums, (number, row, at) => {
      const occurrences = row[at + Cell.count]!;
      this.#report(this.#meet(number), {
        startWallMs,
        occurrences,
        leastUs: row[at + Cell.least]!,
        mostUs: row[at + Cell.most]!,
        totalUs: row[at + Cell.total]!,
      });
    });
  }

  #meet(number: number): Duration {
    const known = this.#durations.get(number);
    if (known !== undefined) return known;
    const { pairs, hasQueue } = this.#source;
    const key = keyOf(number, pairs, hasQueue);
    const duration = { key, statistic: statisticOf(key), last: null, answers: 0, totalUs: 0 };
    this.#durations.set(number, duration);
    return duration;
  }

  #report(duration: Duration, interval: Interval): void {
    duration.last = interval;
    duration.answers += interval.occurrences;
    duration.totalUs += interval.totalUs;
    const meanUs = meanOf(interval);
    const wallMs = this.#clock.wallMs();
    if (this.#reports) this.#statistics.set(duration.statistic, [meanUs, wallMs]);
    if (this.#alarms.size === 0) return;
    const label = labelOf(duration.key);
    const alarm = this.#alarms.get(label);
    if (alarm !== undefined) this.#lookAtAlarm(alarm, label, meanUs, wallMs);
  }

  #lookAtAlarm(alarm: DurationAlarm, label: string, meanUs: number, wallMs: number): void {
    const news = alarm.look(meanUs, this.#clock.monotonicMs(), wallMs);
    const { highWaterMs, lowWaterMs } = alarm.config;
    const mean = formatDuration(meanUs);
    if (news === 'raised')
      this.#log('TDM_PERFMON_ALARM_TRIGGERED', {
        duration: label,
        since: formatTime(alarm.raisedWallMs!),
        mean,
        highWaterMs,
      });
    if (news === 'cleared') this.#log('TDM_PERFMON_ALARM_CLEARED', { duration: label, mean, lowWaterMs });
  }

  /** Forgets what was measured of subnets that are no more. */
  #forgetOthers(subnetIds: readonly number[]): void {
    const ids = new Set([ALL_SUBNETS, ...subnetIds]);
    for (const [number, { key, statistic }] of this.#durations) {
      if (ids.has(key.subnetId)) continue;
      this.#durations.delete(number);
      this.#statistics.delete(statistic);
    }
    for (const row of this.#carried.keys())
      if (!ids.has(subnetOfRow(row, this.#source.pairs))) this.#carried.delete(row);
  }
}

/** Adds a row of cells to those of its subnet and of all subnets. */
function sum(
  sums: Sums,
  { pairs, subnetIds }: DurationSource,
  subnet: number,
  pair: number,
  row: Float64Array,
): void {
  addTo(sums, rowOf(ALL_SUBNETS, pair, pairs), row);
  if (subnet >= 0) addTo(sums, rowOf(subnetIds[subnet]!, pair, pairs), row);
}

function addTo(sums: Sums, number: number, row: Float64Array): void {
  let known = sums.get(number);
  if (known === undefined) {
    known = new Float64Array(ROW_CELLS);
    sums.set(number, known);
  }
  addRow(known, row);
}

/** Visits the spans of which something was measured: number of the duration, its row, and where in that its cells are. */
function eachSpan(sums: Sums, visit: (duration: number, row: Float64Array, at: number) => void): void {
  for (const [number, row] of sums)
    for (let span = 0; span < SPANS; span++)
      if (row[span * CELLS + Cell.count]! > 0) visit(durationOf(number, span), row, span * CELLS);
}

/** Whole microseconds, as Kea's. */
export function meanOf({ totalUs, occurrences }: Interval): number {
  return Math.floor(totalUs / occurrences);
}

/** [Kea] `YYYY-MM-DD HH:MM:SS.fff`, UTC. */
function formatTime(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 23).replace('T', ' ');
}
