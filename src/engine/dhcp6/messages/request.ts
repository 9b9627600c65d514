/** REQUEST, RENEW and REBIND: leases are given, and go on. [RFC8415 18.3.2] [RFC8415 18.3.4] [RFC8415 18.3.5] */
import { OptionCode } from '../../../dhcp6/codes.ts';
import { answerExtension, answerGrant } from '../answer.ts';
import type { Context6 } from '../context.ts';
import { planExtensions } from '../leases/extend.ts';
import { planGrants } from '../leases/grant.ts';
import { G6 } from '../statistics.ts';

/** Serves a REQUEST under the table's lock. */
export function serveRequest(context: Context6): number {
  planGrants(context, true);
  return answerGrant(context, false);
}

/** Serves a RENEW under the table's lock. */
export function serveRenew(context: Context6): number {
  planExtensions(context);
  return answerExtension(context);
}

/** Serves a REBIND under the table's lock. [RFC8415 18.3.5] Of prefixes of a link that it does not know a server says nothing. */
export function serveRebind(context: Context6): number {
  if (context.subnet === null && hasPrefixes(context)) return G6['tandem-drop-no-subnet'];
  planExtensions(context);
  return answerExtension(context);
}

function hasPrefixes({ query }: Context6): boolean {
  query.rewindIas();
  while (query.ias.next()) if (query.ias.code === OptionCode.iaPd) return true;
  return false;
}
