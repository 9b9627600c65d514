/** What a peer's answer means for the lease of a request. */
import type { PeerFamily } from './family.ts';
import type { ClientKey, SendOutcome, UpdateNews } from './model.ts';
import type { LeaseRequest } from './request.ts';

export type Outcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'conflict'; readonly reason: string }
  /** The peer cannot hold this lease. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Why the peer is taken for unavailable. */
  | { readonly kind: 'failed'; readonly reason: string };

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
      const refused = { address, client: family.clientOfRequest(body), isConflict: kind === 'conflict', reason };
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
