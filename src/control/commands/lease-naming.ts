/** How leaseX-get and leaseX-del name a lease: by its address, or by a client's identifier in a subnet. */
import { type ArgumentMap, isMap } from '../arguments.ts';
import { LeaseFault } from './lease-fault.ts';
import { wrongQueryAddress } from './lease-words.ts';

const malformed = LeaseFault.malformed;

export interface IdentifierNaming {
  readonly subnetId: number;
  readonly type: string;
  readonly identifier: string;
  readonly args: ArgumentMap;
}

export type LeaseNaming<Address> =
  | { readonly address: Address; readonly args: ArgumentMap }
  | IdentifierNaming;

/** @param readAddress reads an address of the family of that version; null = it is none */
export function readNaming<Address>(
  args: unknown,
  readAddress: (text: unknown) => Address | null,
  version: 4 | 6,
): LeaseNaming<Address> | LeaseFault {
  if (!isMap(args)) return malformed('Parameters missing or are not a map.');
  const { 'ip-address': addressText, 'subnet-id': subnetId } = args;
  if (subnetId !== undefined && !isInteger64(subnetId))
    return malformed("'subnet-id' parameter is not integer.");
  if (addressText !== undefined) {
    const address = readAddress(addressText);
    return address === null ? malformed(wrongQueryAddress(addressText, version)) : { address, args };
  }
  if (subnetId === undefined) return malformed("Mandatory 'subnet-id' parameter missing.");
  const { 'identifier-type': type, identifier } = args;
  if (typeof type !== 'string') return malformed(missingText('identifier-type'));
  if (typeof identifier !== 'string') return malformed(missingText('identifier'));
  return { subnetId, type, identifier, args };
}

function missingText(name: string): string {
  return `No 'ip-address' provided and '${name}' is either missing or not a string.`;
}

export function isInteger64(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

/** No lease is in a subnet of another number. */
export function isSubnetId(id: number): boolean {
  return id >= 1 && id <= 0xffffffff;
}
