/**
 * One synchronization: by the lease stream of a partner that is a Tandem, with nobody's service held off, else by pages. After
 * the stream the partner is told as well that this server has its leases; new ones follow by the stream.
 */
import type { LeaseSource } from '../../peer/model.ts';
import { COMMAND_TIMEOUT_MS } from '../wire/peer-answers.ts';
import {
  describe,
  expectSuccess,
  holdsSource,
  SyncFailure,
  type SyncOutcome,
  type SyncParts,
  type SyncRequest,
  synchronizeByPages,
} from './pages.ts';
import { syncByStream } from './stream.ts';

/** Runs one synchronization to its end; never rejects. */
export async function synchronize(parts: SyncParts, request: SyncRequest): Promise<SyncOutcome> {
  const stream = holdsSource(request) ? await parts.stream() : null;
  const outcome = stream === null ? null : await takeStream(parts, request, stream);
  return outcome ?? synchronizeByPages(parts, request);
}

/** By the lease stream, while the source goes on serving. @returns null when it is to be done by pages */
async function takeStream(
  parts: SyncParts,
  request: SyncRequest,
  stream: LeaseSource,
): Promise<SyncOutcome | null> {
  const { source, isCancelled } = request;
  const kind = request.kind === 'exchange' ? 'exchange' : 'fetch';
  const startMs = parts.clock.monotonicMs();
  parts.log('TDM_HA_SYNC_STARTED', { source: source.name, kind, by: 'stream' });
  const synced = await syncByStream(parts, stream, kind, isCancelled);
  if (synced.kind === 'refused') {
    parts.log('TDM_HA_SYNC_BY_PAGES', { source: source.name, reason: synced.reason });
    return null;
  }
  try {
    if (synced.kind === 'failed') throw new SyncFailure(synced.reason, !isCancelled());
    for (const lease of synced.skipped) parts.log('TDM_HA_SYNC_LEASE_SKIPPED', { ...lease });
    for (const lease of synced.named) parts.log('TDM_HA_SYNC_LEASE_REFUSED', { ...lease });
    const complete = await source.request(
      'ha-sync-complete-notify',
      completeByStream(parts),
      COMMAND_TIMEOUT_MS,
    );
    expectSuccess('ha-sync-complete-notify', complete);
    const ms = Math.round(parts.clock.monotonicMs() - startMs);
    parts.log('TDM_HA_SYNC_SUCCEEDED', { source: source.name, kind, by: 'stream', ms, ...synced.counts });
    return { ok: true, text: describe(synced.counts), sourceFailed: false };
  } catch (error) {
    const { message, sourceFailed } = error as SyncFailure;
    parts.log('TDM_HA_SYNC_FAILED', { source: source.name, kind, by: 'stream', reason: message });
    return { ok: false, text: message, sourceFailed };
  }
}

function completeByStream({ serverName, origin }: SyncParts): object {
  return { 'server-name': serverName, 'origin-id': origin, origin, tandem: { 'by-stream': true } };
}
