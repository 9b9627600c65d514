/** Why a DHCPv6 lease that somebody else sends is not taken: the same words by whatever way it came, those of Kea. */
import { formatIpv6 } from '../../../base/ipv6-text.ts';
import { unknownSubnetOf } from '../../leases/lease-refusals.ts';

/** The two servers disagree, and the other one must know; so of the next one. */
export function unknownSubnet6(id: number): string {
  return unknownSubnetOf(6, id);
}

export function outsideSubnet6(
  address: Uint8Array,
  subnet: { readonly id: number; readonly prefix: Uint8Array; readonly prefixLength: number },
): string {
  const prefix = `${formatIpv6(subnet.prefix)}/${subnet.prefixLength}`;
  return `The address ${formatIpv6(address)} does not belong to subnet ${prefix}, subnet-id=${subnet.id}`;
}
