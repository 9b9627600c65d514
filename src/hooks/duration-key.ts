/** Names of durations, as Kea has them: in commands, statistics and messages. */
import { type DurationKey, PERFMON_EVENTS, PERFMON_TOTAL, type PerfmonPair } from '../config/hook-model.ts';
import { SPANS, Span } from '../engine/figures/durations.ts';

const MICROSECONDS = 1_000_000;

/** Queries with their answers, as a family calls them. */
export type Pairs = readonly PerfmonPair[];

/** The durations of one pair in one subnet. @param subnetId 0 = of all */
export function rowOf(subnetId: number, pair: number, { length }: Pairs): number {
  return subnetId * length + pair;
}

/** The subnet of such a row. */
export function subnetOfRow(row: number, { length }: Pairs): number {
  return Math.floor(row / length);
}

/** The number of a duration. @param row see `rowOf` */
export function durationOf(row: number, span: number): number {
  return row * SPANS + span;
}

/** @param hasQueue queries wait for their turn, which is a milestone of its own */
export function keyOf(duration: number, pairs: Pairs, hasQueue: boolean): DurationKey {
  const row = Math.floor(duration / SPANS);
  const [queryType, responseType] = pairs[row % pairs.length]!;
  const { start, stop } = spanOf(duration % SPANS, hasQueue);
  const subnetId = subnetOfRow(row, pairs);
  return { queryType, responseType, startEvent: start, stopEvent: stop, subnetId };
}

function spanOf(span: number, hasQueue: boolean): { readonly start: string; readonly stop: string } {
  if (span === Span.total) return PERFMON_TOTAL;
  // [Kea] Without a queue one milestone is missing, and what would begin with it begins with the one before.
  const start = span === Span.queued && !hasQueue ? Span.read : span;
  return { start: PERFMON_EVENTS[start]!, stop: PERFMON_EVENTS[span + 1]! };
}

export function labelOf({ queryType, responseType, startEvent, stopEvent, subnetId }: DurationKey): string {
  return `${queryType}-${responseType}.${startEvent}-${stopEvent}.${subnetId}`;
}

/** [Kea] Here, and nowhere else, a subnet is "subnet-id[ID]". */
export function statisticOf({
  queryType,
  responseType,
  startEvent,
  stopEvent,
  subnetId,
}: DurationKey): string {
  const subnet = subnetId === 0 ? '' : `subnet-id[${subnetId}].`;
  return `${subnet}perfmon.${queryType}-${responseType}.${startEvent}-${stopEvent}.mean-usecs`;
}

/** [Kea] By the pair, then by the names of the milestones, then by the subnet. */
export function compare(a: DurationKey, b: DurationKey, pairs: Pairs): number {
  return (
    pairOf(a, pairs) - pairOf(b, pairs) ||
    order(a.startEvent, b.startEvent) ||
    order(a.stopEvent, b.stopEvent) ||
    a.subnetId - b.subnetId
  );
}

function pairOf({ queryType, responseType }: DurationKey, pairs: Pairs): number {
  return pairs.findIndex(([query, response]) => query === queryType && response === responseType);
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** `HH:MM:SS.ffffff` */
export function formatDuration(us: number): string {
  const sec = Math.floor(us / MICROSECONDS);
  const parts = [Math.floor(sec / 3600), Math.floor(sec / 60) % 60, sec % 60];
  const time = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return `${time}.${String(Math.floor(us % MICROSECONDS)).padStart(6, '0')}`;
}
