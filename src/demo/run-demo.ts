/** `tandem demo`: shows on one machine, without root and on loopback only, what a pair is for, and checks its promises. */
import { systemClock } from '../base/clock.ts';
import { LoadClient } from '../load/client.ts';
import type { LoadCounts } from '../load/counters.ts';
import { IN_FLIGHT_MAX } from '../load/model.ts';
import { checkInvariants } from './invariants.ts';
import { readLeases } from './lease-files.ts';
import { type ServerKind, TANDEM } from './local-server.ts';
import type { DemoOptions, DemoReport } from './model.ts';
import { Pair } from './pair.ts';
import { formatReport } from './report.ts';
import { bringUp, type Course, runCourse } from './scenario.ts';
import { Screen, type Terminal } from './screen.ts';
import { runTicker } from './ticker.ts';

/** Exit codes. */
const HELD = 0;
const BROKEN = 1;
const INTERRUPTED = 130;

const TIMING = { heartbeatDelayMs: 500, maxResponseDelayMs: 1500, maxAckDelayMs: 500, maxUnackedClients: 4 };
const RETRY_AFTER_MS = 500;
/** Longer than any demonstration: no lease ends while it is checked. */
const LEASE_TIME_SEC = 7200;
const DRAIN_MS = 10_000;
const POOL_SIZE_MIN = 65_536;
const SEED = 0x2d;
const US_PER_MS = 1000;

/**
 * Runs the demonstration to its end.
 * @param terminal where it is shown
 * @param kind the program that the servers run
 * @returns the exit code: 0 = every invariant held, 1 = one did not or the pair did not recover, 130 = interrupted.
 *   Never rejects; no process and no file stays behind
 */
export async function runDemo(
  options: DemoOptions,
  terminal: Terminal = process.stdout,
  kind: ServerKind = TANDEM,
): Promise<number> {
  const screen = new Screen(terminal);
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    const report = await demonstrate(options, kind, screen, abort.signal);
    screen.print(formatReport(report));
    return report.findings.every((finding) => finding.held) ? HELD : BROKEN;
  } catch (error) {
    if (abort.signal.aborted) return INTERRUPTED;
    screen.print(`the demonstration failed: ${error instanceof Error ? error.message : String(error)}`);
    return BROKEN;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** What every part of the run needs. */
interface Stage {
  readonly options: DemoOptions;
  readonly pair: Pair;
  readonly screen: Screen;
  readonly elapsedSec: () => number;
  readonly signal: AbortSignal;
}

async function demonstrate(
  options: DemoOptions,
  kind: ServerKind,
  screen: Screen,
  signal: AbortSignal,
): Promise<DemoReport> {
  const begin = performance.now();
  const elapsedSec = (): number => (performance.now() - begin) / 1000;
  const poolSize = Math.max(POOL_SIZE_MIN, options.rate * options.seconds);
  const pair = await Pair.create({
    kinds: [kind, kind],
    mode: options.mode,
    poolSize,
    leaseTimeSec: LEASE_TIME_SEC,
    timing: TIMING,
  });
  try {
    await bringUp(pair, screen, elapsedSec, signal);
    return await serveClients({ options, pair, screen, elapsedSec, signal });
  } finally {
    await pair.destroy();
  }
}

async function serveClients(stage: Stage): Promise<DemoReport> {
  const { options, pair, screen, elapsedSec, signal } = stage;
  const load = await LoadClient.start({
    relay: pair.relay,
    servers: pair.servers.map((server) => server.endpoint),
    inFlightMax: IN_FLIGHT_MAX,
    ratePerSec: options.rate,
    retryAfterMs: RETRY_AFTER_MS,
    seed: SEED,
    ledgerCapacity: ledgerCapacityFor(options),
  });
  const quiet = new AbortController();
  const ticker = runTicker(pair, load, screen, elapsedSec, AbortSignal.any([signal, quiet.signal]));
  try {
    const course = await runCourse(options, pair, screen, elapsedSec, signal);
    const counts = await load.stop(DRAIN_MS);
    quiet.abort();
    await ticker;
    screen.keep();
    return await conclude(stage, load, counts, course);
  } finally {
    quiet.abort();
    await load.stop(0);
    await ticker;
  }
}

/** Ends both servers and compares what is on their disks with what the clients were told. */
async function conclude(
  { pair, screen, elapsedSec }: Stage,
  load: LoadClient,
  counts: LoadCounts,
  course: Course,
): Promise<DemoReport> {
  const clean = await pair.stop();
  screen.event(elapsedSec(), clean ? 'both servers ended on SIGTERM' : 'a server did not end on SIGTERM');
  const nowSec = systemClock.wallSec();
  const files = pair.servers.map(({ identity }) => ({
    server: identity.name,
    leases: readLeases(identity.leaseFile),
  }));
  const { exchangeUs } = load.histograms;
  return {
    exchanges: counts['exchanges-completed'],
    p50Ms: exchangeUs.percentile(50) / US_PER_MS,
    p99Ms: exchangeUs.percentile(99) / US_PER_MS,
    longestGapMs: counts['longest-us'] / US_PER_MS,
    takeoverMs: course.takeoverMs,
    recoveryMs: course.recoveryMs,
    abandoned: counts.abandoned + counts['in-flight'],
    findings: [
      ...checkInvariants({ ledger: load.ledger, counts, seed: SEED, files, nowSec }),
      { invariant: 'both servers end on SIGTERM', held: clean, detail: clean ? 'exit code 0' : 'killed' },
    ],
  };
}

/** A power of two with room for every client of the run. */
function ledgerCapacityFor({ rate, seconds }: DemoOptions): number {
  return 2 ** Math.ceil(Math.log2(Math.max(POOL_SIZE_MIN, rate * seconds * 2)));
}
