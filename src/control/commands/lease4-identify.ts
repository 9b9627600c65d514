/** How lease4-get and lease4-del name a lease: by its address, or by a client's identifier in a subnet. */

import type { Lease4 } from '../../lease/dhcp4/model.ts';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/dhcp4/record.ts';
import type { LeaseStore } from '../../lease/dhcp4/store.ts';
import { LeaseFault } from './lease-fault.ts';
import { isSubnetId, readNaming } from './lease-naming.ts';
import { readOctets } from './lease-octets.ts';
import { wrongClientId, wrongHwAddress } from './lease-words.ts';
import { readAddress } from './lease4-text.ts';

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
  const named = readNaming(args, readAddress, 4);
  if (named instanceof LeaseFault) return named;
  if ('address' in named) return store.get(named.address);
  return findByIdentifier(store, named.type, named.identifier, named.subnetId, verb);
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
