/** `tandem demo`: shows on one machine, without root and on loopback only, what a pair is for, and checks its promises. */
import { systemClock } from '../base/clock.ts';
import type { LoadClient } from '../load/client.ts';
import type { LoadCounts } from '../load/counters.ts';
import { IN_FLIGHT_MAX } from '../load/model.ts';
import { DEMO_FAMILY_4, DEMO_FAMILY_6, type DemoFamily } from './family.ts';
import { checkInvariants } from './invariants.ts';
import { type ServerKind, TANDEM } from './local-server.ts';
import type { DemoOptions, DemoReport } from './model.ts';
import type { Pair } from './pair.ts';
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
    const report =
      options.family === 4
        ? await demonstrate(DEMO_FAMILY_4, options, kind, screen, abort.signal)
        : await demonstrate(DEMO_FAMILY_6, options, kind, screen, abort.signal);
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
interface Stage<At, Leases> {
  readonly family: DemoFamily<At, Leases>;
  readonly options: DemoOptions;
  readonly pair: Pair<At>;
  readonly screen: Screen;
  readonly elapsedSec: () => number;
  readonly signal: AbortSignal;
}

async function demonstrate<At, Leases>(
  family: DemoFamily<At, Leases>,
  options: DemoOptions,
  kind: ServerKind,
  screen: Screen,
  signal: AbortSignal,
): Promise<DemoReport> {
  const begin = performance.now();
  const elapsedSec = (): number => (performance.now() - begin) / 1000;
  const poolSize = Math.max(POOL_SIZE_MIN, options.rate * options.seconds);
  const pair = await family.createPair({
    kinds: [kind, kind],
    mode: options.mode,
    poolSize,
    leaseTimeSec: LEASE_TIME_SEC,
    timing: TIMING,
  });
  try {
    await bringUp(pair, screen, elapsedSec, signal);
    return await serveClients({ family, options, pair, screen, elapsedSec, signal });
  } finally {
    await pair.destroy();
  }
}

async function serveClients<At, Leases>(stage: Stage<At, Leases>): Promise<DemoReport> {
  const { family, options, pair, screen, elapsedSec, signal } = stage;
  const load = await family.startLoad(pair, {
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
async function conclude<At, Leases>(
  { family, pair, screen, elapsedSec }: Stage<At, Leases>,
  load: LoadClient<Leases>,
  counts: LoadCounts,
  course: Course,
): Promise<DemoReport> {
  const clean = await pair.stop();
  screen.event(elapsedSec(), clean ? 'both servers ended on SIGTERM' : 'a server did not end on SIGTERM');
  const nowSec = systemClock.wallSec();
  const files = pair.servers.map(({ identity }) => ({
    server: identity.name,
    leases: family.readLeases(identity.leaseFile, SEED),
  }));
  const witness = family.witness(load.ledger, nowSec);
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
      ...checkInvariants({ witness, counts, files, nowSec }),
      { invariant: 'both servers end on SIGTERM', held: clean, detail: clean ? 'exit code 0' : 'killed' },
    ],
  };
}

/** A power of two with room for every client of the run, and its lease or two. */
function ledgerCapacityFor({ family, rate, seconds }: DemoOptions): number {
  const leasesEach = family === 4 ? 1 : 2;
  return 2 ** Math.ceil(Math.log2(Math.max(POOL_SIZE_MIN, rate * seconds * 2) * leasesEach));
}
