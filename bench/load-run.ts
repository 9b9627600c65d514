/** Loads rivals in turn with the same client and tells what each reached. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LoadClient } from '../src/load/client.ts';
import { formatNumber, median } from './harness.ts';
import type { BenchTable, Scale } from './model.ts';
import type { Rival } from './rivals.ts';

interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  /** Exchanges before anything is measured, so that the compilers have done their work; or this many seconds. */
  readonly warmUpExchanges: number;
  readonly warmUpSecMax: number;
  /** New exchanges a second in the run for latency. */
  readonly ratePerSec: number;
  /** Each run has a new client, which is compiled while it begins: what it sees in this time is not measured. */
  readonly settleSec: number;
}

const PLANS = {
  tiny: { rounds: 1, seconds: 0.3, warmUpExchanges: 10, warmUpSecMax: 1, ratePerSec: 200, settleSec: 0.1 },
  quick: { rounds: 2, seconds: 2, warmUpExchanges: 20_000, warmUpSecMax: 10, ratePerSec: 1000, settleSec: 1 },
  full: { rounds: 5, seconds: 4, warmUpExchanges: 50_000, warmUpSecMax: 20, ratePerSec: 1000, settleSec: 1 },
} as const satisfies Record<Scale, Plan>;

/** Exchanges in flight in the closed loop. */
const IN_FLIGHT = 256;
const START_TIMEOUT_MS = 30_000;
const RETRY_AFTER_MS = 1000;
const DRAIN_MS = 3000;
const US_PER_MS = 1000;
const US_PER_SEC = 1e6;

/** One stretch of load on one rival. */
interface Run {
  readonly exchangesPerSec: number;
  /** From REQUEST to ACK. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Microseconds an exchange, null for a rival without a process of its own. */
  readonly userUs: number | null;
  readonly kernelUs: number | null;
  readonly retransmitted: number;
}

const COLUMNS = [
  'server',
  `DORA/s, ${IN_FLIGHT} in flight`,
  'ACK p50 ms',
  'ACK p99 ms',
  'retransmitted',
  'CPU µs a DORA, user + kernel',
];

/**
 * Loads each rival in turn, round after round: closed loop for throughput, then a steady rate for latency.
 * @throws when a rival answers nothing, hands an address to two clients, or answers a query twice
 */
export async function loadRivals(rivals: readonly Rival[], scale: Scale): Promise<BenchTable> {
  const plan: Plan = PLANS[scale];
  const runs = rivals.map((rival) => ({ rival, full: [] as Run[], steady: [] as Run[] }));
  let seed = 1;
  for (const { rival } of runs) {
    await warmUp(rival, plan, seed++);
    // Single updates take other paths than batches do.
    await load(rival, plan, plan.ratePerSec, seed++);
  }
  for (let round = 0; round < plan.rounds; round++) {
    for (const { rival, full } of runs) full.push(await load(rival, plan, 0, seed++));
    for (const { rival, steady } of runs) steady.push(await load(rival, plan, plan.ratePerSec, seed++));
  }
  const rate = formatNumber(plan.ratePerSec);
  return {
    columns: [...COLUMNS, `ACK p50 ms at ${rate} DORA/s`, `ACK p99 ms at ${rate} DORA/s`],
    rows: runs.map(({ rival, full, steady }) => rowOf(rival.name, full, steady)),
    digest: null,
  };
}

function rowOf(name: string, full: readonly Run[], steady: readonly Run[]): string[] {
  const middle = (runs: readonly Run[], value: (run: Run) => number): string =>
    formatNumber(median(runs.map(value)));
  return [
    name,
    middle(full, (run) => run.exchangesPerSec),
    middle(full, (run) => run.p50Ms),
    middle(full, (run) => run.p99Ms),
    middle(full, (run) => run.retransmitted),
    full[0]?.userUs == null
      ? 'n/a'
      : `${middle(full, (run) => run.userUs ?? 0)} + ${middle(full, (run) => run.kernelUs ?? 0)}`,
    middle(steady, (run) => run.p50Ms),
    middle(steady, (run) => run.p99Ms),
  ];
}

/** Waits for the first answer, then lets compilers and caches settle. */
async function warmUp(rival: Rival, plan: Plan, seed: number): Promise<void> {
  const client = await startClient(rival, 0, seed);
  const reaches = async (exchanges: number, timeoutMs: number): Promise<boolean> => {
    const deadline = performance.now() + timeoutMs;
    while (client.counts()['exchanges-completed'] < exchanges && performance.now() < deadline)
      await sleep(20);
    return client.counts()['exchanges-completed'] >= exchanges;
  };
  const answers = await reaches(1, START_TIMEOUT_MS);
  if (answers) await reaches(plan.warmUpExchanges, plan.warmUpSecMax * 1000);
  await client.stop(answers ? DRAIN_MS : 0);
  if (!answers) throw new Error(`${rival.name} answers nothing`);
}

async function load(rival: Rival, plan: Plan, ratePerSec: number, seed: number): Promise<Run> {
  const client = await startClient(rival, ratePerSec, seed);
  await sleep(plan.settleSec * 1000);
  client.histograms.ackUs.reset();
  const cpuBefore = rival.cpu();
  const settled = client.counts()['exchanges-completed'];
  const begin = performance.now();
  await sleep(plan.seconds * 1000);
  const completed = client.counts()['exchanges-completed'] - settled;
  const elapsedSec = (performance.now() - begin) / 1000;
  const counts = await client.stop(DRAIN_MS);
  const cpuAfter = rival.cpu();
  for (const fault of ['address-conflicts', 'duplicate-received'] as const) {
    if (counts[fault] > 0) throw new Error(`${rival.name}: ${counts[fault]} ${fault}`);
  }
  const { ackUs } = client.histograms;
  const usPerExchange = (before: number | undefined, after: number | undefined): number | null =>
    before === undefined || after === undefined
      ? null
      : ((after - before) * US_PER_SEC) / (counts['exchanges-completed'] - settled);
  return {
    exchangesPerSec: completed / elapsedSec,
    p50Ms: ackUs.percentile(50) / US_PER_MS,
    p99Ms: ackUs.percentile(99) / US_PER_MS,
    userUs: usPerExchange(cpuBefore?.user, cpuAfter?.user),
    kernelUs: usPerExchange(cpuBefore?.kernel, cpuAfter?.kernel),
    retransmitted: counts.retransmitted,
  };
}

/** @param seed a new population for each run, so that every exchange makes a new lease */
function startClient(rival: Rival, ratePerSec: number, seed: number): Promise<LoadClient> {
  const { relay, servers } = rival;
  const inFlightMax = ratePerSec === 0 ? IN_FLIGHT : ratePerSec;
  return LoadClient.start({ relay, servers, inFlightMax, ratePerSec, seed, retryAfterMs: RETRY_AFTER_MS });
}
