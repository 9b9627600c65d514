/** Sends leases to one peer as they stand, apart from the stream of updates: at the end of a synchronization. */
import { formatIpv4 } from '../base/ipv4.ts';
import { recordOfLease } from '../lease/csv-lease.ts';
import { encodeUpdateRecord, UPDATE_RECORD_BYTES_MAX } from '../lease/update-record.ts';
import type { Batch, UpdateBytes } from './batch.ts';
import type { SendLimits } from './limits.ts';
import type { Delivery, LeaseToSend, PeerClient } from './model.ts';
import type { Outcome } from './outcome.ts';
import { UpdateSender } from './sender.ts';

/** Refused leases that are named; the rest is only counted. */
const NAMED_MAX = 5;

const scratch = new Uint8Array(UPDATE_RECORD_BYTES_MAX);

/**
 * Sends leases, as many at once as the peer takes, until all are sent or the peer fails. A lease that the peer refuses is
 * no reason to do without the others.
 * @param isBulk whether the peer takes many leases in one request
 * @param leases each address once
 */
export async function deliverLeases(
  client: PeerClient,
  isBulk: boolean,
  limits: SendLimits,
  leases: Iterable<LeaseToSend>,
): Promise<Delivery> {
  const tally = { taken: 0, refused: 0, named: [] as { address: string; reason: string }[] };
  let failure: string | null = null;
  let wake = (): void => {};
  const sender = new UpdateSender(client, limits, (batch, outcome) => {
    count(tally, batch, outcome);
    failure ??= outcome.failure;
    wake();
  });
  sender.bulk = isBulk;
  const iterator = leases[Symbol.iterator]();
  for (let next = iterator.next(); !next.done && failure === null; ) {
    if (!sender.hasSlot) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    sender.begin();
    for (; !next.done && !sender.isFull; next = iterator.next()) sender.offer(encodeLease(next.value), null);
    sender.flush();
  }
  await sender.idle();
  return { ...tally, failure };
}

/** The update that makes a peer hold a lease as it stands here, or hold none. */
export function encodeLease({ lease, isUpdate }: LeaseToSend): UpdateBytes {
  const length = encodeUpdateRecord(scratch, 0, recordOfLease(lease), isUpdate);
  return { bytes: scratch.slice(0, length), offset: 0, length, isUpdate, address: lease.address };
}

interface Tally {
  taken: number;
  refused: number;
  readonly named: { address: string; reason: string }[];
}

function count(tally: Tally, batch: Batch, outcome: Outcome): void {
  const { refused, conflicts, conflictText, refusals, refusalText, failure } = outcome;
  tally.taken += batch.entries.length - refused.size;
  if (failure !== null) return;
  tally.refused += refused.size;
  for (const [entries, reason] of [
    [conflicts, conflictText],
    [refusals, refusalText],
  ] as const) {
    for (const { address } of entries.slice(0, NAMED_MAX - tally.named.length))
      tally.named.push({ address: formatIpv4(address), reason });
  }
}
