/** Sends leases to one peer as they stand, apart from the stream of updates: at the end of a synchronization. */
import type { UpdateBytes } from '../lease/update-family.ts';
import type { PeerFamily } from './family.ts';
import type { SendLimits } from './limits.ts';
import type { Delivery, PartnerStream, PeerClient, SendOutcome } from './model.ts';
import { sendOutcomeOf } from './outcome.ts';
import { UpdateSender } from './sender.ts';
import { sendByStream, takePortion } from './stream-delivery.ts';

/** Refused leases that are named; the rest is only counted. */
const NAMED_MAX = 5;

export interface DeliveryParts {
  readonly family: PeerFamily;
  readonly client: PeerClient;
  /** Null = there is none. */
  readonly stream: PartnerStream | null;
  readonly limits: SendLimits;
}

/**
 * Sends leases by the stream, or by request, until all are sent or the peer fails. A lease that the
 * peer refuses is no reason to do without the others.
 * @param leases each address once
 */
export async function deliverLeases(parts: DeliveryParts, leases: Iterable<UpdateBytes>): Promise<Delivery> {
  const iterator = leases[Symbol.iterator]();
  const next = (): UpdateBytes | null => {
    const { done, value } = iterator.next();
    return done === true ? null : value;
  };
  const tally = new Tally(parts.family);
  await parts.stream?.arrival();
  const rest = parts.stream === null ? [] : await deliverByStream(parts.family, parts.stream, next, tally);
  if (tally.failure === null) await deliverByRequest(parts, () => rest.shift() ?? next(), tally);
  return tally.delivery();
}

/** @returns what was not sent, because the stream is not up any more */
async function deliverByStream(
  family: PeerFamily,
  stream: PartnerStream,
  next: () => UpdateBytes | null,
  tally: Tally,
): Promise<UpdateBytes[]> {
  while (stream.isUp && tally.failure === null) {
    const portion = takePortion(next);
    if (portion.length === 0) break;
    const outcome = await sendByStream(family, stream, portion);
    if (outcome === null) return portion;
    tally.count(outcome);
  }
  return [];
}

async function deliverByRequest(
  { family, client, limits }: DeliveryParts,
  next: () => UpdateBytes | null,
  tally: Tally,
): Promise<void> {
  let wake = (): void => {};
  const sender = new UpdateSender(family, client, limits, (leases) => {
    tally.count(sendOutcomeOf(family, leases));
    wake();
  });
  for (let update = next(); update !== null && tally.failure === null; ) {
    if (!sender.hasSlot) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    sender.send(update, null);
    update = next();
  }
  sender.flush();
  await sender.idle();
}

class Tally {
  readonly #family: PeerFamily;
  #taken = 0;
  #refused = 0;
  readonly #named: { readonly address: string; readonly reason: string }[] = [];
  /** The first one. */
  failure: string | null = null;

  constructor(family: PeerFamily) {
    this.#family = family;
  }

  count({ taken, refused, failure }: SendOutcome): void {
    this.failure ??= failure;
    this.#taken += taken;
    this.#refused += refused.length;
    for (const { address, reason } of refused.slice(0, NAMED_MAX - this.#named.length))
      this.#named.push({ address: this.#family.formatAddress(address), reason });
  }

  delivery(): Delivery {
    return { taken: this.#taken, refused: this.#refused, named: this.#named, failure: this.failure };
  }
}
