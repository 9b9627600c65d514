/** DHCPv6 addresses, DUIDs and types of lease as they stand in lease commands. */
import { isIpv6Unspecified } from '../../base/ipv6.ts';
import { parseIpv6 } from '../../base/ipv6-text.ts';
import { LeaseType } from '../../lease/dhcp6/model.ts';
import { DUID_BYTES_MAX } from '../../lease/dhcp6/record.ts';
import { readOctets } from './lease-octets.ts';

/** Of the longest text: six groups and a dotted quad. */
const TEXT_MAX = 45;

/** By `LeaseType`. */
export const TYPE_NAMES = ['IA_NA', 'IA_TA', 'IA_PD'] as const;

/** Any address, or null. Whatever is not a string is not one. */
export function readAnyAddress6(text: unknown): Uint8Array | null {
  return typeof text === 'string' && text.length <= TEXT_MAX ? parseIpv6(text) : null;
}

/** An address that can be leased: not ::. */
export function readAddress6(text: unknown): Uint8Array | null {
  const address = readAnyAddress6(text);
  return address === null || isIpv6Unspecified(address, 0) ? null : address;
}

/** 1..130 octets, or null. */
export function readDuid(text: unknown): Uint8Array | null {
  const duid = readOctets(text, DUID_BYTES_MAX);
  return duid === null || duid.length === 0 ? null : duid;
}

/** A type by its name, or null. */
export function readType(text: unknown): LeaseType | null {
  const types: readonly LeaseType[] = [LeaseType.na, LeaseType.ta, LeaseType.pd];
  return types.find((type) => TYPE_NAMES[type] === text) ?? null;
}
