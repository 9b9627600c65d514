/** The DHCPv4 lease commands that look for a client: lease4-get-by-hw-address, lease4-get-by-client-id. */
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/dhcp4/record.ts';
import { type Answer, failure } from '../answer.ts';
import { leaseList, readText } from './lease-answer.ts';
import { readOctets } from './lease-octets.ts';
import { wrongClientId, wrongHwAddress } from './lease-words.ts';
import { family4 } from './lease4-family.ts';
import type { LeaseCommandParts4 } from './lease4-parts.ts';

export async function leaseGetByHwAddress(parts: LeaseCommandParts4, args: unknown): Promise<Answer> {
  const text = readText(args, 'hw-address');
  if (!text.ok) return failure(text.error);
  const hwAddress = readOctets(text.value, HARDWARE_ADDRESS_BYTES_MAX);
  if (hwAddress === null) return failure(wrongHwAddress(text.value));
  return leaseList(family4, parts, parts.store.findByHwAddress(hwAddress, null));
}

export async function leaseGetByClientId(parts: LeaseCommandParts4, args: unknown): Promise<Answer> {
  const text = readText(args, 'client-id');
  if (!text.ok) return failure(text.error);
  const clientId = readOctets(text.value, CLIENT_ID_BYTES_MAX);
  if (clientId === null || clientId.length === 0) return failure(wrongClientId(text.value));
  return leaseList(family4, parts, parts.store.findByClientId(clientId, null));
}
