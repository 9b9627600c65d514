/** DHCPDECLINE: the client found its address in use by somebody; it is kept away from everyone for a while. [RFC2131 4.3.3] */
import { Present } from '../../dhcp4/descriptor.ts';
import { EventPart, LeaseEventKind } from '../../lease/events.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LeaseState } from '../../lease/state.ts';
import type { Context } from '../context.ts';
import { G } from '../figures/statistics.ts';
import { belongsToClient } from '../leases/client-lease.ts';
import { countDeclined } from '../leases/lease-counts.ts';
import { NO_REPLY } from '../leases/lease-events.ts';
import { clttOfChange, eraseClient } from '../leases/write-lease.ts';
import { poolAt } from '../subnets/pool-at.ts';
import { beginSilent, endSilent, roomForChange } from '../transaction.ts';

/** Serves a DECLINE under the table's lock. */
export function serveDecline(context: Context): number {
  const { book, events, query, nowSec } = context;
  const { rows } = book.table;
  if (!query.has(Present.requestedAddress)) return G['tandem-ignored-decline'];
  const slot = book.table.findByAddress(query.requestedAddress());
  const isMine = slot !== NO_SLOT && book.isLive(slot, nowSec) && belongsToClient(context, slot);
  if (isMine && rows.state(slot) === LeaseState.offered) return withdrawOffer(context, slot);
  if (!isMine || rows.state(slot) !== LeaseState.assigned) return G['tandem-ignored-decline'];
  const room = roomForChange(context);
  if (room !== 0) return room;
  events.begin();
  events.lease(EventPart.former, slot);
  book.countOut(slot);
  eraseClient(context, slot);
  // The lease stays in its subnet, wherever the query comes from.
  rows.setState(slot, LeaseState.declined);
  const cltt = clttOfChange(context, slot, true);
  rows.setTimes(slot, cltt, probationFrom(cltt, context));
  book.countIn(slot);
  beginSilent(context);
  context.changes.put(slot, true);
  endSilent(context);
  events.lease(EventPart.lease, slot);
  events.query(query);
  events.texts(query, NO_REPLY, slot);
  events.end(LeaseEventKind.declined, context.changes.lastChange);
  countDeclined(context, rows.subnetId(slot), rows.address(slot));
  return G['tandem-done-decline'];
}

/**
 * The probation of a row whose cltt may be ahead of the clock: it ends when it ends by the clock. At least a second of it
 * is left, because a lease of no seconds is a deletion in the lease file.
 */
function probationFrom(cltt: number, { nowSec, settings }: Context): number {
  const { declineProbationSec } = settings;
  return Math.max(Math.min(declineProbationSec, 1), declineProbationSec - Math.max(0, cltt - nowSec));
}

/**
 * A client that declines what it was only offered has no lease to lose, and the address is not blocked on its word: it
 * goes back to its pool, where it is the last to be offered again.
 */
function withdrawOffer(context: Context, slot: number): number {
  const { book, subnets } = context;
  const { rows } = book.table;
  const address = rows.address(slot);
  const subnet = subnets.ofId(rows.subnetId(slot));
  book.remove(slot);
  const pool = subnet === null ? null : poolAt(subnet.pools, address);
  if (pool !== null) book.pools.startBehind(pool.index, address);
  return G['tandem-done-decline-offer'];
}
