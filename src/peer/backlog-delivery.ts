/**
 * Delivers a backlog in portions, one after the other, until it is empty or the partner fails: by the stream, or so many requests
 * at once, each for another address. What the partner has answered leaves the backlog; the rest stays for whoever decides what a
 * failure means. Clients are served meanwhile: one request at a time would be slower than what they add.
 *
 * Each lease goes as it stands now, not as it stood when it changed: the partner may have synchronized meanwhile, and
 * have given us a newer one.
 */
import type { LeaseAddress, UpdateBytes } from '../lease/update-family.ts';
import type { Backlog } from './backlog.ts';
import type { PeerFamily } from './family.ts';
import type { SendLimits } from './limits.ts';
import type { PartnerStream, PeerClient, SendOutcome } from './model.ts';
import { sendOutcomeOf } from './outcome.ts';
import { UpdateSender } from './sender.ts';
import { sendByStream, takePortion } from './stream-delivery.ts';

export interface BacklogParts {
  readonly family: PeerFamily;
  readonly client: PeerClient;
  /** Null = there is none. */
  readonly stream: PartnerStream | null;
  readonly limits: SendLimits;
  /** The update that brings the partner to what stands at an address, or null when there is nothing to tell. */
  readonly updateOf: (address: LeaseAddress) => UpdateBytes | null;
  /** Is told what each portion came to, and says whether to go on. */
  readonly noted: (outcome: SendOutcome) => boolean;
}

/** @returns whether the partner has answered for everything */
export async function deliverBacklog(backlog: Backlog, parts: BacklogParts): Promise<boolean> {
  const { clearings } = backlog;
  await parts.stream?.arrival();
  while (backlog.length > 0) {
    const { updates, changes } = collect(backlog, parts);
    if (updates.length > 0) {
      const outcomes = await send(updates, parts);
      // The stream has ended before anything was sent: another way will do.
      if (outcomes === null) continue;
      if (backlog.clearings !== clearings || !outcomes.map(parts.noted).every(Boolean)) return false;
    }
    backlog.drop(changes);
  }
  return true;
}

async function send(
  updates: readonly UpdateBytes[],
  { family, client, stream, limits }: BacklogParts,
): Promise<readonly SendOutcome[] | null> {
  if (stream?.isUp === true) {
    const outcome = await sendByStream(family, stream, updates);
    return outcome === null ? null : [outcome];
  }
  const outcomes: SendOutcome[] = [];
  const sender = new UpdateSender(family, client, limits, (leases) => {
    outcomes.push(sendOutcomeOf(family, leases));
  });
  for (const update of updates) sender.send(update, null);
  sender.flush();
  await sender.idle();
  return outcomes;
}

/** As much of the front as goes at once; later changes of an address are told with the first. */
function collect(
  backlog: Backlog,
  { family, stream, limits, updateOf }: BacklogParts,
): { readonly updates: readonly UpdateBytes[]; readonly changes: number } {
  const taken = new Set<LeaseAddress>();
  let changes = 0;
  let left =
    stream?.isUp === true
      ? Number.POSITIVE_INFINITY
      : limits.requestsInFlightMax * family.leasesPerRequestMax;
  const next = (): UpdateBytes | null => {
    for (; changes < backlog.length && left > 0; changes++) {
      const address = backlog.at(changes)!;
      const update = taken.has(address) ? null : updateOf(address);
      taken.add(address);
      if (update === null) continue;
      changes++;
      left--;
      return update;
    }
    return null;
  };
  const updates = takePortion(next);
  return { updates, changes };
}
