/**
 * Delivers a backlog: one request after the other, in order, until it is empty or the partner fails. What it has answered
 * leaves the backlog; the rest stays for whoever decides what a failure means.
 */
import type { Backlog } from './backlog.ts';
import { type Batch, BulkBuilder, encodeSingle, type UpdateBytes } from './batch.ts';
import { type SendLimits, UPDATE_TIMEOUT_MS } from './limits.ts';
import type { PeerClient } from './model.ts';
import { judge, type Outcome } from './outcome.ts';

/**
 * @param isBulk asked before each request whether the partner takes many leases at once
 * @param noted is told what each request came to, and says whether to go on
 * @returns whether the partner has answered for everything
 */
export async function deliverBacklog(
  backlog: Backlog,
  client: PeerClient,
  isBulk: () => boolean,
  limits: SendLimits,
  noted: (batch: Batch, outcome: Outcome) => boolean,
): Promise<boolean> {
  const { clearings } = backlog;
  for (;;) {
    const first = backlog.at(0);
    if (first === null) return true;
    const batch = isBulk() ? collect(backlog, limits) : encodeSingle(first, []);
    const outcome = judge(batch, await client.requestBytes(batch.body, UPDATE_TIMEOUT_MS));
    if (backlog.clearings !== clearings) return false;
    if (!noted(batch, outcome)) return false;
    backlog.drop(batch.entries.length);
  }
}

/** As much of the front as fits into one request; a second update for an address waits for the next one. */
function collect(backlog: Backlog, limits: SendLimits): Batch {
  const builder = new BulkBuilder(limits.batchLeasesMax, limits.batchBytesMax);
  const addresses = new Set<number>();
  let update: UpdateBytes | null = backlog.at(0);
  while (update !== null && !builder.isFull && !addresses.has(update.address)) {
    builder.add(update, []);
    addresses.add(update.address);
    update = backlog.at(addresses.size);
  }
  return builder.take();
}
