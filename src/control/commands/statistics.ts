/**
 * statistic-get and statistic-get-all, in Kea's form:
 *
 *     {"NAME": [[VALUE, "YYYY-MM-DD HH:MM:SS.ffffff"]]}       local time
 *
 * Kea keeps up to 20 samples of each statistic; the counters here live in shared memory and have no history, so there
 * is always one sample: the value at the time of the question.
 */
import type { Clock } from '../../base/clock.ts';
import type { ServerConfig } from '../../config/model.ts';
import { GLOBAL_STATISTICS, type GlobalStatistic, type StatisticsReader } from '../../engine/statistics.ts';
import { type Answer, type CommandHandler, failure, Result } from '../answer.ts';
import { isMap, NOT_A_MAP } from '../arguments.ts';

export interface StatisticsSources {
  readonly clock: Clock;
  /** Read at each call: a reload brings new counters. */
  readonly reader: () => StatisticsReader;
  /** Values that nobody counts because the configuration determines them, by complete name. */
  readonly totals: () => ReadonlyMap<string, number>;
}

/**
 * Kea 2.2 has this name for subnets alone, and tools that map names to labels fail when it comes without a subnet. What Kea
 * does not have is called tandem-something, which they skip.
 */
const OWN_NAMES: Partial<Record<GlobalStatistic, string>> = {
  'assigned-addresses': 'tandem-assigned-addresses',
};

/** Name in answers -> name in the counters, of the global statistics. */
const globalNames: ReadonlyMap<string, GlobalStatistic> = new Map(
  GLOBAL_STATISTICS.map((name) => [shownName(name), name]),
);

export function createStatisticsCommands(sources: StatisticsSources): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['statistic-get', (args) => statisticGet(sources, args)],
    ['statistic-get-all', () => statisticGetAll(sources)],
  ]);
}

/** `subnet[ID].total-addresses` of every subnet: the addresses of its pools. */
export function subnetTotals({ subnets }: Pick<ServerConfig, 'subnets'>): Map<string, number> {
  const total = (pools: ServerConfig['subnets'][number]['pools']) =>
    pools.reduce((sum, pool) => sum + (pool.last - pool.first + 1), 0);
  return new Map(subnets.map(({ id, pools }) => [`subnet[${id}].total-addresses`, total(pools)]));
}

function statisticGet(sources: StatisticsSources, args: unknown): Answer {
  if (args !== undefined && !isMap(args)) return failure(`Error during command processing: ${NOT_A_MAP}`);
  const name = args?.['name'];
  if (name === undefined) return failure("Missing mandatory 'name' parameter.");
  if (typeof name !== 'string') return failure("'name' parameter expected to be a string.");
  const value = currentValue(sources, name);
  // An unknown name is no error in Kea: the answer holds nothing.
  const found = value === undefined ? [] : [[name, sample(value, timestamp(sources.clock))]];
  return { result: Result.success, arguments: Object.fromEntries(found) };
}

function currentValue({ reader, totals }: StatisticsSources, name: string): number | undefined {
  // The usual question, without adding up the cells of every subnet.
  const global = globalNames.get(name);
  if (global !== undefined) return reader().global(global);
  return name.startsWith('subnet[') ? (totals().get(name) ?? reader().all().get(name)) : undefined;
}

function shownName(name: string): string {
  return OWN_NAMES[name as GlobalStatistic] ?? name;
}

function statisticGetAll({ clock, reader, totals }: StatisticsSources): Answer {
  const now = timestamp(clock);
  const values = [...reader().all(), ...totals()];
  return {
    result: Result.success,
    arguments: Object.fromEntries(values.map(([name, value]) => [shownName(name), sample(value, now)])),
  };
}

/** The list of samples of one statistic; newest first, and here the only one. */
function sample(value: number, time: string): [[number, string]] {
  return [[value, time]];
}

/** The present local time as Kea writes it; microseconds beyond the clock's milliseconds are zero. */
function timestamp(clock: Clock): string {
  const wallMs = clock.wallMs();
  const localMs = wallMs - new Date(wallMs).getTimezoneOffset() * 60_000;
  return `${new Date(localMs).toISOString().slice(0, 23).replace('T', ' ')}000`;
}
