/**
 * Delivers a backlog: one request after the other, in order, until it is empty or the partner fails. What it has answered
 * leaves the backlog; the rest stays for whoever decides what a failure means.
 *
 * Each lease goes as it stands now, not as it stood when it changed: the partner may have synchronized meanwhile, and
 * have given us a newer one.
 */
import type { Ipv4 } from '../base/ipv4.ts';
import type { Backlog } from './backlog.ts';
import { type Batch, BulkBuilder, encodeSingle, type UpdateBytes } from './batch.ts';
import { type SendLimits, UPDATE_TIMEOUT_MS } from './limits.ts';
import type { PeerClient } from './model.ts';
import { judge, type Outcome } from './outcome.ts';

export interface BacklogParts {
  readonly client: PeerClient;
  /** Asked before each request whether the partner takes many leases at once. */
  readonly isBulk: () => boolean;
  readonly limits: SendLimits;
  /** The update that brings the partner to what stands at an address, or null when there is nothing to tell. */
  readonly updateOf: (address: Ipv4) => UpdateBytes | null;
  /** Is told what each request came to, and says whether to go on. */
  readonly noted: (batch: Batch, outcome: Outcome) => boolean;
}

/** @returns whether the partner has answered for everything */
export async function deliverBacklog(backlog: Backlog, parts: BacklogParts): Promise<boolean> {
  const { client, noted } = parts;
  const { clearings } = backlog;
  while (backlog.length > 0) {
    const { batch, changes } = collect(backlog, parts);
    if (batch !== null) {
      const outcome = judge(batch, await client.requestBytes(batch.body, UPDATE_TIMEOUT_MS));
      if (backlog.clearings !== clearings || !noted(batch, outcome)) return false;
    }
    backlog.drop(changes);
  }
  return true;
}

/** As much of the front as fits into one request; later changes of an address are told with the first. */
function collect(
  backlog: Backlog,
  { isBulk, limits, updateOf }: BacklogParts,
): { readonly batch: Batch | null; readonly changes: number } {
  const builder = new BulkBuilder(isBulk() ? limits.batchLeasesMax : 1, limits.batchBytesMax);
  const taken = new Set<Ipv4>();
  let single: UpdateBytes | null = null;
  let changes = 0;
  for (; changes < backlog.length && !builder.isFull; changes++) {
    const address = backlog.at(changes)!;
    if (taken.has(address)) continue;
    taken.add(address);
    single = updateOf(address);
    if (single !== null) builder.add(single, []);
  }
  if (builder.isEmpty) return { batch: null, changes };
  return { batch: isBulk() ? builder.take() : encodeSingle(single!, []), changes };
}
