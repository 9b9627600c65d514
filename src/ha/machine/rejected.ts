/**
 * Clients whose lease updates the partner refused with a conflict. Too many of them mean that the two configurations
 * do not fit together; the machine then terminates the relationship. A record lives for a day, or until an update of
 * the same client succeeds.
 */
import type { HaRelationshipConfig } from '../../config/ha-model.ts';
import { type ClientRecords, emptyRecords, RecordsEditor, recordEntries } from './client-records.ts';

/** How long a rejected update counts, in ms. */
export const REJECTED_LIFETIME_MS = 86_400_000;

const RECORDS_MIN = 1_000;
const RECORDS_MAX = 100_000;

export interface RejectedClients {
  /** Client -> monotonic ms at which the record expires. */
  readonly records: ClientRecords<number>;
  /** No record expires before this; spares the walk over all records at every test. */
  readonly earliestExpiryMs: number;
}

export function noRejectedClients(config: HaRelationshipConfig): RejectedClients {
  return { records: emptyRecords(recordsMax(config)), earliestExpiryMs: Number.POSITIVE_INFINITY };
}

/** The same clients, as many as another limit asks for. */
export function boundRejected(before: RejectedClients, config: HaRelationshipConfig): RejectedClients {
  return { ...before, records: { ...before.records, sizeMax: recordsMax(config) } };
}

function recordsMax({ maxRejectedLeaseUpdates }: HaRelationshipConfig): number {
  return Math.min(Math.max(RECORDS_MIN, 2 * maxRejectedLeaseUpdates), RECORDS_MAX);
}

/** Records clients until `expiryMs`; a known client's record is prolonged. The oldest make room at the bound. */
export function recordRejected(
  before: RejectedClients,
  clients: readonly string[],
  expiryMs: number,
): RejectedClients {
  const editor = new RecordsEditor(before.records);
  for (const client of clients) editor.set(client, expiryMs, 'evict');
  return { records: editor.finish(), earliestExpiryMs: Math.min(before.earliestExpiryMs, expiryMs) };
}

/** Forgets clients whose updates have succeeded. */
export function forgetRejected(before: RejectedClients, clients: readonly string[]): RejectedClients {
  if (before.records.size === 0) return before;
  const editor = new RecordsEditor(before.records);
  for (const client of clients) editor.delete(client);
  return { ...before, records: editor.finish() };
}

/** Drops what has expired; the same value when nothing has. */
export function purgeRejected(before: RejectedClients, nowMs: number): RejectedClients {
  if (nowMs < before.earliestExpiryMs) return before;
  const editor = new RecordsEditor(before.records);
  let earliestExpiryMs = Number.POSITIVE_INFINITY;
  for (const [client, expiryMs] of recordEntries(before.records)) {
    if (expiryMs <= nowMs) editor.delete(client);
    else earliestExpiryMs = Math.min(earliestExpiryMs, expiryMs);
  }
  return { records: editor.finish(), earliestExpiryMs };
}

/** Whether the relationship is to end; never when max-rejected-lease-updates is 0. Pre: purged. */
export function isRejectedLimitReached(rejected: RejectedClients, config: HaRelationshipConfig): boolean {
  const max = config.maxRejectedLeaseUpdates;
  return max > 0 && rejected.records.size >= max;
}
