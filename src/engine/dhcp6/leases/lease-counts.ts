/** Counts what becomes of the leases that a DHCPv6 query changes: among all, in their subnets, and in the pools they lie in. */
import { LeaseType } from '../../../lease/dhcp6/model.ts';
import { LeaseState } from '../../../lease/state.ts';
import type { Context6 } from '../context.ts';
import { G6, P6, PD6, S6 } from '../statistics.ts';
import { poolAround } from '../subnets/pool-around.ts';

/** Where leases are counted: a shard's context, or main's own. */
export type CountingLeases = Pick<Context6, 'book' | 'statistics' | 'subnets' | 'subnet'>;

/** The cells of a statistic of all leases, of those of a subnet, and of those of a pool of their kind. */
interface LeaseCount {
  readonly global: number;
  readonly ofSubnet: number;
  /** NOT_OF_POOLS = pools have no such statistic. */
  readonly ofPool: number;
}

const NOT_OF_POOLS = -1;

type LeaseStatistic = keyof typeof S6 & keyof typeof G6;

/** @param poolCells those of the pools of a kind, by name */
function countOf(name: LeaseStatistic, poolCells: Readonly<Record<string, number>> = {}): LeaseCount {
  return { global: G6[name], ofSubnet: S6[name], ofPool: poolCells[name] ?? NOT_OF_POOLS };
}

/** Leases of one kind: how many there are, how many there ever were, and how many were reclaimed. */
interface Kind {
  readonly held: LeaseCount;
  readonly ever: LeaseCount;
  readonly reclaimed: LeaseCount;
}

const ADDRESSES: Kind = {
  held: countOf('assigned-nas', P6),
  ever: countOf('cumulative-assigned-nas', P6),
  reclaimed: countOf('reclaimed-leases', P6),
};
const PREFIXES: Kind = {
  held: countOf('assigned-pds', PD6),
  ever: countOf('cumulative-assigned-pds', PD6),
  reclaimed: countOf('reclaimed-leases', PD6),
};
const REGISTERED: Kind = {
  held: countOf('registered-nas'),
  ever: countOf('cumulative-registered-nas'),
  reclaimed: countOf('reclaimed-leases', P6),
};
const DECLINED = countOf('declined-addresses', P6);
const RECLAIMED_DECLINED = countOf('reclaimed-declined-addresses', P6);

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
  count(context, slot, DECLINED, 1);
}

/** A lease that ran out and is given to somebody else was not reclaimed by the timer: it is reclaimed now. */
export function countTakeover(context: CountingLeases, slot: number): void {
  const { rows } = context.book.table;
  if (kindOfRow(context, slot) === null) return;
  countReclaimed(context, slot);
  context.book.countOut(slot);
  rows.setState(slot, LeaseState.expiredReclaimed);
}

/** Counts a row that is reclaimed. Pre: it is a lease */
export function countReclaimed(context: CountingLeases, slot: number): void {
  const kind = kindOfRow(context, slot)!;
  count(context, slot, kind.held, -1);
  count(context, slot, kind.reclaimed, 1);
  if (context.book.table.rows.state(slot) !== LeaseState.declined) return;
  count(context, slot, DECLINED, -1);
  count(context, slot, RECLAIMED_DECLINED, 1);
}

/** Counts a row as it comes out of the lease file. */
export function countLoaded(context: CountingLeases, slot: number): void {
  const kind = kindOfRow(context, slot);
  if (kind === null) return;
  count(context, slot, kind.held, 1);
  if (context.book.table.rows.state(slot) === LeaseState.declined) countDeclined(context, slot);
}

/**
 * Counts that a lease of this type and subnet went from one state to another; null = there was, or is, none.
 * @param bytes where its address stands: 16 octets from `offset` on
 */
export function countChanged(
  context: CountingLeases,
  type: number,
  subnetId: number,
  bytes: Uint8Array,
  offset: number,
  before: number | null,
  after: number | null,
): void {
  const from = kindOf(type, before);
  const to = kindOf(type, after);
  if (from !== to) {
    if (from !== null) countAt(context, type, subnetId, bytes, offset, from.held, -1);
    if (to !== null) {
      countAt(context, type, subnetId, bytes, offset, to.held, 1);
      countAt(context, type, subnetId, bytes, offset, to.ever, 1);
    }
  }
  const declined = Number(after === LeaseState.declined) - Number(before === LeaseState.declined);
  if (declined !== 0) countAt(context, type, subnetId, bytes, offset, DECLINED, declined);
}

function count(context: CountingLeases, slot: number, which: LeaseCount, delta: number): void {
  const { rows } = context.book.table;
  const at = rows.addressOffset(slot);
  countAt(context, rows.type(slot), rows.subnetId(slot), rows.bytes, at, which, delta);
}

/** @param subnetId that of the lease, which need not be the query's; @param bytes where its address stands, from `offset` on */
function countAt(
  { book, statistics, subnet: current, subnets }: CountingLeases,
  type: number,
  subnetId: number,
  bytes: Uint8Array,
  offset: number,
  { global, ofSubnet, ofPool }: LeaseCount,
  delta: number,
): void {
  const subnet = current?.id === subnetId ? current : subnets.ofId(subnetId);
  statistics.add(global, delta);
  if (subnet === null) return;
  statistics.addSubnet(subnet.index, ofSubnet, delta);
  if (ofPool === NOT_OF_POOLS) return;
  const pools = type === LeaseType.na ? subnet.pools : subnet.pdPools;
  const pool = poolAround(book.pools, pools, bytes, offset);
  if (pool !== null) statistics.addPool(pool.series, ofPool, delta);
}
