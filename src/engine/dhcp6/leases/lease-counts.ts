/** Counts what becomes of the leases that a DHCPv6 query changes. */
import { LeaseType } from '../../../lease/dhcp6/model.ts';
import { LeaseState } from '../../../lease/state.ts';
import type { Context6 } from '../context.ts';
import { G6, S6 } from '../statistics.ts';

type LeaseStatistic = keyof typeof S6 & keyof typeof G6;

/** Where leases are counted: a shard's context, or main's own. */
export type CountingLeases = Pick<Context6, 'book' | 'statistics' | 'subnets' | 'subnet'>;

/** Leases of one kind: how many there are, and how many there ever were. */
interface Kind {
  readonly held: LeaseStatistic;
  readonly ever: LeaseStatistic;
}

const ADDRESSES: Kind = { held: 'assigned-nas', ever: 'cumulative-assigned-nas' };
const PREFIXES: Kind = { held: 'assigned-pds', ever: 'cumulative-assigned-pds' };
const REGISTERED: Kind = { held: 'registered-nas', ever: 'cumulative-registered-nas' };

/**
 * What a lease of this type and state counts as; null = it is none, or none any more. A declined one counts as assigned until its
 * probation ends, as in Kea.
 */
function kindOf(type: number, state: number | null): Kind | null {
  if (state === LeaseState.registered) return REGISTERED;
  if (state !== LeaseState.assigned && state !== LeaseState.declined) return null;
  return type === LeaseType.na ? ADDRESSES : PREFIXES;
}

function kindOfRow({ book }: CountingLeases, slot: number): Kind | null {
  const { rows } = book.table;
  return kindOf(rows.type(slot), rows.state(slot));
}

/** Counts a row that became an assigned lease. */
export function countAssigned(context: CountingLeases, slot: number): void {
  const kind = kindOfRow(context, slot)!;
  count(context, slot, kind.held, 1);
  count(context, slot, kind.ever, 1);
}

/** Counts a row that is going to be no lease any more; one that is none already counts as nothing. */
export function countUnassigned(context: CountingLeases, slot: number): void {
  const kind = kindOfRow(context, slot);
  if (kind !== null) count(context, slot, kind.held, -1);
}

/** Counts a row that became declined; it stays among the assigned ones until its probation ends. */
export function countDeclined(context: CountingLeases, slot: number): void {
  count(context, slot, 'declined-addresses', 1);
}

/** A lease that ran out and is given to somebody else was not reclaimed by the timer: it is reclaimed now. */
export function countTakeover(context: CountingLeases, slot: number): void {
  const { rows } = context.book.table;
  if (kindOfRow(context, slot) === null) return;
  countReclaimed(context, slot, rows.state(slot));
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
  const kind = kindOfRow(context, slot);
  if (kind === null) return;
  count(context, slot, kind.held, 1);
  if (context.book.table.rows.state(slot) === LeaseState.declined) countDeclined(context, slot);
}

/** Counts that a lease of this type and subnet went from one state to another; null = there was, or is, none. */
export function countChanged(
  context: CountingLeases,
  type: number,
  subnetId: number,
  before: number | null,
  after: number | null,
): void {
  const from = kindOf(type, before);
  const to = kindOf(type, after);
  if (from !== to) {
    if (from !== null) countIn(context, subnetId, from.held, -1);
    if (to !== null) {
      countIn(context, subnetId, to.held, 1);
      countIn(context, subnetId, to.ever, 1);
    }
  }
  const declined = Number(after === LeaseState.declined) - Number(before === LeaseState.declined);
  if (declined !== 0) countIn(context, subnetId, 'declined-addresses', declined);
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
