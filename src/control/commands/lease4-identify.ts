/** How lease4-get and lease4-del name a lease: by its address, or by a client's identifier in a subnet. */

import type { Lease4 } from '../../lease/dhcp4/model.ts';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/dhcp4/record.ts';
import type { LeaseStore } from '../../lease/dhcp4/store.ts';
import { isMap } from '../arguments.ts';
import { LeaseFault } from './lease4-fault.ts';
import { readAddress, readOctets } from './lease4-text.ts';
import { wrongClientId, wrongHwAddress, wrongQueryAddress } from './lease4-words.ts';

const malformed = LeaseFault.malformed;

/**
 * The lease that is meant, or null when there is none.
 * @param verb what the command does with it, for its refusals: `Query` or `Delete`
 */
export function identifyLease(
  store: LeaseStore,
  args: unknown,
  verb: 'Query' | 'Delete',
): Lease4 | null | LeaseFault {
  if (!isMap(args)) return malformed('Parameters missing or are not a map.');
  const { 'ip-address': addressText, 'subnet-id': subnetId } = args;
  if (subnetId !== undefined && !isInteger64(subnetId))
    return malformed("'subnet-id' parameter is not integer.");
  if (addressText !== undefined) {
    const address = readAddress(addressText);
    return address === null ? malformed(wrongQueryAddress(addressText)) : store.get(address);
  }
  if (subnetId === undefined) return malformed("Mandatory 'subnet-id' parameter missing.");
  const { 'identifier-type': type, identifier } = args;
  if (typeof type !== 'string') return malformed(missingText('identifier-type'));
  if (typeof identifier !== 'string') return malformed(missingText('identifier'));
  return findByIdentifier(store, type, identifier, subnetId, verb);
}

function findByIdentifier(
  store: LeaseStore,
  type: string,
  identifier: string,
  subnetId: number,
  verb: string,
): Lease4 | null | LeaseFault {
  if (type === 'hw-address') {
    const hwAddress = readOctets(identifier, HARDWARE_ADDRESS_BYTES_MAX);
    if (hwAddress === null) return malformed(wrongHwAddress(identifier));
    return isSubnetId(subnetId) ? (store.findByHwAddress(hwAddress, subnetId)[0] ?? null) : null;
  }
  if (type !== 'client-id' && type !== 'duid')
    return malformed(
      `Incorrect identifier type: ${type.slice(0, 64)}, the only supported values are: address, hw-address, duid`,
    );
  const clientId = readOctets(identifier, CLIENT_ID_BYTES_MAX);
  if (clientId === null || clientId.length === 0) return malformed(wrongClientId(identifier));
  if (type === 'duid') return malformed(`${verb} by duid is not allowed in v4.`);
  return isSubnetId(subnetId) ? (store.findByClientId(clientId, subnetId)[0] ?? null) : null;
}

function missingText(name: string): string {
  return `No 'ip-address' provided and '${name}' is either missing or not a string.`;
}

function isInteger64(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

/** No lease is in a subnet of another number. */
function isSubnetId(id: number): boolean {
  return id >= 1 && id <= 0xffffffff;
}
