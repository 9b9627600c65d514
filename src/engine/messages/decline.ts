/** DHCPDECLINE: the client found its address in use by somebody; it is kept away from everyone for a while. [RFC2131 4.3.3] */
import { Present } from '../../dhcp4/descriptor.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LeaseState } from '../../lease/model.ts';
import { countDeclined } from '../allocate.ts';
import { belongsToClient } from '../client-lease.ts';
import type { Context } from '../context.ts';
import { G } from '../statistics.ts';
import { beginSilent, endSilent, roomForChange } from '../transaction.ts';
import { clttOfChange, eraseClient } from '../write-lease.ts';

/** Serves a DECLINE under the table's lock. */
export function serveDecline(context: Context): number {
  const { book, subnet, query, nowSec } = context;
  const { rows } = book.table;
  if (subnet === null || !query.has(Present.requestedAddress)) return G['tandem-ignored-decline'];
  const slot = book.table.findByAddress(query.requestedAddress());
  const isLeased = slot !== NO_SLOT && rows.state(slot) === LeaseState.assigned && book.isLive(slot, nowSec);
  if (!isLeased || !belongsToClient(context, slot)) return G['tandem-ignored-decline'];
  const room = roomForChange(context);
  if (room !== 0) return room;
  eraseClient(context, slot);
  // The lease stays in its subnet, wherever the query comes from.
  rows.setState(slot, LeaseState.declined);
  rows.setTimes(slot, clttOfChange(context, slot, true), context.settings.declineProbationSec);
  beginSilent(context);
  context.changes.put(slot, true);
  endSilent(context);
  countDeclined(context, rows.subnetId(slot));
  return G['tandem-done-decline'];
}
