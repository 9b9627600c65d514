/** The leases that a RELEASE or DECLINE names. */
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { LeaseState } from '../../../lease/state.ts';
import type { Context6 } from '../context.ts';
import { NO_STATUS, type Status } from '../reply/status.ts';
import { Fate, type PlannedIa } from './ia-plan.ts';
import { belongsToClient, leaseTypeOf } from './own-leases.ts';

/** What is said of an address or prefix that the client cannot end the lease of. */
export interface Faults {
  readonly unknown: Status;
  readonly others: Status;
  readonly wrongIaid: Status;
}

/**
 * Plans to end what an identity association names, as far as the client has it.
 * @param ia was begun for the identity association that is read
 * @returns how many it names; where the client has none of them, what is wrong with the first is in `ia`
 */
export function planEnds(context: Context6, ia: PlannedIa, faults: Faults): number {
  const { plan, query } = context;
  const { bytes, ias } = query;
  let count = 0;
  ias.rewind();
  for (; ias.nextBinding(); count++) {
    const slot = context.book.table.findByAddress(bytes, ias.addressOffset);
    const fault = faultOf(context, ia, slot, faults);
    if (fault !== NO_STATUS) {
      if (ia.status === NO_STATUS) ia.status = fault;
    } else if (!plan.has(slot)) plan.add(Fate.revoked, slot, bytes, ias.addressOffset, ias.prefixLength);
  }
  // [RFC8415 18.3.7] What is not the client's is passed over where something is.
  if (ia.end > ia.first) ia.status = NO_STATUS;
  return count;
}

function faultOf(context: Context6, ia: PlannedIa, slot: number, faults: Faults): Status {
  const { rows } = context.book.table;
  if (slot === NO_SLOT || rows.state(slot) !== LeaseState.assigned) return faults.unknown;
  if (rows.type(slot) !== leaseTypeOf(ia.code)) return faults.unknown;
  if (!belongsToClient(context, slot)) return faults.others;
  return rows.iaid(slot) === ia.leaseIaid ? NO_STATUS : faults.wrongIaid;
}
