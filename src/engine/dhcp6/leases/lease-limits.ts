/**
 * How many leases the subnets and classes of DHCPv6 may have, addresses and prefixes apart; see ../../leases/lease-limits-base.ts.
 * [Kea] Leases that a client has already go on whatever the counts. The identity associations of a message are counted one after the
 * other, but for those that are only advertised something.
 */
import { emptyRange } from '../../../base/byte-range.ts';
import type { LeaseBook6 } from '../../../lease/dhcp6/book.ts';
import { LeaseType } from '../../../lease/dhcp6/model.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { LimitedKind } from '../../../lease/limited-counts.ts';
import { LeaseState } from '../../../lease/state.ts';
import { LeaseLimitsBase } from '../../leases/lease-limits-base.ts';
import type { CompiledSubnet6 } from '../compiled/compiled.ts';
import type { Context6 } from '../context.ts';
import { G6 } from '../statistics.ts';
import { type Binding, Fate } from './ia-plan.ts';

export class LeaseLimits6 extends LeaseLimitsBase {
  readonly #context = emptyRange();
  #isFinal = false;

  /**
   * Goes over to the next message. Pre: its client has the classes that its leases are to name.
   * @param isFinal what is planned becomes leases
   */
  begin({ query }: Context6, isFinal: boolean): void {
    this.#isFinal = isFinal;
    this.classes.read(query.classes);
  }

  /**
   * Whether a lease more, of this type and subnet, is one too many: with those that the message in work gives before it, without
   * those that it ends, and without the one that is over at the same address.
   * @param former the row at the address, or NO_SLOT
   */
  isOver({ book, plan, query }: Context6, type: number, subnet: CompiledSubnet6, former: number): boolean {
    const kind = type === LeaseType.pd ? LimitedKind.prefixes : LimitedKind.addresses;
    const counts = book.limited(kind);
    if (counts === null) return false;
    let inSubnet = 0;
    let ofClient = 0;
    for (let i = 0; i < plan.bindingCount; i++) {
      const binding = plan.bindings[i]!;
      if (binding.fate === Fate.revoked) book.countOut(binding.slot);
      else if (this.#isToCome(book, binding, type)) {
        ofClient++;
        if (binding.subnet === subnet) inSubnet++;
      }
    }
    if (former !== NO_SLOT) book.countOut(former);
    const isOver = this.isOneTooMany(kind, counts, subnet, query.classes, inSubnet, ofClient);
    if (former !== NO_SLOT) book.countIn(former);
    for (let i = 0; i < plan.bindingCount; i++) {
      const { fate, slot } = plan.bindings[i]!;
      if (fate === Fate.revoked) book.countIn(slot);
    }
    return isOver;
  }

  /** Whether what was planned will be a lease of this type that is not counted yet. */
  #isToCome({ table }: LeaseBook6, { fate, slot }: Binding, type: number): boolean {
    if (!this.#isFinal || fate === Fate.refused) return false;
    return table.rows.type(slot) === type && table.rows.state(slot) !== LeaseState.assigned;
  }

  /**
   * Writes the classes of the client into a row.
   * @returns false when there is no memory for them: then the row is as it was
   */
  keepClasses({ book }: Context6, slot: number): boolean {
    const context = this.#context;
    book.table.rows.contextRange(slot, context);
    if (this.classes.areIn(context)) return true;
    const made = this.classes.putInto(context);
    if (made === context || book.table.setUserContext(slot, made)) return true;
    book.recallOffers(slot);
    return book.table.setUserContext(slot, made);
  }

  /** Writes them into the row of a lease that goes on; one that names its former classes is better than none. */
  renewClasses(context: Context6, slot: number): void {
    if (!this.keepClasses(context, slot)) context.statistics.add(G6['tandem-lease-classes-lost']);
  }
}
