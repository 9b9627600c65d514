/** Once a second: reads the clients' counters and both servers' state, and shows them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadClient } from '../load/client.ts';
import type { Pair } from './pair.ts';
import type { Screen } from './screen.ts';

const EVERY_MS = 1000;
const US_PER_MS = 1000;

/**
 * Shows a snapshot a second until `signal` aborts.
 * @param elapsedSec seconds since the demonstration began
 */
export async function runTicker<At, Leases>(
  pair: Pair<At>,
  load: LoadClient<Leases>,
  screen: Screen,
  elapsedSec: () => number,
  signal: AbortSignal,
): Promise<void> {
  let completed = 0;
  let atSec = elapsedSec();
  while (await pause(signal)) {
    const views = await pair.view();
    if (signal.aborted) return;
    const counts = load.counts();
    const nowSec = elapsedSec();
    const recent = load.histograms.recentUs;
    const quiet = recent.count === 0;
    screen.show({
      elapsedSec: nowSec,
      ratePerSec: (counts['exchanges-completed'] - completed) / (nowSec - atSec),
      p50Ms: quiet ? 0 : recent.percentile(50) / US_PER_MS,
      p99Ms: quiet ? 0 : recent.percentile(99) / US_PER_MS,
      waiting: counts['in-flight'],
      servers: pair.servers.map((server, index) => ({ name: server.identity.name, view: views[index]! })),
    });
    recent.reset();
    completed = counts['exchanges-completed'];
    atSec = nowSec;
  }
}

/** False as soon as the signal aborts. */
async function pause(signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(EVERY_MS, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
