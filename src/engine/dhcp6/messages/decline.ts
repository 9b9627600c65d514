/** DECLINE: the client found addresses in use by somebody; they are kept away from everyone for a while. [RFC8415 18.3.8] */

import { assert } from '../../../base/assert.ts';
import { type ByteRange, copyRange, emptyRange, setRange } from '../../../base/byte-range.ts';
import { IPV6_BYTES } from '../../../base/ipv6.ts';
import { LeaseType } from '../../../lease/dhcp6/model.ts';
import { emptyRecord6, NOBODY } from '../../../lease/dhcp6/record.ts';
import { EventPart, LeaseEventKind } from '../../../lease/events.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../../lease/limits.ts';
import { LeaseState } from '../../../lease/state.ts';
import { clttAfter } from '../../leases/cltt.ts';
import { beginAnswered } from '../../transaction.ts';
import { answerVerdict } from '../answer.ts';
import type { Context6 } from '../context.ts';
import { isAddresses } from '../leases/grant.ts';
import { countDeclined } from '../leases/lease-counts.ts';
import { planEnds } from '../leases/named-leases.ts';
import { tellLease } from '../leases/tell-lease.ts';
import { NO_STATUS, Statuses } from '../reply/status.ts';

const FAULTS = {
  unknown: Statuses.unknownToDecline,
  others: Statuses.othersToDecline,
  wrongIaid: Statuses.wrongIaid,
};

/** A declined address, but for which and for how long. */
const declined = emptyRecord6();
declined.type = LeaseType.na;
declined.state = LeaseState.declined;
setRange(declined.duid, NOBODY, 0, NOBODY.length);
/** Its user context is copied here while its row is rewritten. */
const kept: ByteRange = { bytes: new Uint8Array(USER_CONTEXT_BYTES_MAX), offset: 0, length: 0 };
const range = emptyRange();

/** Serves a DECLINE under the table's lock. Prefixes cannot be declined: what is said of them is passed over. */
export function serveDecline(context: Context6): number {
  const { plan, query } = context;
  const { ias } = query;
  query.rewindIas();
  while (ias.next()) {
    const ia = plan.addIa(ias);
    if (ia === null) break;
    if (!isAddresses(ia)) plan.dropIa();
    else if (planEnds(context, ia, FAULTS) === 0) ia.status = Statuses.noAddressToDecline;
    else if (ia.status === NO_STATUS) ia.status = Statuses.declined;
  }
  return answerVerdict(context, NO_STATUS, decline);
}

function decline(context: Context6): void {
  const { book, changes, events, nowSec, plan, query, settings } = context;
  const { rows } = book.table;
  beginAnswered(context);
  events.begin();
  for (let i = 0; i < plan.bindingCount; i++) {
    const { address, slot } = plan.bindings[i]!;
    events.lease(EventPart.former, slot);
    context.dns?.remove(book, slot);
    // A lease of no seconds is a deletion in the lease file.
    const probationSec = Math.max(1, settings.declineProbationSec);
    setRange(declined.address, address, 0, IPV6_BYTES);
    declined.validLifetimeSec = probationSec;
    declined.expireSec = clttAfter(rows.clttSec(slot), nowSec, false) + probationSec;
    // The lease stays in its subnet, wherever the query comes from.
    declined.subnetId = rows.subnetId(slot);
    declined.poolId = rows.poolId(slot);
    // [Kea] Which identity association it was of is kept of the client.
    declined.iaid = rows.iaid(slot);
    writeDeclined(context, slot);
    changes.put(slot, i === plan.bindingCount - 1);
    tellLease(context, EventPart.lease, slot);
    countDeclined(context, slot);
  }
  events.query(query);
  events.end(LeaseEventKind.declined, changes.lastChange);
}

/** [Kea] What the lease has kept of relays says where the address was found in use. */
function writeDeclined({ book, nowSec }: Context6, slot: number): void {
  book.table.rows.contextRange(slot, range);
  copyRange(kept, range);
  setRange(declined.userContext, kept.bytes, 0, range.length);
  if (book.write(declined, nowSec) !== NO_SLOT) return;
  declined.userContext.length = 0;
  assert(book.write(declined, nowSec) === slot, 'nobody needs no memory');
}
