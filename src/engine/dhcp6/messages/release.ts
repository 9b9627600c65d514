/** RELEASE: the client gives leases back. [RFC8415 18.3.7] */
import { answerVerdict } from '../answer.ts';
import type { Context6 } from '../context.ts';
import { release } from '../leases/carry-out.ts';
import { isAddresses } from '../leases/grant.ts';
import { planEnds } from '../leases/named-leases.ts';
import { NO_STATUS, Statuses } from '../reply/status.ts';

const FAULTS = {
  unknown: Statuses.nothingToRelease,
  others: Statuses.othersToRelease,
  wrongIaid: Statuses.wrongIaid,
};

const summary = { code: 0, text: Statuses.summary.text };

/** Serves a RELEASE under the table's lock. */
export function serveRelease(context: Context6): number {
  const { plan, query } = context;
  const { ias } = query;
  summary.code = Statuses.summary.code;
  query.rewindIas();
  while (ias.next()) {
    const ia = plan.addIa(ias);
    if (ia === null) break;
    const count = planEnds(context, ia, FAULTS);
    if (count === 0) ia.status = isAddresses(ia) ? Statuses.noAddressToRelease : Statuses.noPrefixToRelease;
    // [Kea] The code of the last that failed stands for all.
    if (ia.status === NO_STATUS) ia.status = Statuses.released;
    else summary.code = ia.status.code;
  }
  return answerVerdict(context, summary, release);
}
