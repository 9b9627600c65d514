/**
 * Leases as the commands answer them:
 *
 *     { client-id?, cltt, fqdn-fwd, fqdn-rev, hostname, hw-address, ip-address, pool-id?, state, subnet-id,
 *       user-context?, valid-lft }
 *
 * Kea's synchronization skips a lease that it cannot read, and stops when it is the last of a page; so everything that
 * its reader demands is there, whatever the table holds.
 */

import { formatHex } from '../../base/hex.ts';
import { formatIpv4 } from '../../base/ipv4.ts';
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import type { ReleasedAs } from './lease-family.ts';
import { contextText, nameText, shownState } from './lease-json.ts';

/** One lease as JSON text. */
export function encodeLease4(lease: Lease4, releasedAs: ReleasedAs): string {
  const state = shownState(lease, releasedAs);
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
