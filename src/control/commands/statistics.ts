/**
 * The statistic commands, in Kea's form:
 *
 *     {"NAME": [[VALUE, "YYYY-MM-DD HH:MM:SS.ffffff"], ...]}       newest first, local time
 */
import type { StatisticSamplesConfig } from '../../config/control-model.ts';
import type { ServerConfig } from '../../config/model.ts';
import type { G6 } from '../../engine/dhcp6/statistics.ts';
import { type StatisticNames, seriesPrefix } from '../../engine/figures/statistic-names.ts';
import type { GlobalStatistic } from '../../engine/figures/statistics.ts';
import type { StatisticsReader } from '../../engine/figures/statistics-reader.ts';
import { poolSeries } from '../../engine/subnets/pool-series.ts';
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import { isMap, NOT_A_MAP } from '../arguments.ts';
import { formatTimestamp } from '../kea-time.ts';
import type { Sample, StatisticHistory, StatisticLook } from '../statistic-history.ts';

/**
 * Kea has these names for subnets and pools alone, and tools that map names to labels fail when one comes without a subnet.
 * What Kea does not have is called tandem-something, which they skip.
 */
const OWN_NAMES: readonly string[] = [
  'assigned-addresses',
  'assigned-nas',
  'assigned-pds',
  'registered-nas',
] satisfies (GlobalStatistic | keyof typeof G6)[];

/** The sender's text, cut, so that an answer does not grow with it. */
const QUOTED_NAME_MAX = 64;
/** Seconds that Kea takes for an age; beyond it there is no time of day any more. */
const AGE_SEC_MAX = 0xffffffff;

export function createStatisticsCommands(history: StatisticHistory): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['statistic-get', (args) => statisticGet(history, args)],
    ['statistic-get-all', () => statisticGetAll(history, () => true)],
    ['statistic-global-get-all', () => statisticGetAll(history, (name) => !name.startsWith('subnet['))],
    ['statistic-remove', (args) => named(history, args, (name) => remove(history, name))],
    ['statistic-remove-all', () => removeAll(history)],
    ['statistic-reset', (args) => named(history, args, (name) => reset(history, name))],
    ['statistic-reset-all', () => resetAll(history)],
    ['statistic-sample-age-set', (args) => named(history, args, (name) => ageSet(history, name, args))],
    ['statistic-sample-age-set-all', (args) => ageSetAll(history, args)],
    ['statistic-sample-count-set', (args) => named(history, args, (name) => countSet(history, name, args))],
    ['statistic-sample-count-set-all', (args) => countSetAll(history, args)],
  ]);
}

/** Gives names of answers to those that are counted. @param counted by their names in memory; they are changed in place */
function asShown(counted: Map<string, number>): Map<string, number> {
  for (const name of OWN_NAMES) {
    const value = counted.get(name);
    if (value !== undefined) counted.set(`tandem-${name}`, value);
    counted.delete(name);
  }
  return counted;
}

/** What `StatisticHistory` looks at. */
export class StatisticValues {
  #reader: StatisticsReader<StatisticNames> | null = null;
  #totals: ReadonlyMap<string, number> | null = null;

  /**
   * Every statistic by its name in answers, as it is counted now, or those that have changed since the last call.
   * @param isAllWanted all are given, as they are when others are counted than in the last call
   */
  look(
    reader: StatisticsReader<StatisticNames>,
    totals: ReadonlyMap<string, number>,
    isAllWanted: boolean,
  ): StatisticLook {
    const isAll = isAllWanted || reader !== this.#reader || totals !== this.#totals;
    this.#reader = reader;
    this.#totals = totals;
    const values = asShown(isAll ? reader.all() : reader.changed());
    if (isAll) for (const [name, value] of totals) values.set(name, value);
    return { isAll, values };
  }
}

/** `subnet[ID].total-addresses` of every subnet, the addresses of its pools, and the same of each series of pools. */
export function addressTotals({ subnets }: Pick<ServerConfig, 'subnets'>): ReadonlyMap<string, number> {
  const totals = new Map(subnets.map(({ id }) => [`subnet[${id}].total-addresses`, 0]));
  for (const series of poolSeries(subnets).series) {
    const addresses = Number(series.units);
    const ofSubnet = `subnet[${series.subnetId}].total-addresses`;
    totals.set(ofSubnet, totals.get(ofSubnet)! + addresses);
    totals.set(`${seriesPrefix(series)}total-addresses`, addresses);
  }
  return totals;
}

/** Runs what a command does with the statistic that its arguments name. */
function named(history: StatisticHistory, args: unknown, run: (name: string) => Answer): Answer {
  if (args !== undefined && !isMap(args)) return failure(`Error during command processing: ${NOT_A_MAP}`);
  const name = args?.['name'];
  if (name === undefined) return failure("Missing mandatory 'name' parameter.");
  if (typeof name !== 'string') return failure("'name' parameter expected to be a string.");
  history.look();
  return run(name);
}

function statisticGet(history: StatisticHistory, args: unknown): Answer {
  return named(history, args, (name) => {
    const samples = history.samples(name);
    // An unknown name is no error in Kea: the answer holds nothing.
    const found = samples === null ? [] : [[name, shown(samples)] as const];
    return { result: Result.success, arguments: Object.fromEntries(found) };
  });
}

function statisticGetAll(history: StatisticHistory, isWanted: (name: string) => boolean): Answer {
  history.look();
  const all = [...history.all()].filter(([name]) => isWanted(name));
  const entries = all.map(([name, samples]) => [name, shown(samples)] as const);
  return { result: Result.success, arguments: Object.fromEntries(entries) };
}

function reset(history: StatisticHistory, name: string): Answer {
  return history.reset(name) ? success(`Statistic '${name}' reset.`) : noSuch(name);
}

function resetAll(history: StatisticHistory): Answer {
  history.look();
  history.resetAll();
  return success('All statistics reset to neutral values.');
}

function remove(history: StatisticHistory, name: string): Answer {
  return history.remove(name) ? success(`Statistic '${name}' removed.`) : noSuch(name);
}

function removeAll(history: StatisticHistory): Answer {
  history.look();
  history.removeAll();
  return success('Warning: statistic-remove-all command is deprecated. All statistics removed.');
}

function ageSet(history: StatisticHistory, name: string, args: unknown): Answer {
  const limit = readAge(args);
  if ('result' in limit) return limit;
  return history.limit(name, limit) ? success(`Statistic '${name}' duration limit is set.`) : noSuch(name);
}

function ageSetAll(history: StatisticHistory, args: unknown): Answer {
  const limit = readAge(args);
  if ('result' in limit) return limit;
  history.look();
  history.limitAll(limit);
  return success('All statistics duration limit are set.');
}

function countSet(history: StatisticHistory, name: string, args: unknown): Answer {
  const limit = readCount(args);
  if ('result' in limit) return limit;
  return history.limit(name, limit) ? success(`Statistic '${name}' count limit is set.`) : noSuch(name);
}

function countSetAll(history: StatisticHistory, args: unknown): Answer {
  const limit = readCount(args);
  if ('result' in limit) return limit;
  if (limit.count === 0) return failure("'max-samples' parameter must not be zero");
  history.look();
  history.limitAll(limit);
  return success('All statistics count limit are set.');
}

/** Samples younger than `duration` seconds, however many. */
function readAge(args: unknown): StatisticSamplesConfig | Answer {
  if (args !== undefined && !isMap(args)) return failure(`Error during command processing: ${NOT_A_MAP}`);
  const duration = args?.['duration'];
  if (duration === undefined) return failure("Missing mandatory 'duration' parameter.");
  if (typeof duration !== 'number' || !Number.isInteger(duration))
    return failure('Error during command processing: intValue() called on non-integer Element');
  if (duration < 0) return failure("'duration' parameter must not be negative");
  return { count: 0, ageSec: Math.min(duration, AGE_SEC_MAX) };
}

/** The newest `max-samples`, however old; at least the newest one is kept. */
function readCount(args: unknown): StatisticSamplesConfig | Answer {
  if (args !== undefined && !isMap(args)) return failure(`Error during command processing: ${NOT_A_MAP}`);
  const count = args?.['max-samples'];
  if (count === undefined) return failure("Missing mandatory 'max-samples' parameter.");
  if (typeof count !== 'number' || !Number.isInteger(count))
    return failure("'max-samples' parameter expected to be an integer.");
  if (count < 0) return failure("'max-samples' parameter must not be negative");
  return { count, ageSec: 0 };
}

function noSuch(name: string): Answer {
  return failure(`No '${name.slice(0, QUOTED_NAME_MAX)}' statistic found`);
}

function shown(samples: readonly Sample[]): (readonly [number, string])[] {
  return samples.map(([value, wallMs]) => [value, formatTimestamp(wallMs)] as const);
}
