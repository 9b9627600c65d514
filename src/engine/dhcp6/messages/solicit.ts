/** SOLICIT: what the client may have, or with rapid commit what it has from now on. [RFC8415 18.3.1] */
import { Present } from '../../../dhcp6/descriptor.ts';
import { answerAdvertise, answerGrant } from '../answer.ts';
import type { Context6 } from '../context.ts';
import { planGrants } from '../leases/grant.ts';

/** Serves a SOLICIT under the table's lock. */
export function serveSolicit(context: Context6): number {
  const { query, subnet } = context;
  const isRapid = subnet?.config.rapidCommit === true && query.has(Present.rapidCommit);
  planGrants(context, isRapid);
  return isRapid ? answerGrant(context, true) : answerAdvertise(context);
}
