/** A synchronization by the lease stream: nobody's service is held off, and the work is the link thread's. */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../log/logger.ts';
import type { LeaseSource, StreamSync, SyncHow } from '../../peer/model.ts';

export interface StreamSyncParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly passTime: (delayMs: number) => Promise<void>;
  /** Null = all. */
  readonly subnets: ReadonlySet<number> | null;
}

/** Between two looks whether it is still wanted. */
const LOOK_MS = 100;
/** Between two lines of the log. */
const PROGRESS_MS = 10_000;

/** Runs it to its end; never rejects. @param isCancelled ends it, and the stream with it */
export async function syncByStream(
  parts: StreamSyncParts,
  source: LeaseSource,
  how: SyncHow,
  isCancelled: () => boolean,
): Promise<StreamSync> {
  const { clock, passTime } = parts;
  let outcome: StreamSync | null = null;
  let loggedMs = clock.monotonicMs();
  const ending = source.synchronize(how, parts.subnets).then((end) => {
    outcome = end;
    return end;
  });
  while (outcome === null) {
    await Promise.race([ending, passTime(LOOK_MS)]);
    if (outcome !== null) break;
    if (isCancelled()) source.abandon('the synchronization was cancelled');
    const nowMs = clock.monotonicMs();
    if (nowMs - loggedMs < PROGRESS_MS) continue;
    loggedMs = nowMs;
    logProgress(parts.log, source);
  }
  return ending;
}

function logProgress(log: Log, source: LeaseSource): void {
  const progress = source.progress();
  if (progress === null) return;
  const { rows, total, perSecond } = progress;
  const leftSec = perSecond === 0 ? null : Math.ceil(Math.max(0, total - rows) / perSecond);
  log('TDM_HA_SYNC_PROGRESS', { rows, total, perSecond, leftSec });
}
