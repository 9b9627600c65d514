/** Counts what becomes of leases, of all of them and of the lease's subnet. */
import { LeaseState } from '../lease/model.ts';
import type { Context } from './context.ts';
import { G, type GlobalStatistic, S, type SubnetStatistic } from './statistics.ts';

/** A statistic of all leases and of those of a subnet. */
interface LeaseCount {
  readonly global: number;
  readonly ofSubnet: number;
}

const countOf = (name: GlobalStatistic & SubnetStatistic): LeaseCount => ({
  global: G[name],
  ofSubnet: S[name],
});
// Looked up once: by name it would be done for each lease.
const assignedAddresses = countOf('assigned-addresses');
const cumulativeAssignedAddresses = countOf('cumulative-assigned-addresses');
const declinedAddresses = countOf('declined-addresses');
const reclaimedLeases = countOf('reclaimed-leases');
const reclaimedDeclinedAddresses = countOf('reclaimed-declined-addresses');
const reservationConflicts = countOf('v4-reservation-conflicts');

/** A lease that ran out and is given to somebody else was not reclaimed by the timer: it is reclaimed now. */
export function countTakeover(context: Context, slot: number): void {
  const { rows } = context.book.table;
  const state = rows.state(slot);
  if (context.dns !== null) context.dns.remove(context.book, slot);
  if (state === LeaseState.assigned || state === LeaseState.declined) {
    const subnetId = rows.subnetId(slot);
    count(context, subnetId, assignedAddresses, -1);
    count(context, subnetId, reclaimedLeases, 1);
    if (state === LeaseState.declined) {
      count(context, subnetId, declinedAddresses, -1);
      count(context, subnetId, reclaimedDeclinedAddresses, 1);
    }
  }
  context.book.countOut(slot);
  rows.setState(slot, LeaseState.expiredReclaimed);
}

/** Counts a lease of this subnet that became assigned. */
export function countAssigned(context: Context, subnetId: number): void {
  count(context, subnetId, assignedAddresses, 1);
  count(context, subnetId, cumulativeAssignedAddresses, 1);
}

/** Counts a lease of this subnet that is assigned no longer. */
export function countUnassigned(context: Context, subnetId: number): void {
  count(context, subnetId, assignedAddresses, -1);
}

/** Counts a lease of this subnet that became declined; it stays among the assigned ones until its probation ends. */
export function countDeclined(context: Context, subnetId: number): void {
  count(context, subnetId, declinedAddresses, 1);
}

/** Counts a client that cannot have its reserved address, because somebody else has it. */
export function countConflict(context: Context): void {
  count(context, context.subnet!.id, reservationConflicts, 1);
}

/** @param subnetId that of the lease, which a relay elsewhere or another configuration may make differ from the query's */
function count(context: Context, subnetId: number, { global, ofSubnet }: LeaseCount, delta: number): void {
  context.statistics.add(global, delta);
  const { subnet: current } = context;
  const subnet = current?.id === subnetId ? current : context.subnets.ofId(subnetId);
  if (subnet !== null) context.statistics.addSubnet(subnet.index, ofSubnet, delta);
}
