/** A load that runs through a whole story, and the recording of what was acknowledged meanwhile. */
import { join } from 'node:path';
import { type CapturedReply, captureReplies } from './capture.ts';
import { ADDRESS, SERVERS_SEGMENT, type ServerName } from './configuration.ts';
import { acknowledgedLeases, findConflicts, findDoubleAcknowledgements, findMissing } from './lease-files.ts';
import { type Pair, startFork } from './pair.ts';
import { type RunningPerfdhcp, startPerfdhcp } from './perfdhcp.ts';
import type { Stalls } from './stalls.ts';
import { until } from './waiting.ts';

/** More than any story lasts; the load ends with the story. */
const LOAD_SECONDS_MAX = 240;
const CLIENTS = 60_000;
/** One cause breaks the promise for many clients. */
const BROKEN_SHOWN_MAX = 20;
const ACKNOWLEDGEMENTS_TIMEOUT_MS = 20_000;

export interface RecordedLoad {
  /** Resolves when so many more queries were acknowledged, by the named server if one is named. */
  acknowledgements(count: number, by?: ServerName): Promise<void>;
  /** What was recorded so far. */
  replies(): readonly CapturedReply[];
  /** Ends the load; the recording goes on. */
  quieten(): Promise<void>;
  /** Offers the load again, from clients of its own. */
  resume(): void;
  /** Ends load and recording. */
  end(): Promise<readonly CapturedReply[]>;
}

/** Starts the fork and a load through it, so that both servers hear every query. @param rate exchanges a second */
export async function startRecordedLoad(pair: Pair, rate: number): Promise<RecordedLoad> {
  await startFork(pair.network);
  const file = join(pair.directory, 'replies.pcap');
  const capture = await captureReplies(pair.network, 'load', SERVERS_SEGMENT, file, { isWatched: true });
  let loads = 0;
  const startLoad = (): RunningPerfdhcp =>
    startPerfdhcp(pair.network, 'load', {
      target: ADDRESS.fork,
      local: ADDRESS.load,
      clients: CLIENTS,
      firstMac: `00:0c:${(++loads).toString(16).padStart(2, '0')}:00:00:00`,
      seconds: LOAD_SECONDS_MAX,
      rate,
    });
  let load = startLoad();
  const quieten = async (): Promise<void> => {
    await load.program.stop('SIGINT');
  };
  return {
    acknowledgements: async (count, by) => {
      // The recording lags behind: what comes into it from now on may be older.
      const sinceMs = Date.now();
      const known = capture.replies().length;
      const isNew = (reply: CapturedReply): boolean => reply.atMs > sinceMs && isAcknowledgement(reply, by);
      const what = `${count} more acknowledgements${by ? ` by ${by}` : ''}`;
      const patience = { what, timeoutMs: ACKNOWLEDGEMENTS_TIMEOUT_MS, pollMs: 100 };
      await until(patience, () =>
        capture.replies().slice(known).filter(isNew).length >= count ? true : null,
      );
    },
    replies: () => capture.replies(),
    quieten,
    resume: () => {
      load = startLoad();
    },
    end: async () => {
      await quieten();
      return capture.stop();
    },
  };
}

export function isAcknowledgement({ type, server }: CapturedReply, by?: ServerName): boolean {
  return type === 'ack' && (by === undefined || server === ADDRESS[by]);
}

/** Milliseconds between two acknowledgements within the period, at most, without those for which the machine stood still. */
export function longestSilence(
  replies: readonly CapturedReply[],
  stalls: Stalls,
  fromMs: number,
  toMs = Number.POSITIVE_INFINITY,
): number {
  const times = replies
    .filter((reply) => isAcknowledgement(reply) && reply.atMs >= fromMs && reply.atMs <= toMs)
    .map(({ atMs }) => atMs);
  return Math.max(
    ...times.slice(1).map((time, index) => {
      const before = times[index] ?? 0;
      return time - before - stalls.sum(before, time);
    }),
  );
}

/**
 * Broken promises, as sentences: an address given twice, an acknowledged lease that a file lacks. To be asked when both
 * servers have ended, so that their files are final.
 */
export function findBrokenPromises(pair: Pair, replies: readonly CapturedReply[]): string[] {
  const [one, two] = [pair.server1.leases(), pair.server2.leases()];
  const acknowledged = acknowledgedLeases(replies);
  const broken = [
    ...findDoubleAcknowledgements(replies),
    ...findConflicts({ one, two }),
    ...findMissing(acknowledged, one).map((text) => `server1: ${text}`),
    ...findMissing(acknowledged, two).map((text) => `server2: ${text}`),
  ];
  return broken.slice(0, BROKEN_SHOWN_MAX);
}
