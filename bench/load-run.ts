/** Loads rivals in turn, point after point, and tells what each reached and what it cost. */
import type { LoadSettings, LoadSettings6 } from '../src/load/client.ts';
import type { Endpoint6 } from '../src/load/model.ts';
import { cellsOf, FIGURE_COLUMNS, type Figures, figuresOf } from './load-figures.ts';
import type { LoadOrder } from './load-order.ts';
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
  quick: { rounds: 3, seconds: 1.5, warmUpExchanges: 20_000, warmUpSecMax: 8, settleSec: 0.3 },
  full: { rounds: 5, seconds: 3, warmUpExchanges: 50_000, warmUpSecMax: 20, settleSec: 0.5 },
} as const satisfies Record<Scale, Plan>;

/** Clients that renew in turn: more than are in flight at any point. */
const RENEWING = { kind: 'renewing', count: 4096 } as const;
const START_SEC_MAX = 30;
const RETRY_AFTER_MS = 1000;
const WARM_UP_IN_FLIGHT = 64;
/** Of a steady rate: a server that cannot keep it has a second's work before it. */
const STEADY_IN_FLIGHT_MAX = 16_384;

/** Of either family. */
type AnyRival = Rival | Rival<Endpoint6>;

interface Entry {
  readonly rival: AnyRival;
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
  makers: readonly (() => Promise<AnyRival>)[],
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
      await warmUp(rival, load, scale, clients);
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
  {
    relay,
    servers,
    link,
    load,
    enterRelay,
  }: Pick<AnyRival, 'relay' | 'servers' | 'link' | 'load' | 'enterRelay'>,
  clients: ClientsKind,
  seed: number,
): LoadProcess {
  const settings = { relay, servers, link, inFlightMax: 0, seed, retryAfterMs: RETRY_AFTER_MS };
  const own = { ...settings, clients: clients === 'new' ? { kind: 'fresh' } : RENEWING, ...load };
  // A rival of DHCPv6 has said so, and which link its clients are on, in its load.
  return new LoadProcess(own as LoadSettings | LoadSettings6, enterRelay);
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
export async function warmUp(
  rival: AnyRival,
  load: LoadProcess,
  scale: Scale,
  clients: ClientsKind,
): Promise<void> {
  const plan: Plan = PLANS[scale];
  await waitForLoad(rival, load);
  const exchanges = plan.warmUpExchanges + (clients === 'renewals' ? RENEWING.count : 0);
  await load.order({ ...ORDER, sec: plan.warmUpSecMax, exchangesMax: exchanges });
  // One exchange after the other takes other paths than batches do.
  await load.order({ ...ORDER, inFlightMax: 1, sec: plan.seconds, exchangesMax: null });
}

/** Waits for the first answer. @throws when none comes in half a minute */
export async function waitForLoad(rival: AnyRival, load: LoadProcess): Promise<void> {
  const { completed } = await load.order({ ...ORDER, inFlightMax: 1 });
  if (completed === 0) throw new Error(`${rival.name} answers nothing`);
}

async function measure(rival: AnyRival, load: LoadProcess, point: Point, plan: Plan): Promise<Figures> {
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

function layOut(points: readonly Point[], entries: readonly Entry[]): BenchTable {
  const rows = points.flatMap((point, at) =>
    entries.map(({ rival, runs }) => [describePoint(point), rival.name, ...cellsOf(runs[at]!)]),
  );
  const records = points.flatMap((point, at) =>
    entries.map(({ rival, runs }) => ({ load: describePoint(point), server: rival.name, runs: runs[at]! })),
  );
  return { columns: ['load', 'server', ...FIGURE_COLUMNS], rows, records, digest: null };
}
