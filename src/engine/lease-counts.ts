/** Counts what becomes of leases, of all of them, of the lease's subnet and of its pool. */
import { LeaseState } from '../lease/model.ts';
import type { Context } from './context.ts';
import { poolAt } from './pool-at.ts';
import { G, P, type PoolStatistic, S } from './statistics.ts';

/** A statistic of all leases, of those of a subnet and of those of a pool. */
interface LeaseCount {
  readonly global: number;
  readonly ofSubnet: number;
  readonly ofPool: number;
}

const countOf = (name: PoolStatistic): LeaseCount => ({
  global: G[name],
  ofSubnet: S[name],
  ofPool: P[name],
});
// Looked up once: by name it would be done for each lease.
const assignedAddresses = countOf('assigned-addresses');
const cumulativeAssignedAddresses = countOf('cumulative-assigned-addresses');
const declinedAddresses = countOf('declined-addresses');
const reclaimedLeases = countOf('reclaimed-leases');
const reclaimedDeclinedAddresses = countOf('reclaimed-declined-addresses');

/** A lease that ran out and is given to somebody else was not reclaimed by the timer: it is reclaimed now. */
export function countTakeover(context: Context, slot: number): void {
  const { rows } = context.book.table;
  const state = rows.state(slot);
  if (context.dns !== null) context.dns.remove(context.book, slot);
  if (state === LeaseState.assigned || state === LeaseState.declined) {
    const subnetId = rows.subnetId(slot);
    const address = rows.address(slot);
    count(context, subnetId, address, assignedAddresses, -1);
    count(context, subnetId, address, reclaimedLeases, 1);
    if (state === LeaseState.declined) {
      count(context, subnetId, address, declinedAddresses, -1);
      count(context, subnetId, address, reclaimedDeclinedAddresses, 1);
    }
  }
  context.book.countOut(slot);
  rows.setState(slot, LeaseState.expiredReclaimed);
}

/** Counts a lease of this subnet that became assigned. */
export function countAssigned(context: Context, subnetId: number, address: number): void {
  count(context, subnetId, address, assignedAddresses, 1);
  count(context, subnetId, address, cumulativeAssignedAddresses, 1);
}

/** Counts a lease of this subnet that is assigned no longer. */
export function countUnassigned(context: Context, subnetId: number, address: number): void {
  count(context, subnetId, address, assignedAddresses, -1);
}

/** Counts a lease of this subnet that became declined; it stays among the assigned ones until its probation ends. */
export function countDeclined(context: Context, subnetId: number, address: number): void {
  count(context, subnetId, address, declinedAddresses, 1);
}

/** Counts a client that cannot have its reserved address, because somebody else has it. */
export function countConflict(context: Context): void {
  context.statistics.add(G['v4-reservation-conflicts']);
  context.statistics.addSubnet(context.subnet!.index, S['v4-reservation-conflicts']);
}

/** @param subnetId that of the lease, which a relay elsewhere or another configuration may make differ from the query's */
function count(
  context: Context,
  subnetId: number,
  address: number,
  { global, ofSubnet, ofPool }: LeaseCount,
  delta: number,
): void {
  const { statistics } = context;
  statistics.add(global, delta);
  const { subnet: current } = context;
  const subnet = current?.id === subnetId ? current : context.subnets.ofId(subnetId);
  if (subnet === null) return;
  statistics.addSubnet(subnet.index, ofSubnet, delta);
  const pool = poolAt(subnet.poolsByAddress, address);
  if (pool !== null) statistics.addPool(pool.series, ofPool, delta);
}
