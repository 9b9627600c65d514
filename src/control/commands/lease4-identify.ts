/** How lease4-get and lease4-del name a lease: by its address, or by a client's identifier in a subnet. */

import type { Lease4 } from '../../lease/dhcp4/model.ts';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/dhcp4/record.ts';
import type { LeaseStore } from '../../lease/dhcp4/store.ts';
import { isMap } from '../arguments.ts';
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

/** Whether a command names the client of a lease by both identifiers, or by none. */
export function isOfClient({ hwAddress, clientId }: Lease4, args: unknown): boolean {
  const named = isMap(args) ? args['hw-address'] : undefined;
  if (!isMap(args) || named === undefined || named === '') return true;
  const isSameHardware = isSame(hwAddress, readOctets(named, HARDWARE_ADDRESS_BYTES_MAX));
  const identifier = args['client-id'];
  const theirs = identifier === undefined ? null : readOctets(identifier, CLIENT_ID_BYTES_MAX);
  return isSameHardware && isSame(clientId, theirs);
}

function isSame(ours: Uint8Array | null, theirs: Uint8Array | null): boolean {
  return Buffer.compare(ours ?? NONE, theirs ?? NONE) === 0;
}

const NONE = new Uint8Array(0);
