/**
 * Refused requests in the log, once a minute for each sender and status, and so many a minute in all: a peer port is open
 * to whoever reaches it, and a flood of bad requests must not become a flood of log lines. What was left out of a sender
 * is counted in its next line.
 */
import { LRUCache } from 'lru-cache';
import type { Log } from '../../log/logger.ts';

/** Senders remembered; when more come, the one seen longest ago is forgotten and may be logged again. */
const SENDERS_MAX = 1024;
const QUIET_MS = 60_000;
/** Lines in all within that time: who has a whole network has as many senders. */
const LINES_MAX = 64;

interface Refused {
  readonly status: number;
  readonly reason: string;
  readonly remote: string;
}

/** To be called for each refused request. */
export type RefusalLog = (refused: Refused) => void;

export function createRefusalLog(log: Log, nowMs: () => number): RefusalLog {
  const senders = new LRUCache<string, { readonly sinceMs: number; suppressed: number }>({
    max: SENDERS_MAX,
  });
  let lines = 0;
  let sinceMs = Number.NEGATIVE_INFINITY;
  return (refused) => {
    const key = `${refused.remote} ${refused.status}`;
    const known = senders.get(key);
    if (known !== undefined && nowMs() - known.sinceMs < QUIET_MS) {
      known.suppressed += 1;
      return;
    }
    if (nowMs() - sinceMs >= QUIET_MS) {
      sinceMs = nowMs();
      lines = 0;
    }
    if (++lines > LINES_MAX) return;
    senders.set(key, { sinceMs: nowMs(), suppressed: 0 });
    log('TDM_HTTP_REFUSED', { ...refused, suppressed: known?.suppressed ?? 0 });
  };
}
