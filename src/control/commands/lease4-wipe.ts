/**
 * lease4-wipe: deletes the leases of a subnet, or of all. As with every change by an administrator the partner is told
 * nothing, as from Kea: who means the pair sends it to both servers.
 */
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import { type Answer, failure, Result } from '../answer.ts';
import { isMap } from '../arguments.ts';
import { LeaseFault } from './lease4-fault.ts';
import { type LeaseCommandParts, removeLease, sourceOf, whenDurable } from './lease4-parts.ts';
import { leaseSlices } from './lease4-slices.ts';
import { readSubnetId } from './lease4-subnet-id.ts';

export async function leaseWipe(parts: LeaseCommandParts, args: unknown): Promise<Answer> {
  if (args !== undefined && !isMap(args)) return failure('contains(string) called on a non-map Element');
  const subnetId = readSubnetId(args ?? {});
  if (typeof subnetId === 'string') return failure(subnetId);
  const ids = subnetId === 0 ? parts.subnets().ids() : [subnetId];
  const subnets = new Set(ids);
  let deleted = 0;
  for await (const slice of leaseSlices(parts)) {
    const outcome = wipeSlice(parts, args, slice, subnets);
    if (outcome instanceof LeaseFault)
      return failure(`${outcome.text}; ${deleted} IPv4 lease(s) had been deleted before`);
    deleted += outcome;
    // The journal follows: the change log has no room for the deletion of a million leases at once.
    const written = await whenDurable(parts.store, { result: Result.success });
    if (written.result !== Result.success) return written;
  }
  const result = deleted > 0 ? Result.success : Result.empty;
  return { result, text: `Deleted ${deleted} IPv4 lease(s) from subnet(s) ${ids.join(' ')}` };
}

/** @returns how many are gone. One whose client is being answered at this moment stays: its ACK may leave any time */
function wipeSlice(
  parts: LeaseCommandParts,
  args: unknown,
  slice: readonly Lease4[],
  subnets: ReadonlySet<number>,
): number | LeaseFault {
  let deleted = 0;
  for (const { address, subnetId } of slice) {
    if (!subnets.has(subnetId)) continue;
    const removed = removeLease(parts.store, address, sourceOf(parts, args));
    if (removed === true) deleted++;
    else if (removed instanceof LeaseFault && removed.result !== Result.conflict) return removed;
  }
  return deleted;
}
