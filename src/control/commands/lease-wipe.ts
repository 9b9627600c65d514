/**
 * leaseX-wipe: deletes the leases of a subnet, or of all. As with every change by an administrator the partner is told
 * nothing, as from Kea: who means the pair sends it to both servers.
 */
import type { ChangeSource, LeaseStoreOf } from '../../lease/store.ts';
import { type Answer, failure, Result } from '../answer.ts';
import { isMap } from '../arguments.ts';
import type { CommandLease, LeaseFamily } from './lease-family.ts';
import { LeaseFault } from './lease-fault.ts';
import { type LeaseCommandParts, removeLease, sourceOf, whenDurable } from './lease-parts.ts';
import { leaseSlices } from './lease-slices.ts';
import { readSubnetId } from './lease-subnet-id.ts';

export async function leaseWipe<
  Lease extends CommandLease,
  Address,
  From,
  Subnets extends { ids(): number[] },
>(
  family: LeaseFamily<Lease, Address, From, Subnets, never>,
  parts: LeaseCommandParts<Lease, Address, From, Subnets>,
  args: unknown,
): Promise<Answer> {
  if (args !== undefined && !isMap(args)) return failure('contains(string) called on a non-map Element');
  const subnetId = readSubnetId(args ?? {});
  if (typeof subnetId === 'string') return failure(subnetId);
  const ids = subnetId === 0 ? parts.subnets().ids() : [subnetId];
  const subnets = new Set(ids);
  const source = sourceOf(parts, args);
  let deleted = 0;
  for await (const slice of leaseSlices(parts)) {
    const wiped = slice.filter((lease) => subnets.has(lease.subnetId));
    const outcome = wipeSlice(
      parts.store,
      source,
      wiped.map((lease) => family.addressOf(lease)),
    );
    if (outcome instanceof LeaseFault)
      return failure(`${outcome.text}; ${deleted} IPv${family.version} lease(s) had been deleted before`);
    deleted += outcome;
    // The journal follows: the change log has no room for the deletion of a million leases at once.
    const written = await whenDurable(parts.store, { result: Result.success });
    if (written.result !== Result.success) return written;
  }
  const result = deleted > 0 ? Result.success : Result.empty;
  return { result, text: `Deleted ${deleted} IPv${family.version} lease(s) from subnet(s) ${ids.join(' ')}` };
}

/** @returns how many are gone. One whose client is being answered at this moment stays: its ACK may leave any time */
function wipeSlice<Address>(
  store: Pick<LeaseStoreOf<unknown, Address, unknown>, 'remove'>,
  source: ChangeSource,
  addresses: readonly Address[],
): number | LeaseFault {
  let deleted = 0;
  for (const address of addresses) {
    const removed = removeLease(store, address, source);
    if (removed === true) deleted++;
    else if (removed instanceof LeaseFault && removed.result !== Result.conflict) return removed;
  }
  return deleted;
}
