/**
 * The commands of libdhcp_perfmon, in Kea's form, with its two slips of the pen: "occurences", and the last two names of
 * columns that are one.
 */
import type { Clock } from '../../base/clock.ts';
import type { DurationKey } from '../../config/hook-model.ts';
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import { type ArgumentMap, isMap } from '../arguments.ts';
import { formatUtcTimestamp } from '../kea-time.ts';
import { isAnswer, quoted } from './arguments.ts';

/** The library as its commands see it. */
export interface MonitoredServer {
  readonly config: { readonly intervalSec: number };
  /** Switches on or off what is not null. @returns what holds now */
  control(
    monitors: boolean | null,
    reports: boolean | null,
  ): { readonly monitors: boolean; readonly reports: boolean };
  /** In Kea's order; `last` null = no interval with an answer is over. */
  durations(): readonly {
    readonly key: DurationKey;
    readonly last: {
      readonly startWallMs: number;
      readonly occurrences: number;
      readonly leastUs: number;
      readonly mostUs: number;
      readonly totalUs: number;
    } | null;
  }[];
}

type Measured = ReturnType<MonitoredServer['durations']>[number];

const COLUMNS = [
  'query-type',
  'response-type',
  'start-event',
  'end-event',
  'subnet-id',
  'interval-start',
  'occurences',
  'min-duration-usecs',
  'max-duration-usecs',
  'total-duration-usecsmean-duration-usecs',
];

/** @param server the library of the configuration in force */
export function createPerfmonCommands(
  server: () => MonitoredServer,
  clock: Clock,
): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['perfmon-control', (args) => control(server(), args)],
    ['perfmon-get-all-durations', (args) => getAllDurations(server(), args, clock)],
  ]);
}

function control(server: MonitoredServer, args: unknown): Answer {
  const flags = readFlags(args, ['enable-monitoring', 'stats-mgr-reporting']);
  if (isAnswer(flags)) return flags;
  const { monitors, reports } = server.control(
    flags['enable-monitoring'] ?? null,
    flags['stats-mgr-reporting'] ?? null,
  );
  return success('perfmon-control success', {
    'enable-monitoring': monitors,
    'stats-mgr-reporting': reports,
  });
}

function getAllDurations(server: MonitoredServer, args: unknown, clock: Clock): Answer {
  const flags = readFlags(args, ['result-set-format']);
  if (isAnswer(flags)) return flags;
  const isResultSet = flags['result-set-format'] ?? false;
  const durations = server.durations();
  const found = isResultSet
    ? { 'durations-result-set': { columns: COLUMNS, rows: durations.map(rowOf) } }
    : { durations: durations.map(elementOf) };
  return {
    result: durations.length === 0 ? Result.empty : Result.success,
    text: `perfmon-get-all-durations: ${durations.length} found`,
    arguments: {
      ...found,
      'interval-width-secs': server.config.intervalSec,
      'result-set-format': isResultSet,
      timestamp: formatUtcTimestamp(clock.wallMs()),
    },
  };
}

/** The flags among the arguments, or the answer that refuses them. [Kea] The first fault in the order of the names counts. */
function readFlags<const Name extends string>(
  args: unknown,
  names: readonly Name[],
): { readonly [name in Name]?: boolean } | Answer {
  if (args === undefined || args === null) return {};
  if (!isMap(args)) return failure('mapValue() called on non-map Element');
  for (const name of Object.keys(args).sort()) {
    const fault = faultOf(args, name, names);
    if (fault !== null) return failure(fault);
  }
  return args as { readonly [name in Name]?: boolean };
}

function faultOf(args: ArgumentMap, name: string, names: readonly string[]): string | null {
  if (!names.includes(name)) return `spurious '${quoted(name)}' parameter`;
  return typeof args[name] === 'boolean' ? null : `'${name}' parameter is not a boolean`;
}

function elementOf(measured: Measured) {
  const { queryType, responseType, startEvent, stopEvent, subnetId } = measured.key;
  const { start, occurrences, least, most, total, mean } = valuesOf(measured);
  return {
    'duration-key': {
      'query-type': queryType,
      'response-type': responseType,
      'start-event': startEvent,
      'stop-event': stopEvent,
      'subnet-id': subnetId,
    },
    'start-time': start,
    occurrences,
    'min-duration-usecs': least,
    'max-duration-usecs': most,
    'total-duration-usecs': total,
    'mean-duration-usecs': mean,
  };
}

function rowOf(measured: Measured) {
  const { queryType, responseType, startEvent, stopEvent, subnetId } = measured.key;
  const { start, occurrences, least, most, total, mean } = valuesOf(measured);
  return [
    queryType,
    responseType,
    startEvent,
    stopEvent,
    subnetId,
    start,
    occurrences,
    least,
    most,
    total,
    mean,
  ];
}

/** Whole microseconds, as Kea's. */
function valuesOf({ last }: Measured) {
  if (last === null) return { start: '<none>', occurrences: 0, least: 0, most: 0, total: 0, mean: 0 };
  const { startWallMs, occurrences, leastUs, mostUs, totalUs } = last;
  return {
    start: formatUtcTimestamp(startWallMs),
    occurrences,
    least: Math.floor(leastUs),
    most: Math.floor(mostUs),
    total: Math.floor(totalUs),
    mean: Math.floor(totalUs / occurrences),
  };
}
