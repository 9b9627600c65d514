/**
 * DHCPREQUEST in its four forms. [RFC2131 4.3.2]
 *
 *                  option 54   option 50   ciaddr
 *     SELECTING       yes         yes        0
 *     INIT-REBOOT     no          yes        0
 *     RENEWING        no          no         the client's address, unicast
 *     REBINDING       no          no         the client's address, broadcast or relayed
 */
import { MessageType } from '../../dhcp4/codes.ts';
import { Present } from '../../dhcp4/descriptor.ts';
import { EventPart, LeaseEventKind } from '../../lease/events.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { NO_ADDRESS } from '../../lease/pool.ts';
import { INFINITE_LIFETIME_SEC, LeaseState } from '../../lease/state.ts';
import { answerNak, answerWithLease } from '../answer.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import { type Context, Outcome } from '../context.ts';
import { G, S } from '../figures/statistics.ts';
import { leaseTimeAt } from '../leases/adaptive-time.ts';
import { enterPool, takeAnyAddress } from '../leases/allocate.ts';
import { belongsToClient, findClientRow, findKnownRow, homeOf } from '../leases/client-lease.ts';
import { isFresh } from '../leases/lease-cache.ts';
import { countAssigned, countUnassigned } from '../leases/lease-counts.ts';
import { NO_REPLY } from '../leases/lease-events.ts';
import { setTimes } from '../leases/lifetimes.ts';
import { abandonRow, isClientUnchanged, rowFor, writeClient, writeTerms } from '../leases/write-lease.ts';
import { namesAt } from '../names/name-client.ts';
import { enterSubnet } from '../subnets/enter-subnet.ts';
import { enterReserved, isKeptFromClient, NOT_RESERVED } from '../subnets/reserved.ts';
import { beginAnswered, beginSilent, endSilent, roomForChange } from '../transaction.ts';

/** Serves a REQUEST under the table's lock. */
export function serveRequest(context: Context): number {
  const { subnet, query } = context;
  if (subnet === null) return withoutSubnet(context);
  const isInitReboot = !query.has(Present.serverIdentifier) && query.has(Present.requestedAddress);
  if (isInitReboot) {
    const refusal = refuseInitReboot(context, subnet);
    if (refusal !== GO_ON) return refusal;
  }
  const mine = findClientRow(context);
  const room = roomForChange(context);
  if (room !== 0) return room;
  return grant(context, mine);
}

/** A client that moved to a network nobody told us of: silence where another server may know better, else NAK. */
function withoutSubnet(context: Context): number {
  const { query } = context;
  const hasServer = query.has(Present.serverIdentifier);
  const hasAddress = query.has(Present.requestedAddress);
  const isRebinding = !hasServer && !hasAddress && query.ciaddr !== 0 && query.socket.broadcast;
  const isInitReboot = !hasServer && hasAddress;
  if (isRebinding || (isInitReboot && !context.settings.authoritative)) return G['tandem-drop-no-subnet'];
  return answerNak(context);
}

/** No outcome yet. */
const GO_ON = -3;

/** [RFC2131 4.3.2] INIT-REBOOT: only a known client that asks for its own address may go on. */
function refuseInitReboot(context: Context, subnet: CompiledSubnet): number {
  const known = findKnownRow(context);
  if (known === NO_SLOT)
    return subnet.config.authoritative ? answerNak(context) : G['tandem-drop-unknown-client'];
  const address = context.book.table.rows.address(known);
  return address === context.query.requestedAddress() ? GO_ON : answerNak(context);
}

/** Gives the client the address it asks for, or its own, or any; or refuses. */
function grant(context: Context, mine: number): number {
  const { book, query, nowSec } = context;
  const wanted = query.requestedAddress();
  if (wanted !== 0 && isKeptFromClient(context, wanted)) return answerNak(context);
  const reserved = enterReserved(context);
  const address = wanted !== 0 ? wanted : reserved !== NOT_RESERVED ? reserved : ownAddress(context, mine);
  if (address === NO_ADDRESS) return grantAny(context);

  const { rows } = book.table;
  const slot = book.table.findByAddress(address);
  const isMine = slot !== NO_SLOT && belongsToClient(context, slot);
  const isLive = slot !== NO_SLOT && book.isLive(slot, nowSec);
  const isBlocked = slot !== NO_SLOT && rows.state(slot) === LeaseState.declined;
  if (isLive && (isBlocked || !isMine || !mayHave(context, slot, mine))) return answerNak(context);
  if (address !== reserved) {
    // The client gets its own address with the next DISCOVER, unless somebody else has it.
    if (reserved !== NOT_RESERVED && isFree(context, reserved)) return answerNak(context);
    if (!enterPool(context, address))
      return book.pools.blockOf(address) >= 0 ? answerNak(context) : G['tandem-drop-address-unmanaged'];
  }
  const isLeased = isLive && rows.state(slot) === LeaseState.assigned;
  if (!isLeased && isOverLimit(context, address, mine)) return refuseOverLimit(context);
  if (isLive) return renew(context, slot, mine);
  book.hold(address);
  const row = rowFor(context, address);
  return row === NO_SLOT ? G['tandem-drop-table-full'] : commit(context, row, mine, isMine);
}

/**
 * Whether a client may have one of its live rows: what it was offered, its lease, or one of a subnet that is none of here any
 * more. [Kea] Another one of its hardware address is not its lease, and as long as that is live nobody can have it.
 */
function mayHave(context: Context, slot: number, mine: number): boolean {
  if (slot === mine || context.book.table.rows.state(slot) === LeaseState.offered) return true;
  return homeOf(context, context.subnet!, slot) === null;
}

/** The address of the client's row, live or over, as long as it can have it; else NO_ADDRESS. */
function ownAddress(context: Context, mine: number): number {
  if (mine === NO_SLOT) return NO_ADDRESS;
  const address = context.book.table.rows.address(mine);
  return !isKeptFromClient(context, address) && enterPool(context, address) ? address : NO_ADDRESS;
}

/** Whether no lease is in the way of an address; an offer is none. */
function isFree({ book, nowSec }: Context, address: number): boolean {
  const slot = book.table.findByAddress(address);
  if (slot === NO_SLOT || !book.isLive(slot, nowSec)) return true;
  return book.table.rows.state(slot) === LeaseState.offered;
}

function grantAny(context: Context): number {
  const address = takeAnyAddress(context);
  if (address === NO_ADDRESS) return answerNak(context);
  const { subnet } = context;
  // Only now: the client's own offer may be one of those that were taken back.
  const mine = findClientRow(context);
  enterSubnet(context, subnet);
  if (isOverLimit(context, address, mine)) {
    context.book.release(address);
    return refuseOverLimit(context);
  }
  const slot = rowFor(context, address);
  return slot === NO_SLOT ? G['tandem-drop-table-full'] : commit(context, slot, mine, false);
}

/** Whether the lease would be one too many for its subnet or one of its classes. */
function isOverLimit(context: Context, address: number, mine: number): boolean {
  return context.leaseLimits?.isOver(context, address, mine) === true;
}

function refuseOverLimit(context: Context): number {
  context.statistics.add(G['tandem-nak-lease-limit']);
  return answerNak(context);
}

/** The client's own live row: a reuse without a write where the configuration allows it, else a renewal. */
function renew(context: Context, slot: number, mine: number): number {
  const { rows } = context.book.table;
  const subnet = context.subnet!;
  const granted = leaseTimeAt(context, subnet, rows.address(slot));
  if (rows.state(slot) === LeaseState.assigned && isReusable(context, subnet, slot, granted)) {
    const remaining = granted === INFINITE_LIFETIME_SEC ? granted : rows.expireSec(slot) - context.nowSec;
    setTimes(context.times, remaining, subnet.timers);
    context.statistics.add(G['v4-lease-reuses']);
    context.statistics.addSubnet(subnet.index, S['v4-lease-reuses']);
    return answerWithLease(context, MessageType.ack, rows.address(slot), Outcome.send);
  }
  return commit(context, slot, mine, true);
}

/** Kea's lease caching: nothing about the lease would change but a time that is still fresh. */
function isReusable(context: Context, subnet: CompiledSubnet, slot: number, granted: number): boolean {
  const { cacheThreshold, cacheMaxAgeSec } = subnet.caching;
  const { rows } = context.book.table;
  const valid = rows.validLifetimeSec(slot);
  // An ACK tells that the lease is on disk and with the partner: a client that asks again does not change that.
  if (rows.unsettledChange(slot) !== 0 || context.policy.reusesLeases === 0) return false;
  if (valid !== granted || rows.subnetId(slot) !== subnet.id || !isClientUnchanged(context, slot))
    return false;
  // The name is to be told again with each renewal, and with the lease's new end.
  const isNamed = context.dns !== null && context.names.flags !== 0;
  if (isNamed && namesAt(subnet, rows.address(slot)).updateOnRenew) return false;
  return isFresh(cacheThreshold, cacheMaxAgeSec, valid, context.nowSec - rows.clttSec(slot));
}

/** Writes the lease, records it, and answers once it is safe. */
function commit(context: Context, slot: number, mine: number, isSameClient: boolean): number {
  const { book, changes, events, query } = context;
  const subnet = context.subnet!;
  const { rows } = book.table;
  const wasAssigned = rows.state(slot) === LeaseState.assigned && isSameClient;
  const formerSubnetId = rows.subnetId(slot);
  events.begin();
  events.lease(EventPart.former, slot);
  book.countOut(slot);
  if (!writeClient(context, slot, isSameClient)) {
    book.countIn(slot);
    if (!book.isLive(slot, context.nowSec)) abandonRow(context, slot);
    return G['tandem-drop-table-full'];
  }
  const granted = leaseTimeAt(context, subnet, rows.address(slot));
  writeTerms(context, slot, LeaseState.assigned, granted, !isSameClient);
  book.countIn(slot);
  const address = rows.address(slot);
  if (!wasAssigned) countAssigned(context, subnet.id, address);
  else if (formerSubnetId !== subnet.id) {
    countUnassigned(context, formerSubnetId, address);
    countAssigned(context, subnet.id, address);
  }
  setTimes(context.times, granted, subnet.timers);

  const outcome = answerWithLease(context, MessageType.ack, address, Outcome.park);
  const isAnswered = outcome === Outcome.park;
  // A reply that cannot be sent leaves nobody to wait: the lease is recorded all the same.
  if (isAnswered) beginAnswered(context);
  else beginSilent(context);
  if (mine !== NO_SLOT && mine !== slot) removeFormer(context, mine);
  changes.put(slot, true);
  if (!isAnswered) endSilent(context);
  events.lease(EventPart.lease, slot);
  events.query(query);
  events.texts(query, isAnswered ? context.slot : NO_REPLY, slot);
  events.end(wasAssigned ? LeaseEventKind.renewed : LeaseEventKind.granted, changes.lastChange);
  return outcome;
}

/** A client has one lease in a subnet, and in a network: the one it had before goes. */
function removeFormer(context: Context, slot: number): void {
  const { book, changes, events } = context;
  const { rows } = book.table;
  const state = rows.state(slot);
  events.lease(EventPart.replaced, slot);
  if (context.dns !== null) context.dns.remove(book, slot);
  if (state !== LeaseState.offered) changes.drop(slot, false);
  if (state === LeaseState.assigned) countUnassigned(context, rows.subnetId(slot), rows.address(slot));
  book.remove(slot);
}
