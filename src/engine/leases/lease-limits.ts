/**
 * How many leases the subnets and classes of DHCPv4 may have, see lease-limits-base.ts. [Kea] A lease that its client has already is
 * prolonged whatever the counts.
 */
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LimitedKind } from '../../lease/limited-counts.ts';
import type { Context } from '../context.ts';
import { LeaseLimitsBase } from './lease-limits-base.ts';

export class LeaseLimits extends LeaseLimitsBase {
  /**
   * Whether the client of the query may not be given an address that is no lease of its own: with the lease that it would give up
   * for it, and with the one that is over at the address, its subnet and its classes would exceed their limits.
   * @param mine the client's row, or NO_SLOT
   */
  isOver({ book, query, subnet }: Context, address: number, mine: number): boolean {
    const counts = book.limited(LimitedKind.addresses);
    if (counts === null) return false;
    const there = book.table.findByAddress(address);
    const other = there === mine ? NO_SLOT : there;
    if (mine !== NO_SLOT) book.countOut(mine);
    if (other !== NO_SLOT) book.countOut(other);
    const isOver = this.isOneTooMany(LimitedKind.addresses, counts, subnet!, query.classes, 0, 0);
    if (other !== NO_SLOT) book.countIn(other);
    if (mine !== NO_SLOT) book.countIn(mine);
    return isOver;
  }
}
