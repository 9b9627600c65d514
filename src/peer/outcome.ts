/** What a peer's answer means for the lease of a request. */
import { Result } from '../control/answer.ts';
import type { UpdateBytes, UpdateFamily } from '../lease/update-family.ts';
import type { ClientKey, PeerAnswer, RefusedLease, SendOutcome, UpdateNews } from './model.ts';
import type { SentLease } from './request.ts';

export type Outcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'conflict'; readonly reason: string }
  /** The peer cannot hold this lease. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Why the peer is taken for unavailable. */
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * What the answer to a request with one lease says of it.
 *
 *     result 0, 3          taken
 *     result 4             conflict: the peer is well, it does not know this subnet or address
 *     result 1             refusal: the peer is well, it cannot hold this lease
 *     anything else, none  failure: the peer is taken for unavailable
 *
 * A deletion of what is not there (3) is a success. Kea takes a peer that answers 1 for unavailable; then one client with
 * an identifier that its partner finds too long stops the pair. Whether a peer that refuses everything is still of any
 * use is asked elsewhere (refusals.ts).
 */
export function judge(answer: PeerAnswer): Outcome {
  if (answer.kind === 'failed') return answer;
  switch (answer.result) {
    case Result.success:
    case Result.empty:
      return { kind: 'taken' };
    case Result.conflict:
      return { kind: 'conflict', reason: answer.text };
    case Result.error:
      return { kind: 'refused', reason: answer.text };
    default:
      return { kind: 'failed', reason: `result ${answer.result}: ${answer.text}` };
  }
}

/** Why the peer is of no use, null when it has answered. @param leases of one request */
export function failureOf(leases: readonly SentLease[]): string | null {
  const [first] = leases;
  return first?.outcome.kind === 'failed' ? first.outcome.reason : null;
}

/** What an answer says of leases that were sent as they stand. @param leases of one request */
export function sendOutcomeOf(family: UpdateFamily, leases: readonly SentLease[]): SendOutcome {
  const failure = failureOf(leases);
  if (failure !== null) return { failure, taken: 0, refused: [] };
  const refused: RefusedLease[] = [];
  for (const { update, outcome } of leases) {
    if (outcome.kind === 'taken') continue;
    const { reason, kind } = outcome;
    const client = clientOf(family, update);
    refused.push({ address: update.address, client, isConflict: kind === 'conflict', reason });
  }
  return { failure: null, taken: leases.length - refused.length, refused };
}

/** Whose lease an update is. */
export function clientOf(family: UpdateFamily, { bytes, offset, length }: UpdateBytes): ClientKey {
  return family.clientOf(bytes, offset, length);
}

/** What an answer says of its leases. Pre: it is no failure. @param wantsAccepted whether whose leases were taken is to be told */
export function newsOf(
  family: UpdateFamily,
  leases: readonly SentLease[],
  wantsAccepted: boolean,
): UpdateNews {
  const taken = wantsAccepted ? leases.filter(({ outcome }) => outcome.kind === 'taken') : [];
  const accepted = taken.map(({ update }) => clientOf(family, update));
  return newsOfSent(sendOutcomeOf(family, leases), accepted);
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
