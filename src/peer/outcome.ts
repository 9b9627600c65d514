/**
 * What a peer's answer means for each lease of a request.
 *
 *     result 0, 3          taken, but for the leases in failed-leases and failed-deleted-leases
 *     result 4             conflict: the peer is well, it does not know this subnet or address
 *     result 1             refusal, where it is said of one lease: the peer is well, it cannot hold this lease
 *     anything else, none  failure: the peer is taken for unavailable
 *
 * A deletion of what is not there (3) is a success. Kea takes a peer that answers 1 for unavailable; then one client with
 * an identifier that its partner finds too long stops the pair. Whether a peer that refuses everything is still of any
 * use is asked elsewhere (refusals.ts).
 */
import { parseIpv4 } from '../base/ipv4.ts';
import { Result } from '../control/answer.ts';
import type { Batch, BatchEntry } from './batch.ts';
import type { ClientKey, PeerAnswer, SendOutcome, UpdateNews } from './model.ts';

export interface Outcome {
  /** Why the peer is taken for unavailable; null when it is not. */
  readonly failure: string | null;
  /** Leases that the peer has not taken, whatever the reason. */
  readonly refused: ReadonlySet<BatchEntry>;
  /** Those of them that were conflicts, and the first one's explanation. */
  readonly conflicts: readonly BatchEntry[];
  readonly conflictText: string;
  /** Those of them that the peer cannot hold, and the first one's explanation. */
  readonly refusals: readonly BatchEntry[];
  readonly refusalText: string;
}

/** The two fields stand side by side, in front of everything that a client can choose freely. */
const CLIENT_FIELDS = /"hw-address":"([0-9a-f:]*)"(?:,"client-id":"([0-9a-f:]*)")?/;
const NONE: ReadonlySet<BatchEntry> = new Set();
const TAKEN: Outcome = {
  failure: null,
  refused: NONE,
  conflicts: [],
  conflictText: '',
  refusals: [],
  refusalText: '',
};

export function judge(batch: Batch, answer: PeerAnswer): Outcome {
  if (answer.kind === 'failed') return failed(batch, answer.reason);
  switch (answer.result) {
    case Result.success:
    case Result.empty:
      return batch.isBulk ? judgeLists(batch, answer.arguments) : TAKEN;
    case Result.conflict:
      return { ...refused(batch), conflicts: batch.entries, conflictText: answer.text };
    case Result.error:
      // Of a whole list it says that nothing could be done, as on a full disk.
      if (batch.isBulk) return failed(batch, `result 1: ${answer.text}`);
      return { ...refused(batch), refusals: batch.entries, refusalText: answer.text };
    default:
      return failed(batch, `result ${answer.result}: ${answer.text}`);
  }
}

function failed(batch: Batch, failure: string): Outcome {
  return { ...refused(batch), failure };
}

function refused(batch: Batch): Outcome {
  return { ...TAKEN, refused: new Set(batch.entries) };
}

/** Whose lease it is, in Kea's text form. */
function clientOf(batch: Batch, entry: BatchEntry): ClientKey {
  const text = Buffer.from(batch.body.buffer, entry.offset, entry.length).toString('latin1');
  const [, hwAddress = '', clientId = ''] = CLIENT_FIELDS.exec(text) ?? [];
  return { hwAddress, clientId };
}

/** What an answer says of each lease. @param wantsAccepted whether whose leases were taken is to be told */
export function newsOf(batch: Batch, outcome: Outcome, wantsAccepted: boolean): UpdateNews {
  const { refused, conflicts, conflictText, refusals, refusalText } = outcome;
  const accepted = wantsAccepted ? batch.entries.filter((entry) => !refused.has(entry)) : [];
  const clientsOf = (entries: readonly BatchEntry[]) => entries.map((entry) => clientOf(batch, entry));
  return {
    hasAccepted: refused.size < batch.entries.length,
    accepted: clientsOf(accepted),
    conflicts: clientsOf(conflicts),
    conflictReason: conflictText,
    refusals: clientsOf(refusals),
    refusalReason: refusalText,
  };
}

/** The same of leases that were sent as they stand. */
export function sendOutcomeOf(batch: Batch, outcome: Outcome): SendOutcome {
  const { failure, conflicts, conflictText, refusals, refusalText, refused } = outcome;
  if (failure !== null) return { failure, taken: 0, refused: [] };
  const refusedOf = (entries: readonly BatchEntry[], isConflict: boolean, reason: string) =>
    entries.map((entry) => ({
      address: entry.address,
      client: clientOf(batch, entry),
      isConflict,
      reason,
    }));
  return {
    failure,
    taken: batch.entries.length - refused.size,
    refused: [...refusedOf(conflicts, true, conflictText), ...refusedOf(refusals, false, refusalText)],
  };
}

/** @param accepted whose leases were taken, where that is to be told */
export function newsOfSent({ taken, refused }: SendOutcome, accepted: readonly ClientKey[]): UpdateNews {
  const [conflicts, refusals] = [true, false].map((kind) =>
    refused.filter(({ isConflict }) => isConflict === kind),
  );
  return {
    hasAccepted: taken > 0,
    accepted,
    conflicts: conflicts!.map(({ client }) => client),
    conflictReason: conflicts![0]?.reason ?? '',
    refusals: refusals!.map(({ client }) => client),
    refusalReason: refusals![0]?.reason ?? '',
  };
}

function judgeLists(batch: Batch, args: unknown): Outcome {
  if (!isMap(args)) return TAKEN;
  const lists = [args['failed-deleted-leases'], args['failed-leases']].filter((list) => list !== undefined);
  if (lists.length === 0) return TAKEN;
  const entries = new Map(batch.entries.map((entry) => [entry.address, entry]));
  const refused = new Set<BatchEntry>();
  const conflicts: BatchEntry[] = [];
  const refusals: BatchEntry[] = [];
  let conflictText = '';
  let refusalText = '';
  for (const item of lists.flat()) {
    const fault = readFault(item);
    if (fault === null) return failed(batch, 'the list of failed leases cannot be read');
    const entry = entries.get(fault.address);
    if (entry === undefined || fault.result === Result.empty || fault.result === Result.success) continue;
    refused.add(entry);
    if (fault.result === Result.conflict) {
      if (conflicts.push(entry) === 1) conflictText = fault.text;
    } else if (refusals.push(entry) === 1) refusalText = fault.text;
  }
  return { failure: null, refused, conflicts, conflictText, refusals, refusalText };
}

interface Fault {
  readonly address: number;
  readonly result: number;
  readonly text: string;
}

function readFault(item: unknown): Fault | null {
  if (!isMap(item)) return null;
  const { 'ip-address': address, result, 'error-message': text } = item;
  const parsed = typeof address === 'string' ? parseIpv4(address) : null;
  if (parsed === null || typeof result !== 'number') return null;
  return { address: parsed, result, text: typeof text === 'string' ? text.slice(0, 256) : '' };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
