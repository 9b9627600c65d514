/**
 * End to end: a server that comes back to a partner with many leases, which serves new clients at a steady rate all the time.
 * The load asks the partner alone, second after second; what it gets in those in which the other one synchronizes is compared
 * with what it got before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalServer } from '../src/demo/local-server.ts';
import { Pair } from '../src/demo/pair.ts';
import { localHaState } from '../src/demo/server-view.ts';
import type { Contender } from './contenders.ts';
import { formatNumber, median } from './harness.ts';
import { KEA_2 } from './kea.ts';
import { createRows, writeLeaseFile } from './lease-rows.ts';
import { type Figures, figuresOf } from './load-figures.ts';
import type { LoadProcess } from './load-process.ts';
import { orderOf, startLoad, warmUp } from './load-run.ts';
import type { Bench, BenchOptions, BenchTable, Scale } from './model.ts';
import { certify, createRival, type Rival } from './rivals.ts';

const LEASES = { tiny: [500], quick: [200_000], full: [200_000, 1_000_000] } as const satisfies Record<
  Scale,
  readonly number[]
>;
const BEFORE_SEC = { tiny: 0.3, quick: 4, full: 10 } as const satisfies Record<Scale, number>;
/** Of load that is measured at once while the other server synchronizes. */
const WINDOW_SEC = { tiny: 0.3, quick: 1, full: 1 } as const satisfies Record<Scale, number>;
/** A server finds out that it is alone after so long; whoever is busy is not taken for gone. */
const SILENT_MS = { tiny: 2_000, quick: 10_000, full: 10_000 } as const satisfies Record<Scale, number>;
const LOAD = { kind: 'steady', ratePerSec: 2_000 } as const;
const POOL_SIZE = 1 << 21;
const LEASE_TIME_SEC = 86_400;
const STATE_MS = 60_000;
const SYNC_MS_MAX = 180_000;
const LOOK_MS = 10;
const SYNCING = 'syncing';

export const sync: Bench = {
  name: 'sync',
  question: 'How fast does a server that comes back get its partner`s leases, and what do clients notice?',
  run: async (options) => {
    const counts: readonly number[] = LEASES[options.scale];
    const outcomes: Outcome[] = [];
    for (const leases of counts)
      for (const contender of options.contenders) outcomes.push(await comeBack(contender, leases, options));
    return layOut(outcomes);
  },
};

interface Span {
  readonly beginMs: number;
  readonly endMs: number;
}

interface Outcome {
  readonly name: string;
  readonly leases: number;
  /** In the state syncing. */
  readonly sec: number;
  readonly before: Figures;
  /** The stretches of load that lay in it, in part at least. */
  readonly during: readonly Figures[];
}

async function comeBack(
  { name, kinds }: Contender,
  leases: number,
  { scale, site, tls }: BenchOptions,
): Promise<Outcome> {
  const pair = await Pair.create({
    kinds,
    mode: 'hot-standby',
    poolSize: POOL_SIZE,
    leaseTimeSec: LEASE_TIME_SEC,
    timing: {
      heartbeatDelayMs: 500,
      maxResponseDelayMs: SILENT_MS[scale],
      maxAckDelayMs: 10_000,
      maxUnackedClients: 0,
    },
    site,
    ...(tls && { certify }),
  });
  const [source, returning] = pair.servers;
  const rows = createRows(leases, Math.floor(Date.now() / 1000), LEASE_TIME_SEC);
  const rival = createRival(`${name}${tls ? ', TLS' : ''}`, [source], {
    relay: pair.relay,
    link: null,
    enterRelay: site.relay.enter,
    start: async () => {
      writeLeaseFile(source.identity.leaseFile, rows, kinds[0] === KEA_2);
      await source.process.start();
      await pair.waitForState(source, 'partner-down', STATE_MS, new AbortController().signal);
    },
    close: () => pair.destroy(),
  });
  const load = startLoad(rival, 'new', 1);
  try {
    await rival.start();
    await warmUp(rival, load, scale, 'new');
    const order = { ...orderOf(LOAD), sec: BEFORE_SEC[scale], pids: rival.pids };
    const before = figuresOf(rival, await load.order({ ...order, settleSec: 0.5 }));
    await returning.process.start();
    const watching = watch(returning);
    const stretches = await loadUntil(watching, rival, load, WINDOW_SEC[scale]);
    const { beginMs, endMs } = await watching;
    const during = stretches.filter((each) => each.endMs >= beginMs && each.beginMs <= endMs);
    return {
      name: rival.name,
      leases,
      sec: (endMs - beginMs) / 1000,
      before,
      during: during.map(({ figures }) => figures),
    };
  } finally {
    await load.close();
    await rival.close();
  }
}

/** When a server is in the state syncing. @throws when it does not come to an end */
async function watch(server: LocalServer): Promise<Span> {
  let beginMs = 0;
  for (const untilMs = performance.now() + SYNC_MS_MAX; performance.now() < untilMs; await sleep(LOOK_MS)) {
    const state = await server.commands.run('status-get').then(localHaState, () => null);
    const nowMs = performance.now();
    if (beginMs === 0 && state === SYNCING) beginMs = nowMs;
    else if (beginMs === 0 && (state === 'ready' || state === 'hot-standby'))
      return { beginMs: nowMs, endMs: nowMs };
    else if (beginMs !== 0 && state !== null && state !== SYNCING) return { beginMs, endMs: nowMs };
  }
  throw new Error(`${server.identity.name} does not synchronize:\n${server.process.logTail()}`);
}

/** Loads, stretch after stretch, until something is over. */
async function loadUntil(
  over: Promise<unknown>,
  rival: Rival,
  load: LoadProcess,
  sec: number,
): Promise<(Span & { readonly figures: Figures })[]> {
  const stretches: (Span & { readonly figures: Figures })[] = [];
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  void over.then(end, end);
  while (!isOver) {
    const beginMs = performance.now();
    const answer = await load.order({ ...orderOf(LOAD), sec, pids: rival.pids });
    stretches.push({ beginMs, endMs: performance.now(), figures: figuresOf(rival, answer) });
  }
  return stretches;
}

function layOut(outcomes: readonly Outcome[]): BenchTable {
  const worst = (during: readonly Figures[], value: (figures: Figures) => number): string =>
    formatNumber(Math.max(...during.map(value)));
  const rows = outcomes.map(({ name, leases, sec, before, during }) => [
    name,
    leases.toLocaleString('en-US'),
    formatNumber(sec),
    formatNumber(leases / sec),
    formatNumber(lostPercent(during)),
    formatNumber(before.p50Ms),
    formatNumber(median(during.map(({ p50Ms }) => p50Ms))),
    formatNumber(before.p99Ms),
    worst(during, ({ p99Ms }) => p99Ms),
    formatNumber(before.p999Ms),
    worst(during, ({ p999Ms }) => p999Ms),
  ]);
  const columns = [
    'server',
    'leases',
    'seconds in syncing',
    'leases/s',
    'lost %',
    'ACK p50 ms, before',
    'meanwhile',
    'p99, before',
    'worst second',
    'p99.9, before',
    'worst second',
  ];
  return { columns, rows, records: outcomes, digest: null };
}

/** Queries that had no answer for a second, or none at all, as a part of all exchanges. */
function lostPercent(during: readonly Figures[]): number {
  let lost = 0;
  let all = 0;
  for (const { perSec, lostPercent: again, unanswered } of during) {
    lost += (again / 100) * perSec + unanswered;
    all += perSec + unanswered;
  }
  return (lost / Math.max(1, all)) * 100;
}
