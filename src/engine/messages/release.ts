/** DHCPRELEASE: the client gives its lease back; there is no reply. [RFC2131 4.3.4] */
import { EventPart, LeaseEventKind } from '../../lease/events.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LeaseState } from '../../lease/state.ts';
import type { Context } from '../context.ts';
import { G } from '../figures/statistics.ts';
import { belongsToClient } from '../leases/client-lease.ts';
import { countUnassigned } from '../leases/lease-counts.ts';
import { NO_REPLY } from '../leases/lease-events.ts';
import { clttOfChange } from '../leases/write-lease.ts';
import { beginSilent, endSilent, roomForChange } from '../transaction.ts';

/** Serves a RELEASE under the table's lock. */
export function serveRelease(context: Context): number {
  const { book, events, query, nowSec } = context;
  const { rows } = book.table;
  const slot = query.ciaddr === 0 ? NO_SLOT : book.table.findByAddress(query.ciaddr);
  if (slot === NO_SLOT || rows.state(slot) !== LeaseState.assigned || !belongsToClient(context, slot)) {
    return G['tandem-ignored-release'];
  }
  const room = roomForChange(context);
  if (room !== 0) return room;
  countUnassigned(context, rows.subnetId(slot), query.ciaddr);
  events.begin();
  events.lease(EventPart.former, slot);
  if (context.dns !== null) context.dns.remove(book, slot);
  beginSilent(context);
  if (context.settings.keepReleased && !rows.isExpired(slot, nowSec)) {
    book.countOut(slot);
    rows.setState(slot, LeaseState.released);
    rows.setTimes(slot, clttOfChange(context, slot, true), 0);
    context.changes.putReleased(slot, true);
    book.release(query.ciaddr);
  } else {
    context.changes.drop(slot, true);
    book.remove(slot);
  }
  endSilent(context);
  events.query(query);
  events.texts(query, NO_REPLY, slot);
  events.end(LeaseEventKind.released, context.changes.lastChange);
  return G['tandem-done-release'];
}
