/**
 * The lease updates of DHCPv6 on their way to a Kea: lease6-bulk-apply with the leases of many clients.
 *
 *     result 0, 3   what could not be applied stands in `failed-leases` and `failed-deleted-leases`, the rest is taken
 *     result 1      nothing was applied, because of one lease at least: which one, it does not say
 */
import { assert } from '../../base/assert.ts';
import { parseIpv6 } from '../../base/ipv6-text.ts';
import { Result } from '../../control/answer.ts';
import { type ArgumentMap, isMap, mapsOf } from '../../control/arguments.ts';
import { leaseAddress6 } from '../../lease/dhcp6/lease-address.ts';
import { emptyRecord6, type LeaseRecord6 } from '../../lease/dhcp6/record.ts';
import { updateFamily6 } from '../../lease/dhcp6/update-family.ts';
import {
  BULK_APPLY_BYTES_6,
  encodeBulkApply6,
  LEASE_UPDATE_BYTES_MAX_6,
} from '../../lease/dhcp6/update-json.ts';
import { decodeUpdateRecord6 } from '../../lease/dhcp6/update-record.ts';
import { LeaseState } from '../../lease/state.ts';
import type { LeaseAddress, UpdateBytes } from '../../lease/update-family.ts';
import type { PeerFamily } from '../family.ts';
import { REQUEST_RECORD_BYTES_MAX } from '../limits.ts';
import type { PeerAnswer } from '../model.ts';
import { judge, type Outcome } from '../outcome.ts';

const LEASES_PER_REQUEST_MAX = 64;
/** The last record may begin just below the bound; user contexts are written as they are. */
const REQUEST_BYTES_MAX =
  BULK_APPLY_BYTES_6 +
  LEASES_PER_REQUEST_MAX * (LEASE_UPDATE_BYTES_MAX_6 + 1) +
  REQUEST_RECORD_BYTES_MAX +
  updateFamily6.recordBytesMax;

const TAKEN: Outcome = { kind: 'taken' };

const record = emptyRecord6();
const scratch = new Uint8Array(REQUEST_BYTES_MAX);

export const peerFamily6: PeerFamily = {
  ...updateFamily6,
  service: 'dhcp6',
  leasesPerRequestMax: LEASES_PER_REQUEST_MAX,
  encodeRequest: (updates) =>
    scratch.slice(0, encodeBulkApply6(scratch, 0, recordsOf(updates, false), recordsOf(updates, true))),
  judge: judgeBulk,
};

/**
 * The leases that are deleted, or those that are kept; the same object each time. A released lease goes out as a deletion:
 * Kea before 2.7 refuses its state and would take this server for broken, and every version knows what a deletion means.
 */
function* recordsOf(updates: readonly UpdateBytes[], areKept: boolean): Generator<LeaseRecord6> {
  for (const { bytes, offset, length, isUpdate } of updates) {
    const fault = decodeUpdateRecord6(bytes, offset, length, record);
    assert(fault === null, 'what this server has written can be read');
    const isKept = isUpdate && record.state !== LeaseState.released;
    if (isKept === areKept) yield record;
  }
}

function judgeBulk(answer: PeerAnswer, updates: readonly UpdateBytes[]): readonly Outcome[] | null {
  if (answer.kind === 'answer' && (answer.result === Result.success || answer.result === Result.empty))
    return judgeEach(answer.arguments, updates);
  const outcome = judge(answer);
  if (outcome.kind !== 'failed' && updates.length > 1) return null;
  return updates.map(() => outcome);
}

function judgeEach(args: unknown, updates: readonly UpdateBytes[]): readonly Outcome[] | null {
  const failed = failedLeases(args);
  if (failed.length === 0) return updates.map(() => TAKEN);
  if (updates.length === 1) return [failed[0]!.outcome];
  const byAddress = new Map(failed.map(({ address, outcome }) => [address, outcome]));
  let named = 0;
  const outcomes = updates.map(({ address }) => {
    const outcome = byAddress.get(address);
    if (outcome !== undefined) named++;
    return outcome ?? TAKEN;
  });
  return named === byAddress.size ? outcomes : null;
}

interface FailedLease {
  /** Null = none that can be read. */
  readonly address: LeaseAddress | null;
  readonly outcome: Outcome;
}

/** A deletion of what is not there is a success. */
function failedLeases(args: unknown): readonly FailedLease[] {
  if (!isMap(args)) return [];
  const deletions = mapsOf(args['failed-deleted-leases']).filter(({ result }) => result !== Result.empty);
  return [...deletions, ...mapsOf(args['failed-leases'])].map((entry) => ({
    address: addressOf(entry),
    outcome: outcomeOf(entry),
  }));
}

function addressOf({ 'ip-address': text, type }: ArgumentMap): LeaseAddress | null {
  const octets = typeof text === 'string' ? parseIpv6(text) : null;
  return octets === null ? null : leaseAddress6(octets, 0, type === 'IA_PD');
}

function outcomeOf({ result, 'error-message': message }: ArgumentMap): Outcome {
  const reason = typeof message === 'string' ? message : 'it does not say why';
  return { kind: result === Result.conflict ? 'conflict' : 'refused', reason };
}
