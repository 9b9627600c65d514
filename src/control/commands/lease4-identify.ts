/** How lease4-get and lease4-del name a lease: by its address, or by a client's identifier in a subnet. */

import type { Lease4 } from '../../lease/model.ts';
import { CLIENT_ID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/record.ts';
import type { LeaseStore } from '../../lease/store.ts';
import { isMap } from '../arguments.ts';
import { LeaseFault } from './lease4-fault.ts';
import { readAddress, readOctets } from './lease4-text.ts';

/** The lease that is meant, or null when there is none. */
export function identifyLease(store: LeaseStore, args: unknown): Lease4 | null | LeaseFault {
  if (!isMap(args)) return LeaseFault.malformed("'arguments' must be a map");
  if (args['ip-address'] !== undefined) {
    const address = readAddress(args['ip-address']);
    return address === null
      ? LeaseFault.malformed("'ip-address' is not an IPv4 address")
      : store.get(address);
  }
  const subnetId = args['subnet-id'];
  if (typeof subnetId !== 'number' || !Number.isInteger(subnetId) || subnetId < 1)
    return LeaseFault.malformed(
      "'ip-address', or 'subnet-id' with 'identifier-type' and 'identifier', is needed",
    );
  switch (args['identifier-type']) {
    case 'hw-address': {
      const hwAddress = readOctets(args['identifier'], HARDWARE_ADDRESS_BYTES_MAX);
      if (hwAddress !== null) return store.findByHwAddress(hwAddress, subnetId)[0] ?? null;
      break;
    }
    case 'client-id': {
      const clientId = readOctets(args['identifier'], CLIENT_ID_BYTES_MAX);
      if (clientId !== null) return store.findByClientId(clientId, subnetId)[0] ?? null;
      break;
    }
    default:
      return LeaseFault.malformed("'identifier-type' must be hw-address or client-id");
  }
  return LeaseFault.malformed("'identifier' must be octets in hexadecimal");
}
