/**
 * Leases as the commands answer them:
 *
 *     { client-id?, cltt, fqdn-fwd, fqdn-rev, hostname, hw-address, ip-address, pool-id?, state, subnet-id,
 *       user-context?, valid-lft }
 *
 * Kea's synchronization skips a lease that it cannot read, and stops when it is the last of a page; so everything that
 * its reader demands is there, whatever the table holds.
 */

import { EncodedJson } from '../../base/encoded-json.ts';
import { formatHex } from '../../base/hex.ts';
import { formatIpv4 } from '../../base/ipv4.ts';
import { encodeKeaJson } from '../../base/kea-json.ts';
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import { LeaseState } from '../../lease/state.ts';
import { isMap } from '../arguments.ts';

/**
 * How a released lease (state 3) is shown. Kea knows the state since 2.7 and older versions refuse it; as expired and
 * reclaimed it means the same to them: free, and kept for its client.
 */
export type ReleasedAs = 'released' | 'expired-reclaimed';

/** Leases turned into text between two turns of the event loop: 2 ms. */
const SLICE_LEASES = 1_000;

/** One lease as JSON text. */
export function encodeLease4(lease: Lease4, releasedAs: ReleasedAs): string {
  const state =
    lease.state === LeaseState.released && releasedAs === 'expired-reclaimed'
      ? LeaseState.expiredReclaimed
      : lease.state;
  const isNamed = lease.hostname !== '';
  // An identifier of one octet is too short for Kea's reader; see lease/dhcp4/update-json.ts.
  const shown = lease.clientId !== null && (lease.clientId.length > 1 || lease.hwAddress.length === 0);
  const clientId = shown ? `"client-id": "${formatHex(lease.clientId!)}", ` : '';
  const poolId = lease.poolId === 0 ? '' : `"pool-id": ${lease.poolId}, `;
  const userContext = lease.userContext === '' ? '' : `"user-context": ${contextText(lease.userContext)}, `;
  return (
    `{ ${clientId}"cltt": ${Math.max(1, lease.clttSec)}, "fqdn-fwd": ${isNamed && lease.fqdnFwd}, ` +
    `"fqdn-rev": ${isNamed && lease.fqdnRev}, "hostname": ${isNamed ? nameText(lease.hostname) : '""'}, ` +
    `"hw-address": "${formatHex(lease.hwAddress)}", "ip-address": "${formatIpv4(lease.address)}", ${poolId}` +
    `"state": ${state}, "subnet-id": ${lease.subnetId}, ${userContext}"valid-lft": ${lease.validLifetimeSec} }`
  );
}

/** Octets that were no UTF-8 count as one each again, so that the name is no longer than it was stored. */
function nameText(hostname: string): string {
  return JSON.stringify(hostname.replaceAll('\ufffd', '?'));
}

/** A lease file may hold anything in this column; what is no map is left out of the answer. */
function contextText(userContext: string): string {
  try {
    const context: unknown = JSON.parse(userContext);
    return encodeKeaJson(isMap(context) ? context : {});
  } catch {
    return encodeKeaJson({});
  }
}

/** One lease as the arguments of an answer. */
export function leaseArguments(lease: Lease4): EncodedJson {
  return new EncodedJson(encodeLease4(lease, 'released'));
}

/**
 * A list of leases as the arguments of an answer: `{"count"?: N, "leases": [...]}`.
 * @param yieldTurn lets others run between slices of a long list
 */
export async function leaseListArguments(
  leases: readonly Lease4[],
  options: { readonly counted: boolean; readonly releasedAs: ReleasedAs },
  yieldTurn: () => Promise<void>,
): Promise<EncodedJson> {
  const parts: string[] = [];
  for (let start = 0; start < leases.length; start += SLICE_LEASES) {
    if (start > 0) await yieldTurn();
    const slice = leases.slice(start, start + SLICE_LEASES);
    parts.push(slice.map((lease) => encodeLease4(lease, options.releasedAs)).join(', '));
  }
  return new EncodedJson(
    `{ ${options.counted ? `"count": ${leases.length}, ` : ''}"leases": [ ${parts.join(', ')} ] }`,
  );
}
