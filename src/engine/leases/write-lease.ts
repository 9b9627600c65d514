/** Finds the row of an address and writes the client of the query into it: identity, host name, place, times. */

import { emptyRange } from '../../base/byte-range.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import type { ByteRange } from '../../lease/dhcp4/rows.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { RowFlag } from '../../lease/row-flag.ts';
import { LeaseState } from '../../lease/state.ts';
import type { Context } from '../context.ts';
import { G } from '../figures/statistics.ts';
import type { DnsLog } from '../names/dns-log.ts';
import { nameClient, namesAt } from '../names/name-client.ts';
import { poolAt } from '../subnets/pool-at.ts';
import { clttAfter } from './cltt.ts';
import { countTakeover } from './lease-counts.ts';

const FQDN_FLAGS = RowFlag.fqdnFwd | RowFlag.fqdnRev;
const NOTHING = emptyRange();
const range = emptyRange();
/** A user context is copied here while its row is rewritten; 64 KiB is the most that a row can hold. */
const keptContext: ByteRange = { bytes: new Uint8Array(65_536), offset: 0, length: 0 };

/**
 * The row for a held address: the one that stands there, whose lease is over, or a new one.
 * @returns NO_SLOT when the table is full; then the address is given back
 */
export function rowFor(context: Context, address: number): number {
  const { book } = context;
  let slot = book.table.findByAddress(address);
  if (slot !== NO_SLOT) {
    countTakeover(context, slot);
    return slot;
  }
  slot = book.table.insert(address);
  if (slot === NO_SLOT) book.release(address);
  return slot;
}

/** Undoes `rowFor` when the client's identifiers find no memory: the address is free again, a former lease stays. */
export function abandonRow(context: Context, slot: number): void {
  const { book } = context;
  if (book.table.rows.clttSec(slot) === 0) book.remove(slot);
  else book.release(book.table.rows.address(slot));
}

/** Whether row and query agree on identity, relay, host name and who tells DNS, so that only the times change. */
export function isClientUnchanged(context: Context, slot: number): boolean {
  const { table } = context.book;
  const { hw, clientId } = context.query;
  if (!table.hasHw(slot, hw.bytes, hw.offset, hw.length)) return false;
  if (!table.hasClientId(slot, clientId.bytes, clientId.offset, clientId.length)) return false;
  if (context.extendedInfo?.isNews(context, slot) === true) return false;
  return hasSameName(context, slot);
}

/** Whether the row has the name that the client is to have now, and DNS is to be told the same of it. */
function hasSameName(context: Context, slot: number): boolean {
  const { rows } = context.book.table;
  const { lease, flags } = nameClient(context, rows.address(slot));
  rows.hostNameRange(slot, range);
  if (range.length !== lease.length) return false;
  for (let i = 0; i < range.length; i++) if (range.bytes[range.offset + i] !== lease.bytes[i]) return false;
  return (rows.flags(slot) & FQDN_FLAGS) === flags;
}

/**
 * Writes the client into a row.
 * @param isSameClient keeps the row's user context
 * @returns false when there is no memory for the identifiers; then the row has no client
 */
export function writeClient(context: Context, slot: number, isSameClient: boolean): boolean {
  nameClient(context, context.book.table.rows.address(slot));
  if (context.dns !== null) takeNews(context, context.dns, slot, isSameClient);
  const { table } = context.book;
  if (hasItsClasses(context, slot) && isClientUnchanged(context, slot)) return true;
  keptContext.length = 0;
  if (isSameClient) {
    table.rows.contextRange(slot, range);
    for (let i = 0; i < range.length; i++) keptContext.bytes[i] = range.bytes[range.offset + i]!;
    keptContext.length = range.length;
  }
  const { extendedInfo, leaseLimits } = context;
  const ownContext = leaseLimits === null ? keptContext : leaseLimits.classes.putInto(keptContext);
  const userContext = extendedInfo === null ? ownContext : extendedInfo.contextFor(context, ownContext);
  if (setClient(context, slot, userContext)) return true;
  if (userContext === ownContext) return false;
  // A lease that says nothing of its relay is better than none.
  context.statistics.add(G['tandem-extended-info-lost']);
  return setClient(context, slot, ownContext);
}

/** Whether a row names the classes that its client is in now, where leases are counted by them. */
function hasItsClasses({ book, leaseLimits, query }: Context, slot: number): boolean {
  if (leaseLimits === null) return true;
  leaseLimits.classes.read(query.classes);
  book.table.rows.contextRange(slot, range);
  return leaseLimits.classes.areIn(range);
}

function setClient({ book, names, query }: Context, slot: number, userContext: ByteRange): boolean {
  const { hw, clientId } = query;
  return book.table.setClient(slot, query.field(Field.htype), hw, clientId, names.lease, userContext);
}

/**
 * What DNS is to hear of a row that gets the client of the query. The former name goes before the new one comes, which
 * is when the lease is safe.
 */
function takeNews(context: Context, dns: DnsLog<LeaseBook>, slot: number, isSameClient: boolean): void {
  const { rows } = context.book.table;
  const isRenewal = isSameClient && rows.state(slot) === LeaseState.assigned;
  const isKept =
    isRenewal && hasSameName(context, slot) && !namesAt(context.subnet!, rows.address(slot)).updateOnRenew;
  if (!isKept) dns.remove(context.book, slot);
  dns.isNews = !isKept || (rows.flags(slot) & RowFlag.dnsPending) !== 0;
}

/** Takes the client out of a row, as for a declined address. */
export function eraseClient(context: Context, slot: number): void {
  if (context.dns !== null) context.dns.remove(context.book, slot);
  context.book.table.setClient(slot, 0, NOTHING, NOTHING, NOTHING, NOTHING);
  context.book.table.rows.setFlags(slot, 0);
}

/** The cltt of a change that the query in work makes. @param changesHands the row was another client's */
export function clttOfChange({ book, nowSec }: Context, slot: number, changesHands: boolean): number {
  return clttAfter(book.table.rows.clttSec(slot), nowSec, changesHands);
}

function newsFlag({ dns, names }: Context, state: number): number {
  if (dns === null || !dns.isNews || names.flags === 0 || state !== LeaseState.assigned) return 0;
  return RowFlag.dnsPending;
}

/** Of an offer: whether its row was the client's lease before, and stands where it stood then. */
function placeFlag({ book: { table } }: Context, slot: number, changesHands: boolean): number {
  const { rows } = table;
  if (rows.state(slot) === LeaseState.offered) return rows.flags(slot) & RowFlag.leasedBefore;
  return changesHands ? 0 : RowFlag.leasedBefore;
}

/**
 * Sets state, place and times of a row, which becomes one of the query's subnet.
 * @param changesHands the row was another client's
 */
export function writeTerms(
  context: Context,
  slot: number,
  state: number,
  validLifetimeSec: number,
  changesHands: boolean,
): void {
  const { book } = context;
  const { rows } = book.table;
  const subnet = context.subnet!;
  const address = rows.address(slot);
  const poolId = poolAt(subnet.pools, address)?.poolId ?? 0;
  if (state !== LeaseState.offered) book.settlePlace(slot);
  const place = state === LeaseState.offered ? placeFlag(context, slot, changesHands) : 0;
  rows.setState(slot, state);
  rows.setFlags(slot, RowFlag.granted | context.names.flags | newsFlag(context, state) | place);
  rows.setTimes(slot, clttOfChange(context, slot, changesHands), validLifetimeSec);
  book.setPlace(slot, subnet.id, poolId);
}
