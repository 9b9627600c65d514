/** Counts what becomes of the leases that a DHCPv6 query changes. */
import { LeaseType } from '../../../lease/dhcp6/model.ts';
import { LeaseState } from '../../../lease/state.ts';
import type { Context6 } from '../context.ts';
import { G6, S6 } from '../statistics.ts';

type LeaseStatistic = keyof typeof S6 & keyof typeof G6;

/** Where leases are counted: a shard's context, or main's own. */
export type CountingLeases = Pick<Context6, 'book' | 'statistics' | 'subnets' | 'subnet'>;

/** Counts a row that became an assigned lease. */
export function countAssigned(context: CountingLeases, slot: number): void {
  const isAddress = context.book.table.rows.type(slot) === LeaseType.na;
  count(context, slot, isAddress ? 'assigned-nas' : 'assigned-pds', 1);
  count(context, slot, isAddress ? 'cumulative-assigned-nas' : 'cumulative-assigned-pds', 1);
}

/** Counts a row that is no assigned lease any more. */
export function countUnassigned(context: CountingLeases, slot: number): void {
  const isAddress = context.book.table.rows.type(slot) === LeaseType.na;
  count(context, slot, isAddress ? 'assigned-nas' : 'assigned-pds', -1);
}

/** Counts a row that became declined; it stays among the assigned ones until its probation ends. */
export function countDeclined(context: CountingLeases, slot: number): void {
  count(context, slot, 'declined-addresses', 1);
}

/** A lease that ran out and is given to somebody else was not reclaimed by the timer: it is reclaimed now. */
export function countTakeover(context: CountingLeases, slot: number): void {
  const { rows } = context.book.table;
  const state = rows.state(slot);
  if (state !== LeaseState.assigned && state !== LeaseState.declined) return;
  countReclaimed(context, slot, state);
  rows.setState(slot, LeaseState.expiredReclaimed);
}

/** Counts a row in this state that is reclaimed. */
export function countReclaimed(context: CountingLeases, slot: number, state: number): void {
  countUnassigned(context, slot);
  count(context, slot, 'reclaimed-leases', 1);
  if (state !== LeaseState.declined) return;
  count(context, slot, 'declined-addresses', -1);
  count(context, slot, 'reclaimed-declined-addresses', 1);
}

/** Counts a row as it comes out of the lease file. */
export function countLoaded(context: CountingLeases, slot: number): void {
  const { rows } = context.book.table;
  const state = rows.state(slot);
  if (state !== LeaseState.assigned && state !== LeaseState.declined) return;
  count(context, slot, rows.type(slot) === LeaseType.na ? 'assigned-nas' : 'assigned-pds', 1);
  if (state === LeaseState.declined) countDeclined(context, slot);
}

/**
 * Counts that a lease of this type and subnet went from one state to another; null = there was, or is, none. A declined one
 * counts as assigned until its probation ends, as in Kea.
 */
export function countChanged(
  context: CountingLeases,
  type: number,
  subnetId: number,
  before: number | null,
  after: number | null,
): void {
  const isAddress = type === LeaseType.na;
  const assigned = Number(isAssigned(after)) - Number(isAssigned(before));
  const declined = Number(after === LeaseState.declined) - Number(before === LeaseState.declined);
  if (assigned !== 0) countIn(context, subnetId, isAddress ? 'assigned-nas' : 'assigned-pds', assigned);
  if (assigned > 0)
    countIn(context, subnetId, isAddress ? 'cumulative-assigned-nas' : 'cumulative-assigned-pds', assigned);
  if (declined !== 0) countIn(context, subnetId, 'declined-addresses', declined);
}

function isAssigned(state: number | null): boolean {
  return state === LeaseState.assigned || state === LeaseState.declined;
}

/** By the subnet of the row, which need not be that of the query. */
function count(context: CountingLeases, slot: number, name: LeaseStatistic, delta: number): void {
  countIn(context, context.book.table.rows.subnetId(slot), name, delta);
}

function countIn(context: CountingLeases, id: number, name: LeaseStatistic, delta: number): void {
  const { statistics, subnets } = context;
  const subnet = context.subnet?.id === id ? context.subnet : subnets.ofId(id);
  statistics.add(G6[name], delta);
  if (subnet !== null) statistics.addSubnet(subnet.index, S6[name], delta);
}
