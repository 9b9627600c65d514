/** Takes an address or prefix for an identity association: its row is made, on offer until the message is done. */
import { clearRange, emptyRange, setRange } from '../../../base/byte-range.ts';
import { IPV6_BYTES } from '../../../base/ipv6.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { LeaseState } from '../../../lease/state.ts';
import { clttAfter } from '../../leases/cltt.ts';
import type { CompiledPool6, CompiledSubnet6 } from '../compiled/compiled.ts';
import type { Context6 } from '../context.ts';
import { type Binding, Fate, type PlannedIa } from './ia-plan.ts';
import { countTakeover } from './lease-counts.ts';
import { leaseTypeOf } from './own-leases.ts';

const NOTHING = emptyRange();

/** Where a lease comes from. */
export interface Source {
  readonly subnet: CompiledSubnet6;
  /** Null = it is reserved for the client, and in no pool. */
  readonly pool: CompiledPool6 | null;
  /** Payload of option 67, or null. */
  readonly excluded: Uint8Array | null;
}

/**
 * Whether an address, or the prefix that begins with it, is somebody's: by a lease that is not over, or by one that the message
 * in work has to do with.
 */
export function isHeld({ book, nowSec, plan }: Context6, bytes: Uint8Array, offset: number): boolean {
  const slot = book.table.findByAddress(bytes, offset);
  return slot !== NO_SLOT && (book.isLive(slot, nowSec) || plan.has(slot));
}

/**
 * Whether one lease more is one too many for a subnet or for a class of the client, which the identity association notes.
 * @param former the row at the address that it would have, or NO_SLOT
 */
export function isOverLimit(
  context: Context6,
  ia: PlannedIa,
  subnet: CompiledSubnet6,
  former: number,
): boolean {
  const { leaseLimits } = context;
  if (leaseLimits === null) return false;
  ia.isOverLimit = leaseLimits.isOver(context, leaseTypeOf(ia.code), subnet, former);
  return ia.isOverLimit;
}

/**
 * Takes an address or prefix that is not held.
 * @param bytes not those of the lease table
 * @returns null when there is no room for it: in the plan; in the table, which the plan notes; or within the limits of leases,
 *   which the identity association notes
 */
export function occupy(
  context: Context6,
  ia: PlannedIa,
  { subnet, pool, excluded }: Source,
  bytes: Uint8Array,
  offset: number,
  prefixLength: number,
): Binding | null {
  const { book, plan, nowSec } = context;
  if (!plan.hasRoom) return null;
  const former = book.table.findByAddress(bytes, offset);
  if (isOverLimit(context, ia, subnet, former)) return null;
  const formerSec = former === NO_SLOT ? 0 : book.table.rows.clttSec(former);
  if (former !== NO_SLOT) {
    context.dns?.remove(book, former);
    countTakeover(context, former);
  }
  fillRecord(context, ia, clttAfter(formerSec, nowSec, true));
  const { record } = context;
  setRange(record.address, bytes, offset, IPV6_BYTES);
  record.prefixLength = prefixLength;
  record.subnetId = subnet.id;
  record.poolId = pool?.poolId ?? 0;
  let slot = book.write(record, nowSec);
  // Offers make way, for there may be more of them than the table has room for.
  if (slot === NO_SLOT && pool !== null && book.recallOffer(pool.index)) slot = book.write(record, nowSec);
  if (slot === NO_SLOT) {
    plan.isOutOfMemory = true;
    return null;
  }
  // The row may have been on offer to somebody else.
  book.table.rows.setOfferMark(slot, 0);
  const binding = plan.add(Fate.granted, slot, bytes, offset, prefixLength)!;
  binding.subnet = subnet;
  binding.pool = pool;
  binding.excluded = excluded;
  return binding;
}

/** The client of the query, with an offer. */
function fillRecord(context: Context6, ia: PlannedIa, clttSec: number): void {
  const { leaseLimits, record, settings } = context;
  fillClient(context, ia);
  record.preferredLifetimeSec = settings.offerHoldSec;
  record.validLifetimeSec = settings.offerHoldSec;
  record.expireSec = clttSec + settings.offerHoldSec;
  record.state = LeaseState.offered;
  if (leaseLimits === null) return;
  const { bytes, length, offset } = leaseLimits.classes.putInto(NOTHING);
  setRange(record.userContext, bytes, offset, length);
}

/** Makes the record that is written next one of an identity association of the client of the query. */
export function fillClient({ hardware, query, record }: Context6, { code, leaseIaid }: PlannedIa): void {
  const { duid } = query;
  const { address } = hardware;
  record.type = leaseTypeOf(code);
  setRange(record.duid, duid.bytes, duid.offset, duid.length);
  record.iaid = leaseIaid;
  setRange(record.hw, address.bytes, address.offset, address.length);
  record.hwType = hardware.type;
  record.hwSource = hardware.source;
  clearRange(record.userContext);
}
