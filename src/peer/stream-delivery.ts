/** Leases that go by the stream as they stand, beside the update log: what is owed, what was kept, what a synchronization gives. */
import { Result } from '../control/answer.ts';
import type { UpdateBytes, UpdateFamily } from '../lease/update-family.ts';
import { DELIVERY_BYTES_MAX, DELIVERY_RECORDS_MAX } from './limits.ts';
import type { PartnerStream, SendOutcome } from './model.ts';
import { clientOf } from './outcome.ts';

/** As many updates as go at once. @param next the next one, with bytes of its own, or null when there is none */
export function takePortion(next: () => UpdateBytes | null): UpdateBytes[] {
  const portion: UpdateBytes[] = [];
  for (let bytes = 0; portion.length < DELIVERY_RECORDS_MAX && bytes < DELIVERY_BYTES_MAX; ) {
    const update = next();
    if (update === null) break;
    portion.push(update);
    bytes += update.length;
  }
  return portion;
}

/** @returns null when the stream is not up: nothing was sent */
export async function sendByStream(
  family: UpdateFamily,
  stream: Pick<PartnerStream, 'deliver'>,
  portion: readonly UpdateBytes[],
): Promise<SendOutcome | null> {
  const delivery = await stream.deliver(portion);
  if (delivery === null) return null;
  const { failure } = delivery;
  if (failure !== null) return { failure, taken: 0, refused: [] };
  const updates = new Map(portion.map((update) => [update.address, update]));
  const refused = delivery.refused.map(({ address, code, reason }) => {
    const client = clientOf(family, updates.get(address)!);
    return { address, client, isConflict: code === Result.conflict, reason };
  });
  return { failure, taken: portion.length - refused.length, refused };
}
