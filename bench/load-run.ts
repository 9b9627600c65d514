/** Loads rivals in turn, point after point, and tells what each reached and what it cost. */
import { formatNumber, median } from './harness.ts';
import type { LoadAnswer, LoadOrder } from './load-order.ts';
import { LoadProcess } from './load-process.ts';
import type { BenchTable, ClientsKind, Scale } from './model.ts';
import { describePoint, type Point } from './points.ts';
import type { Rival } from './rivals.ts';

interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  /** Exchanges before anything is measured, so that the compilers have done their work; or this many seconds. */
  readonly warmUpExchanges: number;
  readonly warmUpSecMax: number;
  /** Under each load before it is measured. */
  readonly settleSec: number;
}

const PLANS = {
  tiny: { rounds: 1, seconds: 0.3, warmUpExchanges: 10, warmUpSecMax: 1, settleSec: 0.1 },
  quick: { rounds: 2, seconds: 2, warmUpExchanges: 20_000, warmUpSecMax: 8, settleSec: 0.3 },
  full: { rounds: 5, seconds: 3, warmUpExchanges: 50_000, warmUpSecMax: 20, settleSec: 0.5 },
} as const satisfies Record<Scale, Plan>;

/** Clients that renew in turn: more than are in flight at any point. */
const RENEWING = { kind: 'renewing', count: 4096 } as const;
const START_SEC_MAX = 30;
const RETRY_AFTER_MS = 1000;
const WARM_UP_IN_FLIGHT = 64;
/** Of a steady rate: a server that cannot keep it has a second's work before it. */
const STEADY_IN_FLIGHT_MAX = 16_384;

/** One stretch of load on one rival. */
interface Figures {
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

const COLUMNS = [
  'load',
  'server',
  'exchanges/s',
  'ACK p50 ms',
  'p99 ms',
  'p99.9 ms',
  'CPU µs an exchange, user + kernel',
  'of it by thread',
  'context switches an exchange',
  'lost %',
];

interface Entry {
  readonly rival: Rival;
  readonly load: LoadProcess;
  /** By point, a member a round. */
  readonly runs: Figures[][];
}

/**
 * Makes and starts the rivals, loads each in turn at every point, round after round, and closes them.
 * @param makers of rivals that have not been started
 * @throws when a rival answers nothing, hands an address to two clients, or answers a query twice
 */
export async function loadRivals(
  makers: readonly (() => Promise<Rival>)[],
  points: readonly Point[],
  clients: ClientsKind,
  scale: Scale,
): Promise<BenchTable> {
  const plan: Plan = PLANS[scale];
  const entries: Entry[] = [];
  try {
    for (const make of makers) {
      const rival = await make();
      const load = startLoad(rival, clients, entries.length + 1);
      entries.push({ rival, load, runs: points.map(() => []) });
      await rival.start();
      await warmUp(rival, load, plan, clients);
    }
    for (let round = 0; round < plan.rounds; round++) {
      for (const [at, point] of points.entries()) {
        for (const { rival, load, runs } of entries) runs[at]!.push(await measure(rival, load, point, plan));
      }
    }
  } finally {
    for (const { rival, load } of entries) {
      await load.close();
      await rival.close();
    }
  }
  return layOut(points, entries);
}

/** @param seed a population of its own */
export function startLoad(
  { relay, servers, link, load, enterRelay }: Rival,
  clients: ClientsKind,
  seed: number,
): LoadProcess {
  const settings = { relay, servers, link, inFlightMax: 0, seed, retryAfterMs: RETRY_AFTER_MS };
  return new LoadProcess(
    { ...settings, clients: clients === 'new' ? { kind: 'fresh' } : RENEWING, ...load },
    enterRelay,
  );
}

const ORDER: LoadOrder = {
  inFlightMax: WARM_UP_IN_FLIGHT,
  ratePerSec: 0,
  settleSec: 0,
  sec: START_SEC_MAX,
  exchangesMax: 1,
  pids: [],
};

/** Waits for the first answer, then lets compilers and caches settle. */
async function warmUp(rival: Rival, load: LoadProcess, plan: Plan, clients: ClientsKind): Promise<void> {
  await waitForLoad(rival, load);
  const exchanges = plan.warmUpExchanges + (clients === 'renewals' ? RENEWING.count : 0);
  await load.order({ ...ORDER, sec: plan.warmUpSecMax, exchangesMax: exchanges });
  // One exchange after the other takes other paths than batches do.
  await load.order({ ...ORDER, inFlightMax: 1, sec: plan.seconds, exchangesMax: null });
}

/** Waits for the first answer. @throws when none comes in half a minute */
export async function waitForLoad(rival: Rival, load: LoadProcess): Promise<void> {
  const { completed } = await load.order({ ...ORDER, inFlightMax: 1 });
  if (completed === 0) throw new Error(`${rival.name} answers nothing`);
}

async function measure(rival: Rival, load: LoadProcess, point: Point, plan: Plan): Promise<Figures> {
  const { settleSec, seconds: sec } = plan;
  const answer = await load.order({ ...orderOf(point), settleSec, sec, pids: rival.pids });
  return figuresOf(rival, answer);
}

/** The order for a load without an end. */
export function orderOf(point: Point): LoadOrder {
  const window =
    point.kind === 'closed'
      ? { inFlightMax: point.inFlight, ratePerSec: 0 }
      : { inFlightMax: Math.min(point.ratePerSec, STEADY_IN_FLIGHT_MAX), ratePerSec: point.ratePerSec };
  return { ...ORDER, ...window, exchangesMax: null };
}

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

function layOut(points: readonly Point[], entries: readonly Entry[]): BenchTable {
  const rows = points.flatMap((point, at) =>
    entries.map(({ rival, runs }) => rowOf(describePoint(point), rival.name, runs[at]!)),
  );
  const records = points.flatMap((point, at) =>
    entries.map(({ rival, runs }) => ({ load: describePoint(point), server: rival.name, runs: runs[at]! })),
  );
  return { columns: COLUMNS, rows, records, digest: null };
}

function rowOf(load: string, server: string, runs: readonly Figures[]): string[] {
  const middle = (value: (run: Figures) => number): string => formatNumber(median(runs.map(value)));
  return [
    load,
    server,
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
