/** Why a lease that somebody else sends is not taken: the same words by whatever way it came. */
import { formatIpv4, type Ipv4 } from '../../base/ipv4.ts';

/** What a partner hears whose update crossed a lease of ours on the way: Kea says the same of an address in work. */
export const ADDRESS_BUSY = 'the address is being given to another client';
/** This server can take no lease at all. */
export const NO_ROOM =
  'the lease was not stored: no memory is left for it, or the lease file is not being written';
export const NOT_DELETED = 'the lease file is not being written (see the log): nothing was deleted';
export const NO_CLIENT = "a lease that is not declined needs a 'hw-address' or a 'client-id'";

/** In the words of Kea, as the next one: the two servers disagree, and the other one must know. */
export function unknownSubnet(id: number): string {
  return unknownSubnetOf(4, id);
}

export function unknownSubnetOf(version: 4 | 6, id: number): string {
  return `Invalid subnet-id: No IPv${version} subnet with subnet-id=${id} currently configured.`;
}

export function outsideSubnet(
  address: Ipv4,
  { id, prefix, prefixLength }: { readonly id: number; readonly prefix: Ipv4; readonly prefixLength: number },
): string {
  return `The address ${formatIpv4(address)} does not belong to subnet ${formatIpv4(prefix)}/${prefixLength}, subnet-id=${id}`;
}
