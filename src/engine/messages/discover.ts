/**
 * DHCPDISCOVER: offers an address and keeps it for the client for a short while. Nothing is stored, unless the subnet has
 * an offer lifetime. [RFC2131 4.3.1]
 */
import { MessageType } from '../../dhcp4/codes.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { NO_ADDRESS } from '../../lease/pool.ts';
import { LeaseState } from '../../lease/state.ts';
import { answerWithLease } from '../answer.ts';
import { type Context, Outcome } from '../context.ts';
import { G } from '../figures/statistics.ts';
import { leaseTimeAt } from '../leases/adaptive-time.ts';
import { countFailure, enterPool, takeAddress, takeAnyAddress } from '../leases/allocate.ts';
import { belongsToClient, findClientRow } from '../leases/client-lease.ts';
import { countAssigned, countConflict } from '../leases/lease-counts.ts';
import { setTimes } from '../leases/lifetimes.ts';
import { abandonRow, rowFor, writeClient, writeTerms } from '../leases/write-lease.ts';
import { enterReserved, isKeptFromClient, NOT_RESERVED } from '../subnets/reserved.ts';
import { beginUnshared, endSilent, roomForChange } from '../transaction.ts';

/** Serves a DISCOVER under the table's lock. */
export function serveDiscover(context: Context): number {
  const { times } = context;
  if (context.subnet === null) return G['tandem-drop-no-subnet'];
  context.pinged = 0;
  const address = offeredAddress(context);
  if (address < 0) return -address;
  // The subnet may be another one of the network by now.
  const { subnet } = context;
  setTimes(times, leaseTimeAt(context, subnet, address), subnet.timers);
  const outcome = context.pinged === 0 ? Outcome.send : Outcome.check;
  return answerWithLease(context, MessageType.offer, address, outcome);
}

/** The address to offer, or the negated cell of the reason why there is none. */
function offeredAddress(context: Context): number {
  const { book, nowSec } = context;
  const mine = findClientRow(context);
  const reserved = enterReserved(context);
  if (reserved !== NOT_RESERVED) {
    const slot = book.table.findByAddress(reserved);
    if (slot === NO_SLOT || !book.isLive(slot, nowSec)) {
      book.hold(reserved);
      return offer(context, reserved, mine);
    }
    if (isOwn(context, slot, mine)) return offerAgain(context, slot);
    countConflict(context);
  }
  if (mine !== NO_SLOT && book.isLive(mine, nowSec)) {
    const address = book.table.rows.address(mine);
    if (!isKeptFromClient(context, address) && enterPool(context, address)) return offerAgain(context, mine);
  }
  const address = candidate(context, mine);
  return address === NO_ADDRESS ? -G['tandem-drop-no-address'] : offer(context, address, mine);
}

/** Whether the lease would be one too many. [Kea] Then there is none of another subnet either. */
function isOverLimit(context: Context, address: number, mine: number): boolean {
  const { leaseLimits } = context;
  if (leaseLimits === null || !leaseLimits.isOver(context, address, mine)) return false;
  countFailure(context, context.subnet!);
  return true;
}

/** Has the address checked before the offer leaves, where that is wanted. Its row is as it was. */
function checkFirst(context: Context, address: number, mine: number): void {
  if (context.pingRules?.mustCheck(context, address, mine) === true) context.pinged = address;
}

/** Whether a live row is the client's lease, or was offered to it. */
function isOwn(context: Context, slot: number, mine: number): boolean {
  if (slot === mine) return true;
  return context.book.table.rows.state(slot) === LeaseState.offered && belongsToClient(context, slot);
}

/**
 * Offers an address that is held now. Where the subnet has an offer lifetime, the offer is a lease of so many seconds:
 * it stands in the lease file, but as in Kea no peer hears of it.
 * @param mine the client's former row
 */
function offer(context: Context, address: number, mine: number): number {
  const { book } = context;
  if (isOverLimit(context, address, mine)) {
    book.release(address);
    return -G['tandem-drop-lease-limit'];
  }
  checkFirst(context, address, mine);
  const leaseSec = context.subnet!.offerLifetimeSec;
  const room = leaseSec > 0 ? roomForChange(context) : 0;
  if (room !== 0) {
    book.release(address);
    return -room;
  }
  const slot = rowFor(context, address);
  if (slot === NO_SLOT) return -G['tandem-drop-table-full'];
  if (!writeOffered(context, slot, slot === mine)) {
    abandonRow(context, slot);
    return -G['tandem-drop-table-full'];
  }
  if (leaseSec > 0) recordOffer(context, slot, leaseSec, slot !== mine);
  else {
    writeTerms(context, slot, LeaseState.offered, context.settings.offerHoldSec, slot !== mine);
    book.pushOffer(address);
  }
  return address;
}

function recordOffer(context: Context, slot: number, leaseSec: number, changesHands: boolean): void {
  writeTerms(context, slot, LeaseState.assigned, leaseSec, changesHands);
  context.book.countIn(slot);
  countAssigned(context, context.subnet!.id, context.book.table.rows.address(slot));
  beginUnshared(context);
  context.changes.put(slot, true);
  endSilent(context);
}

/** The client's own live row: its lease is offered as it is, what it was offered before is kept for it from now on. */
function offerAgain(context: Context, slot: number): number {
  const { rows } = context.book.table;
  const address = rows.address(slot);
  if (rows.state(slot) !== LeaseState.offered) return address;
  if (isOverLimit(context, address, slot)) return -G['tandem-drop-lease-limit'];
  checkFirst(context, address, slot);
  if (!writeOffered(context, slot, true)) return -G['tandem-drop-table-full'];
  writeTerms(context, slot, LeaseState.offered, context.settings.offerHoldSec, false);
  return address;
}

/** Writes the client into a row; when its identifiers find no memory, the oldest offers give back theirs. */
function writeOffered(context: Context, slot: number, isSameClient: boolean): boolean {
  if (writeClient(context, slot, isSameClient)) return true;
  context.book.recallOffers(context.book.table.rows.address(slot));
  return writeClient(context, slot, isSameClient);
}

/** Takes an address: the client's former one, the one it asks for, or the next free one. */
function candidate(context: Context, former: number): number {
  const { book, query } = context;
  if (former !== NO_SLOT && !book.isLive(former, context.nowSec)) {
    const address = book.table.rows.address(former);
    if (takeAddress(context, address)) return address;
  }
  const wanted = query.requestedAddress();
  if (wanted !== 0 && takeAddress(context, wanted)) return wanted;
  return takeAnyAddress(context);
}
