/** Gives a lease the name of its client, and notes what DNS is to hear of it: the former name goes, the new one comes. */
import { emptyRange, equalRanges } from '../../../base/byte-range.ts';
import { LeaseType } from '../../../lease/dhcp6/model.ts';
import { RowFlag } from '../../../lease/row-flag.ts';
import { LeaseState } from '../../../lease/state.ts';
import type { Context6 } from '../context.ts';
import type { Binding } from '../leases/ia-plan.ts';
import { G6 } from '../statistics.ts';

const FQDN_FLAGS = RowFlag.fqdnFwd | RowFlag.fqdnRev;
const former = emptyRange();

/**
 * Writes the name of the client in work into the row of a lease that it gets or keeps. Pre: the row stands as it was.
 * [Kea] One message tells DNS of one address: of the first whose name is news.
 * @returns the flags of the row, bits of `RowFlag`
 */
export function nameLease(context: Context6, { pool, slot, subnet }: Binding): number {
  const { book, dns, names } = context;
  const { rows } = book.table;
  const before = rows.flags(slot);
  const name = names.nameOf(slot);
  rows.hostNameRange(slot, former);
  const isSameName = equalRanges(former, name);
  const state = rows.state(slot);
  const isLease = state === LeaseState.assigned || state === LeaseState.registered;
  const isKept = isLease && hasItsName(context, slot);
  const canTell =
    dns !== null && !names.isTold && rows.type(slot) === LeaseType.na && name.length > 0 && names.flags !== 0;
  const renews = canTell && (pool?.names ?? subnet!.names).updateOnRenew;
  if (dns !== null && (!isKept || renews)) dns.remove(book, slot);
  if (!isSameName && !putName(context, slot)) return 0;
  const isNews = !isKept || renews || (before & RowFlag.dnsPending) !== 0;
  if (!canTell || !isNews) return names.flags;
  names.isTold = true;
  return names.flags | RowFlag.dnsPending;
}

/** Whether a row has the name that its client is to have now, and DNS is to be told the same of it. */
export function hasItsName({ book, names }: Context6, slot: number): boolean {
  const { rows } = book.table;
  rows.hostNameRange(slot, former);
  return equalRanges(former, names.nameOf(slot)) && (rows.flags(slot) & FQDN_FLAGS) === names.flags;
}

/** A lease without its name is better than none. @returns false when there is no memory for the name, which is counted */
function putName({ book, names, statistics }: Context6, slot: number): boolean {
  const name = names.nameOf(slot);
  if (book.table.setHostName(slot, name)) return true;
  book.recallOffers(slot);
  if (book.table.setHostName(slot, name)) return true;
  statistics.add(G6['tandem-host-name-lost']);
  return false;
}
