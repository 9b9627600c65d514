/** Why a DHCPv6 lease that somebody else sends is not taken, in the words of Kea: the servers disagree. */
import { formatIpv6 } from '../../../base/ipv6-text.ts';

export function unknownSubnet6(id: number): string {
  return `Invalid subnet-id: No IPv6 subnet with subnet-id=${id} currently configured.`;
}

/** @param bytes with the 16 octets of the address at `at` */
export function outsideSubnet6(
  bytes: Uint8Array,
  at: number,
  {
    id,
    prefix,
    prefixLength,
  }: { readonly id: number; readonly prefix: Uint8Array; readonly prefixLength: number },
): string {
  return `The address ${formatIpv6(bytes, at)} does not belong to subnet ${formatIpv6(prefix)}/${prefixLength}, subnet-id=${id}`;
}
