/** Counts what becomes of the leases that a query changes. */
import { LeaseState } from '../../lease/state.ts';
import type { Context } from '../context.ts';
import { G, S } from '../figures/statistics.ts';
import { countLease, type LeaseCount, leaseCounts } from './lease-count.ts';

/** A lease that ran out and is given to somebody else was not reclaimed by the timer: it is reclaimed now. */
export function countTakeover(context: Context, slot: number): void {
  const { rows } = context.book.table;
  const state = rows.state(slot);
  if (context.dns !== null) context.dns.remove(context.book, slot);
  if (state === LeaseState.assigned || state === LeaseState.declined) {
    const subnetId = rows.subnetId(slot);
    const address = rows.address(slot);
    count(context, subnetId, address, leaseCounts.assigned, -1);
    count(context, subnetId, address, leaseCounts.reclaimed, 1);
    if (state === LeaseState.declined) {
      count(context, subnetId, address, leaseCounts.declined, -1);
      count(context, subnetId, address, leaseCounts.reclaimedDeclined, 1);
    }
  }
  context.book.countOut(slot);
  rows.setState(slot, LeaseState.expiredReclaimed);
}

/** Counts a lease of this subnet that became assigned. */
export function countAssigned(context: Context, subnetId: number, address: number): void {
  count(context, subnetId, address, leaseCounts.assigned, 1);
  count(context, subnetId, address, leaseCounts.cumulativeAssigned, 1);
}

/** Counts a lease of this subnet that is assigned no longer. */
export function countUnassigned(context: Context, subnetId: number, address: number): void {
  count(context, subnetId, address, leaseCounts.assigned, -1);
}

/** Counts a lease of this subnet that became declined; it stays among the assigned ones until its probation ends. */
export function countDeclined(context: Context, subnetId: number, address: number): void {
  count(context, subnetId, address, leaseCounts.declined, 1);
}

/** Counts a client that cannot have its reserved address, because somebody else has it. */
export function countConflict(context: Context): void {
  context.statistics.add(G['v4-reservation-conflicts']);
  context.statistics.addSubnet(context.subnet!.index, S['v4-reservation-conflicts']);
}

/** @param subnetId that of the lease, which a relay elsewhere or another configuration may make differ from the query's */
function count(context: Context, subnetId: number, address: number, which: LeaseCount, delta: number): void {
  const { subnet: current } = context;
  const subnet = current?.id === subnetId ? current : context.subnets.ofId(subnetId);
  countLease(context.statistics, which, subnet, address, delta);
}
