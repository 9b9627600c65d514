/** What a peer's answer means for the lease of a request. */
import { Result } from '../control/answer.ts';
import type { PeerFamily } from './family.ts';
import type { ClientKey, PeerAnswer, SendOutcome, UpdateNews } from './model.ts';
import type { LeaseRequest } from './request.ts';

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

/** What an answer says of a lease that was sent as it stands. */
export function sendOutcomeOf(family: PeerFamily, request: LeaseRequest, outcome: Outcome): SendOutcome {
  switch (outcome.kind) {
    case 'failed':
      return { failure: outcome.reason, taken: 0, refused: [] };
    case 'taken':
      return { failure: null, taken: 1, refused: [] };
    default: {
      const { kind, reason } = outcome;
      const { address, body } = request;
      const refused = {
        address,
        client: family.clientOfRequest(body),
        isConflict: kind === 'conflict',
        reason,
      };
      return { failure: null, taken: 0, refused: [refused] };
    }
  }
}

/** What an answer says of its lease. Pre: it is no failure. @param wantsAccepted whether whose lease was taken is to be told */
export function newsOf(
  family: PeerFamily,
  request: LeaseRequest,
  outcome: Outcome,
  wantsAccepted: boolean,
): UpdateNews {
  const accepted = wantsAccepted && outcome.kind === 'taken' ? [family.clientOfRequest(request.body)] : [];
  return newsOfSent(sendOutcomeOf(family, request, outcome), accepted);
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
