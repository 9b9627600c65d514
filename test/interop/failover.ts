/** One story, told for every mode and every victim: crash under load, takeover, return. */
import type { CapturedReply } from './capture.ts';
import { HA_TIMING, type HaMode, poolOwnerOf, type ServerName } from './configuration.ts';
import type { ServerKind } from './kea.ts';
import { acknowledgedLeases } from './lease-files.ts';
import type { Teardown } from './network.ts';
import { startPair } from './pair.ts';
import { findBrokenPromises, longestSilence, startRecordedLoad } from './recorded-load.ts';
import { watchStalls } from './stalls.ts';

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

/** @throws Error when a chapter does not end in time, with the log of the server that is late. */
export async function tellFailover(t: Teardown, plan: FailoverPlan): Promise<FailoverStory> {
  const pair = await startPair(t, plan);
  const load = await startRecordedLoad(pair, plan.rate);
  const stalls = watchStalls(t, pair.directory);
  await load.acknowledgements(CHAPTER_ACKNOWLEDGEMENTS);
  const [victim, survivor] =
    plan.victim === 'server1' ? [pair.server1, pair.server2] : [pair.server2, pair.server1];
  const crashMs = Date.now();
  await victim.crash();
  await survivor.reaches(['partner-down'], 4 * OUTAGE_MS_MAX);
  await load.acknowledgements(CHAPTER_ACKNOWLEDGEMENTS);
  const returnMs = Date.now();
  await victim.start();
  await pair.normal();
  await load.acknowledgements(CHAPTER_ACKNOWLEDGEMENTS);
  const replies = await load.end();
  await pair.stop();
  const concerned = plan.mode === 'hot-standby' ? replies : repliesOfPool(replies, plan.victim);
  return {
    outageMs: longestSilence(concerned, stalls, crashMs - 1000, returnMs),
    returnGapMs: longestSilence(concerned, stalls, returnMs),
    acknowledged: acknowledgedLeases(replies).size,
    broken: findBrokenPromises(pair, replies),
  };
}

/** In load balancing the victim's clients are those whose addresses come from its pool. */
function repliesOfPool(replies: readonly CapturedReply[], owner: ServerName): CapturedReply[] {
  return replies.filter(({ address }) => poolOwnerOf(address) === owner);
}
