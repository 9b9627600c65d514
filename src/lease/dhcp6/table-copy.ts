/** Moves a whole DHCPv6 lease table into other memory, because it has become too small. */
import { assert } from '../../base/assert.ts';
import { emptyRange } from '../../base/byte-range.ts';
import { NO_SLOT } from '../hash-chain.ts';
import { NO_OFFER, OfferQueue } from '../offers.ts';
import type { LeaseTableMemory6 } from './layout.ts';
import { offerOf, rowOnOffer } from './offer.ts';
import { emptyRecord6, type LeaseRecord6 } from './record.ts';
import type { LeaseRows6 } from './rows.ts';
import { LeaseTable6 } from './table.ts';

/**
 * Writes every row of a table into an empty one, with all that is known of it: also what is on offer, and which changes
 * are not known to be safe yet. Nobody may write to either meanwhile.
 * @returns false when the other table has no room for all of them
 */
export function copyLeaseTable6(from: LeaseTableMemory6, to: LeaseTableMemory6): boolean {
  const source = new LeaseTable6(from);
  const target = new LeaseTable6(to);
  assert(target.highWater() === 0, 'rows are copied into an empty table');
  const record = emptyRecord6();
  for (let slot = 0; slot < source.highWater(); slot++) {
    if (source.rows.isFree(slot)) continue;
    const copy = target.insert(source.rows.bytes, source.rows.addressOffset(slot));
    readClient(source.rows, slot, record);
    if (copy === NO_SLOT || !target.setClient(copy, record)) return false;
    copyFields(source.rows, slot, target.rows, copy);
  }
  target.takeOrder(source);
  copyOffers(from, source, to, target);
  return true;
}

/** Fills in what `LeaseTable6.setClient` takes; valid until the row changes. */
export function readClient(rows: LeaseRows6, slot: number, out: LeaseRecord6): void {
  out.type = rows.type(slot);
  out.prefixLength = rows.prefixLength(slot);
  out.iaid = rows.iaid(slot);
  out.hwType = rows.hwType(slot);
  out.hwSource = rows.hwSource(slot);
  rows.duidRange(slot, out.duid);
  rows.hwRange(slot, out.hw);
  rows.hostNameRange(slot, out.hostname);
  rows.contextRange(slot, out.userContext);
}

function copyFields(rows: LeaseRows6, slot: number, to: LeaseRows6, copy: number): void {
  to.setState(copy, rows.state(slot));
  to.setFlags(copy, rows.flags(slot));
  to.setTimes(copy, rows.clttSec(slot), rows.preferredLifetimeSec(slot), rows.validLifetimeSec(slot));
  to.setPlace(copy, rows.subnetId(slot), rows.poolId(slot));
  to.setUnsettled(copy, rows.unsettledChange(slot));
}

/** The queue holds slots, which are others in the target; offers that are none any more stay behind. */
function copyOffers(
  from: LeaseTableMemory6,
  source: LeaseTable6,
  to: LeaseTableMemory6,
  target: LeaseTable6,
): void {
  const offers = new OfferQueue({ control: from.control.slice(0), offers: from.offers });
  const copies = new OfferQueue(to);
  const address = emptyRange();
  for (let offer = offers.pop(); offer !== NO_OFFER; offer = offers.pop()) {
    const slot = rowOnOffer(source.rows, offer);
    if (slot === NO_SLOT) continue;
    source.rows.addressRange(slot, address);
    const copy = target.findByAddress(address.bytes, address.offset);
    target.rows.setOfferMark(copy, source.rows.offerMark(slot));
    copies.push(offerOf(target.rows, copy));
  }
}
