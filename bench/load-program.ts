/**
 * Program: the load client in a process of its own, so that it can stand in a network of its own, and with one life, so
 * that it is compiled once. Usage: node load-program.js SETTINGS (JSON, LoadSettings or LoadSettings6); orders come on standard input.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../src/base/clock.ts';
import { LoadClient, type LoadSettings, type LoadSettings6 } from '../src/load/client.ts';
import type { Ledger6 } from '../src/load/dhcp6/ledger6.ts';
import type { LoadAnswer, LoadOrder } from './load-order.ts';
import { costsBetween, readCosts } from './thread-cost.ts';

const DRAIN_MS = 3000;
const LOOK_EVERY_MS = 2;
/** A server whose queues were full has answered them all when it says nothing for so long. */
const QUIET_MS = 300;
const QUIET_AFTER_MS_MAX = 5000;
const US_PER_MS = 1000;

const settings = JSON.parse(process.argv[2] ?? '') as LoadSettings | LoadSettings6;
const client6: LoadClient<Ledger6> | null = settings.family === 6 ? await LoadClient.start6(settings) : null;
const client = client6 ?? (await LoadClient.start(settings as LoadSettings));
for await (const line of createInterface(process.stdin)) {
  const answer = await carryOut(JSON.parse(line) as LoadOrder);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await client.stop(0);

async function carryOut(order: LoadOrder): Promise<LoadAnswer> {
  client.setRate(order.ratePerSec);
  client.setInFlight(order.inFlightMax);
  await sleep(order.settleSec * 1000);
  const { ackUs } = client.histograms;
  ackUs.reset();
  const before = readCosts(order.pids);
  const ownBefore = process.cpuUsage();
  const countsBefore = client.counts();
  const completedBefore = completed();
  const begin = performance.now();
  await untilDone(completedBefore + (order.exchangesMax ?? Infinity), begin + order.sec * 1000);
  const done = completed() - completedBefore;
  const elapsedSec = (performance.now() - begin) / 1000;
  const after = readCosts(order.pids);
  const own = process.cpuUsage(ownBefore);
  const latencies = [50, 99, 99.9].map((part) => ackUs.percentile(part) / US_PER_MS);
  const { retransmitted } = client.counts();
  const unanswered = await drain();
  const counts = client.counts();
  return {
    completed: done,
    elapsedSec,
    p50Ms: latencies[0]!,
    p99Ms: latencies[1]!,
    p999Ms: latencies[2]!,
    retransmitted: retransmitted - countsBefore.retransmitted,
    unanswered,
    conflicts: counts['address-conflicts'] + overlaps(),
    duplicates: counts['duplicate-received'],
    costs: costsBetween(before, after),
    ownUs: own.user + own.system,
  };
}

function completed(): number {
  const counts = client.counts();
  return counts['exchanges-completed'] + counts['renewals-completed'];
}

async function untilDone(completedMax: number, deadlineMs: number): Promise<void> {
  if (completedMax === Infinity) return void (await sleep(deadlineMs - performance.now()));
  while (completed() < completedMax && performance.now() < deadlineMs) await sleep(LOOK_EVERY_MS);
}

/** Prefixes, or addresses, that lie inside of one another. */
function overlaps(): number {
  return client6?.ledger.overlaps(systemClock.wallSec()).length ?? 0;
}

/** Begins nothing more and waits for what is in flight. @returns what stayed without an answer, given up */
async function drain(): Promise<number> {
  client.setInFlight(0);
  client.setRate(0);
  const deadlineMs = performance.now() + DRAIN_MS;
  // A rate or a window that was just changed may still be acted upon.
  await sleep(50);
  while (client.counts()['in-flight'] > 0 && performance.now() < deadlineMs) await sleep(LOOK_EVERY_MS);
  const left = client.counts()['in-flight'];
  client.forget();
  if (left > 0) await untilQuiet();
  return left;
}

/** What a server still has in its queues must not count against the next load. */
async function untilQuiet(): Promise<void> {
  const deadlineMs = performance.now() + QUIET_AFTER_MS_MAX;
  for (let before = -1; before !== received() && performance.now() < deadlineMs; ) {
    before = received();
    await sleep(QUIET_MS);
  }
}

function received(): number {
  const counts = client.counts();
  return counts['offer-received'] + counts['ack-received'] + counts['nak-received'];
}
