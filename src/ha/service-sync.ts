/**
 * Taking over another server's leases, page by page. The source's service is held off meanwhile, so that no lease
 * changes behind our back; it is released by ha-sync-complete-notify, or by dhcp-enable when something failed.
 *
 * Of two leases at one address the one whose client was seen later stays. Nothing is deleted here.
 */

import { formatIpv4 } from '../base/ipv4.ts';
import type { LeaseStore } from '../lease/store.ts';
import type { Log } from '../log/logger.ts';
import type { PeerAnswer, PeerClient } from '../peer/model.ts';
import { isMap, member } from './arguments.ts';
import { pageAddress, readPageLease } from './lease-page.ts';
import { COMMAND_TIMEOUT_MS, HOLD_MIN_SEC, isSuccess, problemOf, untilSilent } from './peer-answers.ts';
import { partnerHold } from './service-switch.ts';

export interface SyncParts {
  readonly store: LeaseStore;
  readonly log: Log;
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
}

export interface SyncRequest {
  readonly source: PeerClient;
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

export interface SyncCounts {
  pages: number;
  created: number;
  updated: number;
  kept: number;
  /** Of subnets of another relationship. */
  foreign: number;
  skipped: number;
}

/** Leases applied between two turns of the event loop; one takes a few microseconds. */
const SLICE_LEASES = 256;
/** Bad leases that are named in the log; the rest is only counted. */
const SKIPPED_LOGGED_MAX = 5;

class SyncFailure extends Error {
  readonly sourceFailed: boolean;

  constructor(text: string, sourceFailed: boolean) {
    super(text);
    this.sourceFailed = sourceFailed;
  }
}

/** Runs one synchronization to its end; never rejects. */
export async function synchronize(parts: SyncParts, request: SyncRequest): Promise<SyncOutcome> {
  const counts: SyncCounts = { pages: 0, created: 0, updated: 0, kept: 0, foreign: 0, skipped: 0 };
  parts.log('TDM_HA_SYNC_STARTED', { source: request.source.name });
  const held = { sourceService: false };
  try {
    await takePages(parts, request, counts, held);
    await tellComplete(parts, request.source, held);
    parts.log('TDM_HA_SYNC_SUCCEEDED', { source: request.source.name, ...counts });
    return { ok: true, text: describe(counts), sourceFailed: false };
  } catch (error) {
    const failure = error instanceof SyncFailure ? error : new SyncFailure(String(error), false);
    parts.log('TDM_HA_SYNC_FAILED', { source: request.source.name, reason: failure.message, ...counts });
    if (held.sourceService) await enableSource(parts, request.source);
    return { ok: false, text: failure.message, sourceFailed: failure.sourceFailed };
  }
}

async function takePages(
  parts: SyncParts,
  request: SyncRequest,
  counts: SyncCounts,
  held: { sourceService: boolean },
): Promise<void> {
  let from = -1;
  for (;;) {
    const disabled = await disableSource(parts, request);
    const isFirst = !held.sourceService;
    held.sourceService = true;
    if (isFirst) await untilSilent(disabled, parts);
    const page = await fetchPage(parts, request.source, from);
    counts.pages++;
    await applyPage(parts, request, page, counts);
    await makeDurable(parts);
    if (page.length < parts.pageLimit) return;
    const last = lastAddress(page);
    if (last <= from)
      throw new SyncFailure('the source repeats a page: its leases do not ascend by address', true);
    from = last;
  }
}

/** Sent again for every page, which restarts the source's timer. */
async function disableSource(parts: SyncParts, request: SyncRequest): Promise<PeerAnswer> {
  const { source, maxPeriodSec, isCancelled } = request;
  if (isCancelled()) throw new SyncFailure('the synchronization was cancelled', false);
  const args = { ...partnerHold(parts.origin), 'max-period': Math.max(HOLD_MIN_SEC, maxPeriodSec) };
  const answer = await source.request('dhcp-disable', args, COMMAND_TIMEOUT_MS);
  expectSuccess('dhcp-disable', answer);
  return answer;
}

async function enableSource(parts: SyncParts, source: PeerClient): Promise<PeerAnswer> {
  return source.request('dhcp-enable', partnerHold(parts.origin), COMMAND_TIMEOUT_MS);
}

async function fetchPage(parts: SyncParts, source: PeerClient, from: number): Promise<readonly unknown[]> {
  const args = { from: from === -1 ? 'start' : formatIpv4(from), limit: parts.pageLimit };
  const answer = await source.request('lease4-get-page', args, parts.pageTimeoutMs);
  const reply = expectSuccess('lease4-get-page', answer);
  const leases = isMap(reply.arguments) ? member(reply.arguments, 'leases') : undefined;
  if (leases === undefined && reply.result === 3) return [];
  if (!Array.isArray(leases)) throw new SyncFailure("lease4-get-page: the reply has no list 'leases'", true);
  return leases;
}

async function applyPage(
  parts: SyncParts,
  request: SyncRequest,
  page: readonly unknown[],
  counts: SyncCounts,
): Promise<void> {
  for (let start = 0; start < page.length; start += SLICE_LEASES) {
    if (request.isCancelled()) throw new SyncFailure('the synchronization was cancelled', false);
    const end = Math.min(start + SLICE_LEASES, page.length);
    for (let i = start; i < end; i++) applyEntry(parts, page[i], counts);
    await parts.yieldTurn();
  }
}

function applyEntry(parts: SyncParts, entry: unknown, counts: SyncCounts): void {
  const lease = readPageLease(entry);
  if (!lease.ok) {
    skip(parts, entry, lease.error, counts);
    return;
  }
  if (parts.subnets?.has(lease.value.subnetId) === false) {
    counts.foreign++;
    return;
  }
  const local = parts.store.get(lease.value.address);
  if (local !== null && local.clttSec >= lease.value.clttSec) {
    counts.kept++;
    return;
  }
  const outcome = parts.store.put(lease.value);
  if (outcome === 'full') skip(parts, entry, 'no memory for more leases', counts);
  else if (outcome === 'busy')
    // Its reply leaves or is refused any moment; who has the address in the end is known when this begins again.
    throw new SyncFailure(`${formatIpv4(lease.value.address)} is being given to another client`, false);
  else counts[outcome]++;
}

/** One bad lease is no reason to do without the others. */
function skip(parts: SyncParts, entry: unknown, reason: string, counts: SyncCounts): void {
  counts.skipped++;
  if (counts.skipped > SKIPPED_LOGGED_MAX) return;
  const address = pageAddress(entry);
  parts.log('TDM_HA_SYNC_LEASE_SKIPPED', {
    address: address === null ? null : formatIpv4(address),
    reason,
  });
}

async function makeDurable(parts: SyncParts): Promise<void> {
  try {
    await parts.store.durable(parts.pageTimeoutMs);
  } catch (error) {
    throw new SyncFailure(`the leases could not be written to stable storage: ${String(error)}`, false);
  }
}

/** The highest address of a full page: the next one goes on from there, whatever else its last entry is worth. */
function lastAddress(page: readonly unknown[]): number {
  let last = -1;
  for (const entry of page) last = Math.max(last, pageAddress(entry) ?? -1);
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

function expectSuccess(command: string, answer: PeerAnswer): Extract<PeerAnswer, { kind: 'answer' }> {
  if (answer.kind === 'answer' && isSuccess(answer)) return answer;
  throw new SyncFailure(`${command}: ${problemOf(answer)}`, true);
}

function describe(counts: SyncCounts): string {
  const { created, updated, kept, foreign, skipped } = counts;
  return `lease database synchronization complete: ${created} leases added, ${updated} replaced, ${kept} kept, ${foreign} of other subnets, ${skipped} skipped`;
}
