/** What a stretch of load is told by: rate, latency, cost. */
import { formatNumber, median } from './harness.ts';
import type { LoadAnswer } from './load-order.ts';
import type { Rival } from './rivals.ts';

/** One stretch of load on one rival. */
export interface Figures {
  readonly perSec: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Of all servers of the rival, microseconds an exchange. */
  readonly userUs: number;
  readonly kernelUs: number;
  readonly switches: number;
  /** Queries sent again, as a part of the exchanges. */
  readonly lostPercent: number;
  readonly unanswered: number;
  readonly loadUs: number;
  readonly threads: readonly { readonly name: string; readonly us: number; readonly switches: number }[];
}

export const FIGURE_COLUMNS = [
  'exchanges/s',
  'ACK p50 ms',
  'p99 ms',
  'p99.9 ms',
  'CPU µs an exchange, user + kernel',
  'of it by thread',
  'context switches an exchange',
  'lost %',
] as const;

export type FigureColumn = (typeof FIGURE_COLUMNS)[number];

/** @throws when the rival did what no server may do */
export function figuresOf({ name }: Pick<Rival, 'name'>, answer: LoadAnswer): Figures {
  if (answer.conflicts > 0) throw new Error(`${name}: ${answer.conflicts} addresses of two clients`);
  if (answer.duplicates > 0) throw new Error(`${name}: ${answer.duplicates} queries with two answers`);
  const { completed, costs } = answer;
  const each = (value: number): number => value / Math.max(1, completed);
  const sum = (value: (cost: (typeof costs)[number]) => number): number =>
    each(costs.reduce((total, cost) => total + value(cost), 0));
  return {
    perSec: completed / answer.elapsedSec,
    p50Ms: answer.p50Ms,
    p99Ms: answer.p99Ms,
    p999Ms: answer.p999Ms,
    userUs: sum((cost) => cost.userUs),
    kernelUs: sum((cost) => cost.kernelUs),
    switches: sum((cost) => cost.switches),
    lostPercent: each(answer.retransmitted) * 100,
    unanswered: answer.unanswered,
    loadUs: each(answer.ownUs),
    threads: costs.map((cost) => ({
      name: cost.name,
      us: each(cost.userUs + cost.kernelUs),
      switches: each(cost.switches),
    })),
  };
}

/** The medians of several runs, a cell for each of `FIGURE_COLUMNS`. */
export function cellsOf(runs: readonly Figures[]): string[] {
  const middle = (value: (run: Figures) => number): string => formatNumber(median(runs.map(value)));
  return [
    middle((run) => run.perSec),
    middle((run) => run.p50Ms),
    middle((run) => run.p99Ms),
    middle((run) => run.p999Ms),
    `${middle((run) => run.userUs)} + ${middle((run) => run.kernelUs)}`,
    byThread(runs),
    middle((run) => run.switches),
    middle((run) => run.lostPercent),
  ];
}

/** The threads that cost something, the dearest first, as "main 210, journal 54". */
function byThread(runs: readonly Figures[]): string {
  const names = [...new Set(runs.flatMap(({ threads }) => threads.map(({ name }) => name)))];
  return names
    .map((name) => ({
      name,
      us: median(runs.map(({ threads }) => threads.find((thread) => thread.name === name)?.us ?? 0)),
    }))
    .filter(({ us }) => us >= 0.5)
    .sort((a, b) => b.us - a.us)
    .map(({ name, us }) => `${name} ${formatNumber(us)}`)
    .join(', ');
}
