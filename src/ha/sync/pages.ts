/**
 * Taking over another server's leases, page by page. The source's service is held off meanwhile, so that no lease
 * changes behind our back; it is released by ha-sync-complete-notify, or by dhcp-enable when something failed. In the
 * state syncing the source then gets what only this server has, before it is released: whoever comes back may have served
 * alone while the other one was away, and what neither page nor heartbeat tells would be lost at the next failover.
 *
 * A partner that does not give back by itself (Kea) is asked for its leases when it has synchronized.
 */

import type { Clock } from '../../base/clock.ts';
import type { LeaseAddress, UpdateBytes } from '../../lease/update-family.ts';
import type { Log } from '../../log/logger.ts';
import type { Delivery, LeaseSource, PeerAnswer, PeerClient, SyncCounts } from '../../peer/model.ts';
import { isMap, member } from '../commands/arguments.ts';
import { partnerHold } from '../switch/switch.ts';
import { COMMAND_TIMEOUT_MS, HOLD_MIN_SEC, isSuccess, problemOf, untilSilent } from '../wire/peer-answers.ts';
import type { HaLeases, LeaseMerge } from './leases.ts';

export interface SyncParts {
  readonly leases: HaLeases;
  readonly log: Log;
  readonly clock: Clock;
  readonly yieldTurn: () => Promise<void>;
  readonly passTime: (delayMs: number) => Promise<void>;
  readonly serverName: string;
  /** 2000 and the relationship's index: the number under which the source's service is held off. */
  readonly origin: number;
  /** Null = all. */
  readonly subnets: ReadonlySet<number> | null;
  readonly pageLimit: number;
  /** Time for one page to arrive, and to become durable here. */
  readonly pageTimeoutMs: number;
  /** The stream by which the source's leases can be had, or null. */
  readonly stream: () => Promise<LeaseSource | null>;
  /** Sends leases to the partner as they stand. */
  readonly sendLeases: (leases: Iterable<UpdateBytes>) => Promise<Delivery>;
}

export interface SyncRequest {
  readonly source: PeerClient;
  /**
   *     fetch      take what is newer there (ha-sync)
   *     exchange   and give what is newer here (the state syncing)
   *     settle     the same with a partner that is silent by itself, because it waits for us in ready
   *     collect    take what is newer there while both serve, slowly
   */
  readonly kind: 'fetch' | 'exchange' | 'settle' | 'collect';
  /** The source's service comes back by itself after this many seconds without a further request. */
  readonly maxPeriodSec: number;
  /** Asked between requests and between slices of a page. */
  readonly isCancelled: () => boolean;
}

export interface SyncOutcome {
  readonly ok: boolean;
  readonly text: string;
  /** Something sent to the source failed. */
  readonly sourceFailed: boolean;
}

/** Leases applied between two turns of the event loop; one takes a few microseconds. */
const SLICE_LEASES = 256;
/** Leases given back between two renewals of the hold: a Kea takes them in a second, a slow one in fifteen. */
const GIVEN_AT_ONCE_MAX = 1024;
/** Bad leases that are named in the log; the rest is only counted. */
const SKIPPED_LOGGED_MAX = 5;
/** While both serve, a page may take this share of the source's time: it rests so many times as long. */
const COLLECT_REST_FACTOR = 4;

export class SyncFailure extends Error {
  readonly sourceFailed: boolean;

  constructor(text: string, sourceFailed: boolean) {
    super(text);
    this.sourceFailed = sourceFailed;
  }
}

/** By requests, page by page; never rejects. */
export async function synchronizeByPages(parts: SyncParts, request: SyncRequest): Promise<SyncOutcome> {
  const { source, kind } = request;
  parts.log('TDM_HA_SYNC_STARTED', { source: source.name, kind, by: 'pages' });
  const merge = createMerge(parts, request);
  const held = { sourceService: false };
  try {
    await takePages(parts, request, merge, held);
    if (givesBack(request)) await giveBack(parts, request, merge, held);
    if (holdsSource(request)) await tellComplete(parts, source, held);
    parts.log('TDM_HA_SYNC_SUCCEEDED', { source: source.name, kind, by: 'pages', ...merge.counts });
    return { ok: true, text: describe(merge.counts), sourceFailed: false };
  } catch (error) {
    const failure = error instanceof SyncFailure ? error : new SyncFailure((error as Error).message, false);
    parts.log('TDM_HA_SYNC_FAILED', {
      source: source.name,
      kind,
      by: 'pages',
      reason: failure.message,
      ...merge.counts,
    });
    if (held.sourceService) await enableSource(parts, source);
    return { ok: false, text: failure.message, sourceFailed: failure.sourceFailed };
  }
}

/** Whether the source's service is held off meanwhile. */
export function holdsSource({ kind }: Pick<SyncRequest, 'kind'>): boolean {
  return kind === 'fetch' || kind === 'exchange';
}

function givesBack({ kind }: SyncRequest): boolean {
  return kind === 'exchange' || kind === 'settle';
}

function createMerge(parts: SyncParts, request: SyncRequest): LeaseMerge {
  let named = 0;
  return parts.leases.merge({
    subnets: parts.subnets,
    givesBack: givesBack(request),
    nowSec: parts.clock.wallSec(),
    onSkipped: (address, reason) => {
      if (++named > SKIPPED_LOGGED_MAX) return;
      parts.log('TDM_HA_SYNC_LEASE_SKIPPED', {
        address: address === null ? null : parts.leases.family.formatAddress(address),
        reason,
      });
    },
  });
}

async function takePages(
  parts: SyncParts,
  request: SyncRequest,
  merge: LeaseMerge,
  held: { sourceService: boolean },
): Promise<void> {
  let from: LeaseAddress | null = null;
  for (;;) {
    const startMs = parts.clock.monotonicMs();
    await holdSource(parts, request, held);
    const page = await fetchPage(parts, request.source, from);
    merge.counts.pages++;
    await applyPage(parts, request, page, merge);
    const isLast = page.length < parts.pageLimit;
    const last = lastAddress(parts.leases, page);
    merge.endPage(isLast ? null : last);
    await makeDurable(parts);
    if (isLast) return;
    if (last === null || (from !== null && last <= from))
      throw new SyncFailure('the source repeats a page: its leases do not ascend by address', true);
    from = last;
    if (request.kind === 'collect')
      await parts.passTime((parts.clock.monotonicMs() - startMs) * COLLECT_REST_FACTOR);
  }
}

/** Renewed before every page, which restarts the source's timer. */
async function holdSource(
  parts: SyncParts,
  request: SyncRequest,
  held: { sourceService: boolean },
): Promise<void> {
  if (request.isCancelled()) throw new SyncFailure('the synchronization was cancelled', false);
  if (!holdsSource(request)) return;
  const disabled = await disableSource(parts, request);
  const isFirst = !held.sourceService;
  held.sourceService = true;
  if (isFirst) await untilSilent(disabled, parts);
}

async function disableSource(parts: SyncParts, { source, maxPeriodSec }: SyncRequest): Promise<PeerAnswer> {
  const args = { ...partnerHold(parts.origin), 'max-period': Math.max(HOLD_MIN_SEC, maxPeriodSec) };
  const answer = await source.request('dhcp-disable', args, COMMAND_TIMEOUT_MS);
  expectSuccess('dhcp-disable', answer);
  return answer;
}

async function enableSource(parts: SyncParts, source: PeerClient): Promise<PeerAnswer> {
  return source.request('dhcp-enable', partnerHold(parts.origin), COMMAND_TIMEOUT_MS);
}

async function fetchPage(
  parts: SyncParts,
  source: PeerClient,
  from: LeaseAddress | null,
): Promise<readonly unknown[]> {
  const { family, pageCommand } = parts.leases;
  const args = { from: from === null ? 'start' : family.formatAddress(from), limit: parts.pageLimit };
  const answer = await source.request(pageCommand, args, parts.pageTimeoutMs);
  const reply = expectSuccess(pageCommand, answer);
  const leases = isMap(reply.arguments) ? member(reply.arguments, 'leases') : undefined;
  if (leases === undefined && reply.result === 3) return [];
  if (!Array.isArray(leases)) throw new SyncFailure(`${pageCommand}: the reply has no list 'leases'`, true);
  return leases;
}

async function applyPage(
  parts: SyncParts,
  request: SyncRequest,
  page: readonly unknown[],
  merge: LeaseMerge,
): Promise<void> {
  for (let start = 0; start < page.length; start += SLICE_LEASES) {
    if (request.isCancelled()) throw new SyncFailure('the synchronization was cancelled', false);
    const end = Math.min(start + SLICE_LEASES, page.length);
    for (let i = start; i < end; i++) merge.apply(page[i]);
    await parts.yieldTurn();
  }
}

/** Sends the source what it lacks, in portions, while its service is still off. */
async function giveBack(
  parts: SyncParts,
  request: SyncRequest,
  merge: LeaseMerge,
  held: { sourceService: boolean },
): Promise<void> {
  const { counts } = merge;
  const lacking = merge.lacking();
  for (let portion = take(lacking); portion.length > 0; portion = take(lacking)) {
    await holdSource(parts, request, held);
    const { taken, refused, named, failure } = await parts.sendLeases(portion);
    counts.given += taken;
    counts.refused += refused;
    for (const lease of named) parts.log('TDM_HA_SYNC_LEASE_REFUSED', { ...lease });
    if (failure !== null) throw new SyncFailure(`giving back leases: ${failure}`, true);
  }
  // Leases that another one of the same client has replaced are gone from here as well.
  await makeDurable(parts);
}

function take(leases: Iterator<UpdateBytes>): UpdateBytes[] {
  const portion: UpdateBytes[] = [];
  while (portion.length < GIVEN_AT_ONCE_MAX) {
    const next = leases.next();
    if (next.done) break;
    portion.push(next.value);
  }
  return portion;
}

async function makeDurable(parts: SyncParts): Promise<void> {
  try {
    await parts.leases.durable(parts.pageTimeoutMs);
  } catch (error) {
    throw new SyncFailure(`the leases could not be written to stable storage: ${String(error)}`, false);
  }
}

/** The highest address of a full page: the next one goes on from there, whatever else its last entry is worth. */
function lastAddress(leases: HaLeases, page: readonly unknown[]): LeaseAddress | null {
  let last: LeaseAddress | null = null;
  for (const entry of page) {
    const address = leases.pageAddress(entry);
    if (address !== null && (last === null || address > last)) last = address;
  }
  return last;
}

async function tellComplete(
  parts: SyncParts,
  source: PeerClient,
  held: { sourceService: boolean },
): Promise<void> {
  const args = { 'server-name': parts.serverName, 'origin-id': parts.origin, origin: parts.origin };
  const answer = await source.request('ha-sync-complete-notify', args, COMMAND_TIMEOUT_MS);
  // Whatever the answer, the source has made up its mind about its service: a dhcp-enable after a refusal could lift
  // a hold that it wants to keep.
  held.sourceService = false;
  const isUnsupported = answer.kind === 'answer' && answer.result === 2;
  if (isUnsupported) expectSuccess('dhcp-enable', await enableSource(parts, source));
  else expectSuccess('ha-sync-complete-notify', answer);
}

/** @throws SyncFailure when the answer is none, or no success */
export function expectSuccess(command: string, answer: PeerAnswer): Extract<PeerAnswer, { kind: 'answer' }> {
  if (answer.kind === 'answer' && isSuccess(answer)) return answer;
  throw new SyncFailure(`${command}: ${problemOf(answer)}`, true);
}

/** For the answer to ha-sync. */
export function describe(counts: Readonly<SyncCounts>): string {
  const { created, updated, kept, foreign, skipped, given } = counts;
  return `lease database synchronization complete: ${created} leases added, ${updated} replaced, ${kept} kept, ${foreign} of other subnets, ${skipped} skipped, ${given} given back`;
}
