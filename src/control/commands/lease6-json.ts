/**
 * DHCPv6 leases as the commands answer them:
 *
 *     { cltt, duid, fqdn-fwd, fqdn-rev, hostname, hw-address?, iaid, ip-address, pool-id?, preferred-lft, prefix-len?,
 *       state, subnet-id, type, user-context?, valid-lft }
 *
 * Kea's synchronization skips a lease that it cannot read, and stops when it is the last of a page; so everything that
 * its reader demands is there, whatever the table holds.
 */
import { formatHex } from '../../base/hex.ts';
import { formatIpv6 } from '../../base/ipv6-text.ts';
import { type Lease6, LeaseType } from '../../lease/dhcp6/model.ts';
import { isNobody } from '../../lease/dhcp6/record.ts';
import type { ReleasedAs } from './lease-family.ts';
import { contextText, nameText, shownState } from './lease-json.ts';
import { TYPE_NAMES } from './lease6-text.ts';

/** As Kea since 2.4 writes the DUID of nobody, and takes no shorter one. */
const NOBODY = '00:00:00';
const NOBODY_BYTES = 3;

/** One lease as JSON text. */
export function encodeLease6Json(lease: Lease6, releasedAs: ReleasedAs): string {
  const isNamed = lease.hostname !== '';
  const hwAddress = lease.hwAddress.length === 0 ? '' : `"hw-address": "${formatHex(lease.hwAddress)}", `;
  const poolId = lease.poolId === 0 ? '' : `"pool-id": ${lease.poolId}, `;
  const prefixLength = lease.type === LeaseType.pd ? `"prefix-len": ${lease.prefixLength}, ` : '';
  const userContext = lease.userContext === '' ? '' : `"user-context": ${contextText(lease.userContext)}, `;
  return (
    `{ "cltt": ${Math.max(1, lease.clttSec)}, "duid": "${duidText(lease)}", ` +
    `"fqdn-fwd": ${isNamed && lease.fqdnFwd}, "fqdn-rev": ${isNamed && lease.fqdnRev}, ` +
    `"hostname": ${isNamed ? nameText(lease.hostname) : '""'}, ${hwAddress}"iaid": ${lease.iaid}, ` +
    `"ip-address": "${formatIpv6(lease.address)}", ${poolId}"preferred-lft": ${lease.preferredLifetimeSec}, ` +
    `${prefixLength}"state": ${shownState(lease, releasedAs)}, "subnet-id": ${lease.subnetId}, ` +
    `"type": "${TYPE_NAMES[lease.type]}", ${userContext}"valid-lft": ${lease.validLifetimeSec} }`
  );
}

function duidText({ duid }: Lease6): string {
  const isShort = duid.length < NOBODY_BYTES && isNobody(duid, 0, duid.length);
  return isShort ? NOBODY : formatHex(duid);
}
