/** One story, told for every mode and every victim: crash under load, takeover, return. */
import { join } from 'node:path';
import { type CapturedReply, captureReplies } from './capture.ts';
import {
  ADDRESS,
  HA_TIMING,
  type HaMode,
  poolOwnerOf,
  SERVERS_SEGMENT,
  type ServerName,
} from './configuration.ts';
import { acknowledgedLeases, findConflicts, findDoubleAcknowledgements, findMissing } from './lease-files.ts';
import type { Teardown } from './network.ts';
import { type Pair, startFork, startPair } from './pair.ts';
import { startPerfdhcp } from './perfdhcp.ts';
import type { ServerKind } from './server.ts';
import { until } from './waiting.ts';

export interface FailoverPlan {
  readonly mode: HaMode;
  readonly victim: ServerName;
  readonly server1: ServerKind;
  readonly server2: ServerKind;
  /** New exchanges a second, offered all the time. */
  readonly rate: number;
}

/** What happened, in the words that a test asserts. */
export interface FailoverStory {
  /** Longest silence around the crash: of every client, in load balancing of the victim's clients. */
  readonly outageMs: number;
  /** The same from the victim's restart to the end. */
  readonly returnGapMs: number;
  /** Clients that were acknowledged a lease. */
  readonly acknowledged: number;
  /** Broken promises, as sentences; empty when all were kept. */
  readonly broken: readonly string[];
}

/**
 * Silence becomes partner-down at the first failed heartbeat after max-response-delay; the last good heartbeat may
 * have been just before the crash. The rest is what a busy machine may take.
 */
export const OUTAGE_MS_MAX = HA_TIMING.maxResponseDelayMs + HA_TIMING.heartbeatDelayMs + 500;

/** Acknowledgements awaited in each chapter, so that the crash and the return both happen under load. */
const CHAPTER_ACKNOWLEDGEMENTS = 500;
const LOAD_SECONDS_MAX = 60;

/** @throws Error when a chapter does not end in time, with the log of the server that is late. */
export async function tellFailover(t: Teardown, plan: FailoverPlan): Promise<FailoverStory> {
  const pair = await startPair(t, plan);
  await startFork(pair.network);
  const file = join(pair.directory, 'replies.pcap');
  const capture = await captureReplies(pair.network, 'load', SERVERS_SEGMENT, file);
  const load = startPerfdhcp(pair.network, 'load', {
    target: ADDRESS.fork,
    local: ADDRESS.load,
    clients: 60_000,
    seconds: LOAD_SECONDS_MAX,
    rate: plan.rate,
  });
  await nextChapter(capture.replies);
  const [victim, survivor] =
    plan.victim === 'server1' ? [pair.server1, pair.server2] : [pair.server2, pair.server1];
  const crashMs = Date.now();
  await victim.crash();
  await survivor.reaches(['partner-down'], 4 * OUTAGE_MS_MAX);
  await nextChapter(capture.replies);
  const returnMs = Date.now();
  await victim.start();
  await pair.normal();
  await nextChapter(capture.replies);
  await load.program.stop('SIGINT');
  const replies = await capture.stop();
  await pair.stop();
  const concerned = plan.mode === 'hot-standby' ? replies : repliesOfPool(replies, plan.victim);
  return {
    outageMs: longestSilence(concerned, crashMs - 1000, returnMs),
    returnGapMs: longestSilence(concerned, returnMs, Number.POSITIVE_INFINITY),
    acknowledged: acknowledgedLeases(replies).size,
    broken: brokenPromises(pair, replies),
  };
}

async function nextChapter(replies: () => CapturedReply[]): Promise<void> {
  const count = (): number => replies().filter(({ type }) => type === 'ack').length;
  const end = count() + CHAPTER_ACKNOWLEDGEMENTS;
  const what = `${CHAPTER_ACKNOWLEDGEMENTS} more acknowledgements`;
  await until({ what, timeoutMs: 20_000, pollMs: 100 }, () => (count() >= end ? true : null));
}

/** In load balancing the victim's clients are those whose addresses come from its pool. */
function repliesOfPool(replies: readonly CapturedReply[], owner: ServerName): CapturedReply[] {
  return replies.filter(({ address }) => poolOwnerOf(address) === owner);
}

/** Milliseconds between two acknowledgements within the period. */
function longestSilence(replies: readonly CapturedReply[], fromMs: number, toMs: number): number {
  const times = replies
    .filter(({ type, atMs }) => type === 'ack' && atMs >= fromMs && atMs <= toMs)
    .map(({ atMs }) => atMs);
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
}

/** Checked when both servers have ended, so that their files are final. */
function brokenPromises(pair: Pair, replies: readonly CapturedReply[]): string[] {
  const [one, two] = [pair.server1.leases(), pair.server2.leases()];
  const acknowledged = acknowledgedLeases(replies);
  return [
    ...findDoubleAcknowledgements(replies),
    ...findConflicts({ one, two }),
    ...findMissing(acknowledged, one).map((text) => `server1: ${text}`),
    ...findMissing(acknowledged, two).map((text) => `server2: ${text}`),
  ];
}
