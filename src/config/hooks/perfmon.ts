/** Parameters of libdhcp_perfmon. */
import {
  type DurationKey,
  type HooksConfig,
  PERFMON_EVENTS,
  PERFMON_PAIRS,
  PERFMON_TOTAL,
  type PerfmonAlarm,
  type PerfmonConfig,
  type PerfmonPair,
} from '../hook-model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import { defineMap, mapOf, readMap, withoutContext } from '../schema/map.ts';
import { required, rule, withDefault } from '../schema/rule.ts';
import { flag, integer, text, UINT32_MAX } from '../schema/scalars.ts';

const ALL_SUBNETS = 0;
/** In place of a message type: none. */
const NO_TYPE = '*';

type Family = 4 | 6;

/** [Kea] What may be asked to be watched, by family: the answers by the type of the query. */
const RESPONSES: Readonly<Record<Family, Readonly<Record<string, readonly string[]>>>> = {
  4: {
    [NO_TYPE]: [NO_TYPE, 'DHCPOFFER', 'DHCPACK', 'DHCPNAK'],
    DHCPDISCOVER: [NO_TYPE, 'DHCPOFFER', 'DHCPNAK'],
    DHCPREQUEST: [NO_TYPE, 'DHCPACK', 'DHCPNAK'],
    DHCPINFORM: [NO_TYPE, 'DHCPACK'],
  },
  6: {
    [NO_TYPE]: [NO_TYPE, 'ADVERTISE', 'REPLY'],
    SOLICIT: [NO_TYPE, 'ADVERTISE', 'REPLY'],
    REQUEST: [NO_TYPE, 'REPLY'],
    CONFIRM: [NO_TYPE, 'REPLY'],
    RENEW: [NO_TYPE, 'REPLY'],
    REBIND: [NO_TYPE, 'REPLY'],
  },
};

/** A type by its name; Kea writes none as "*" or "". */
function messageType(names: readonly string[]) {
  const expected = `one of ${[...names, ''].map((each) => quote(each)).join(', ')}`;
  return rule(expected, (value): string | undefined => {
    const type = value === '' ? NO_TYPE : value;
    return names.find((each) => each === type);
  });
}

export const perfmonSchema = withoutContext(
  defineMap('parameters of perfmon', {
    'enable-monitoring': withDefault(flag(), false),
    'interval-width-secs': withDefault(integer(1, UINT32_MAX), 60),
    'stats-mgr-reporting': withDefault(flag(), true),
    'alarm-report-secs': withDefault(integer(0, UINT32_MAX), 300),
    alarms: withDefault(list(), []),
  }),
);

function durationKeySchema(family: Family) {
  const responses = RESPONSES[family];
  return withoutContext(
    defineMap('duration-key of perfmon', {
      'query-type': required(messageType(Object.keys(responses))),
      'response-type': required(messageType([...new Set(Object.values(responses).flat())])),
      'start-event': required(text()),
      'stop-event': required(text()),
      'subnet-id': withDefault(integer(0, UINT32_MAX), 0),
    }),
  );
}

export const durationKeySchemas = { 4: durationKeySchema(4), 6: durationKeySchema(6) } as const;

function alarmSchema(family: Family) {
  return withoutContext(
    defineMap('alarms[] of perfmon', {
      'duration-key': required(mapOf(durationKeySchemas[family])),
      'enable-alarm': withDefault(flag(), true),
      'high-water-ms': required(integer(1, UINT32_MAX)),
      'low-water-ms': required(integer(1, UINT32_MAX)),
    }),
  );
}

export const alarmSchemas = { 4: alarmSchema(4), 6: alarmSchema(6) } as const;

/**
 * @param parameters undefined when the file has none: then nothing is measured until a command asks for it
 * @param isMultiThreaded queries wait for their turn, which is a milestone of its own
 */
export function readPerfmon(
  family: Family,
  parameters: unknown,
  at: Path,
  report: Report,
  isMultiThreaded: boolean,
): PerfmonConfig | null {
  const values = readMap(perfmonSchema, parameters ?? {}, at, report);
  if (values === undefined) return null;
  const alarms: PerfmonAlarm[] = [];
  for (const [index, entry] of values.alarms.entries()) {
    const place = child(child(at, 'alarms'), index);
    const alarm = readAlarm(family, entry, place, report);
    if (alarm === null) continue;
    if (alarms.some(({ key }) => isSame(key, alarm.key)))
      report.error(child(place, 'duration-key'), 'a duration a second time', 'one alarm for each duration');
    warnOfSilence(family, alarm.key, isMultiThreaded, child(place, 'duration-key'), report);
    alarms.push(alarm);
  }
  return {
    isEnabled: values['enable-monitoring'],
    intervalSec: values['interval-width-secs'],
    reportsStatistics: values['stats-mgr-reporting'],
    alarmReportSec: values['alarm-report-secs'],
    alarms,
  };
}

function readAlarm(family: Family, entry: unknown, at: Path, report: Report): PerfmonAlarm | null {
  const errorsBefore = report.errorCount;
  const values = readMap(alarmSchemas[family], entry, at, report);
  if (values === undefined || report.errorCount > errorsBefore) return null;
  const key = values['duration-key']!;
  const queryType = key['query-type']!;
  const responseType = key['response-type']!;
  const responses = RESPONSES[family][queryType]!;
  if (!responses.includes(responseType))
    report.error(
      child(child(at, 'duration-key'), 'response-type'),
      quote(responseType),
      `for a query of type ${quote(queryType)} one of ${responses.map((each) => quote(each)).join(', ')}`,
    );
  const highWaterMs = values['high-water-ms']!;
  const lowWaterMs = values['low-water-ms']!;
  if (lowWaterMs >= highWaterMs)
    report.error(
      child(at, 'low-water-ms'),
      `${lowWaterMs}`,
      `less than "high-water-ms", which is ${highWaterMs}`,
    );
  return {
    key: {
      queryType,
      responseType,
      startEvent: key['start-event']!,
      stopEvent: key['stop-event']!,
      subnetId: key['subnet-id'],
    },
    isEnabled: values['enable-alarm'],
    highWaterMs,
    lowWaterMs,
  };
}

function isSame(one: DurationKey, other: DurationKey): boolean {
  return (Object.keys(one) as (keyof DurationKey)[]).every((member) => one[member] === other[member]);
}

/** Kea takes alarms about durations that nobody measures, and is silent about them. */
function warnOfSilence(
  family: Family,
  key: DurationKey,
  isMultiThreaded: boolean,
  at: Path,
  report: Report,
): void {
  const { queryType, responseType, startEvent, stopEvent, subnetId } = key;
  const pairs: readonly PerfmonPair[] = PERFMON_PAIRS[family];
  if (!pairs.some(([query, response]) => query === queryType && response === responseType))
    report.warn(
      child(at, 'query-type'),
      `${quote(queryType)} with "response-type" ${quote(responseType)}, which is never measured`,
      `one of ${pairs.map(([query, response]) => `${quote(query)} with ${quote(response)}`).join(', ')}`,
    );
  if (queryType === 'DHCPINFORM' && subnetId !== ALL_SUBNETS)
    report.warn(
      child(at, 'subnet-id'),
      `${subnetId} for a DHCPINFORM, which is measured for all subnets together`,
      '0',
    );
  const spans = spansOf(isMultiThreaded);
  if (!spans.some(({ start, stop }) => start === startEvent && stop === stopEvent))
    report.warn(
      child(at, 'start-event'),
      `${quote(startEvent)} with "stop-event" ${quote(stopEvent)}, which is never measured`,
      `one of ${spans.map(({ start, stop }) => `${quote(start)} with ${quote(stop)}`).join(', ')}`,
    );
}

/** The same of alarms about subnets that are not there. @param at of the parameters, null = the library is not loaded */
export function warnOfSubnets(
  {
    hooks: { perfmon },
    subnets,
  }: {
    readonly hooks: Pick<HooksConfig, 'perfmon'>;
    readonly subnets: readonly { readonly id: number }[];
  },
  at: Path | null,
  report: Report,
): void {
  const alarms = perfmon?.alarms ?? [];
  if (at === null || alarms.length === 0) return;
  const known = new Set([ALL_SUBNETS, ...subnets.map(({ id }) => id)]);
  for (const [index, { key }] of alarms.entries())
    if (!known.has(key.subnetId))
      report.warn(
        child(child(child(child(at, 'alarms'), index), 'duration-key'), 'subnet-id'),
        `${key.subnetId}, which is no subnet`,
        'the id of a subnet, or 0 for all',
      );
}

/** From each milestone to the next, and from the first to the last. */
function spansOf(isMultiThreaded: boolean): readonly { readonly start: string; readonly stop: string }[] {
  const events = PERFMON_EVENTS.filter((event) => isMultiThreaded || event !== 'mt_queued');
  const spans = events
    .slice(1)
    .map((stop, index) => ({ start: events[index] as string, stop: stop as string }));
  return [...spans, PERFMON_TOTAL];
}
