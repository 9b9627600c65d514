/**
 * Addresses as they are kept beside leases: 32 hexadecimal digits, whose order is that of the addresses, and `p` behind them
 * where a prefix begins: with it a deletion can be told whose lease is not there any more.
 */
import { formatIpv6 } from '../../base/ipv6-text.ts';
import { ADDRESS_BYTES } from './model.ts';

const DIGITS = ADDRESS_BYTES * 2;
const PREFIX_MARK = 'p';
const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

/** @param bytes with 16 octets at `at` */
export function leaseAddress6(bytes: Uint8Array, at: number, isPrefix: boolean): string {
  let digits = '';
  for (let i = at; i < at + ADDRESS_BYTES; i++) digits += HEX[bytes[i]!]!;
  return isPrefix ? digits + PREFIX_MARK : digits;
}

/** The 16 octets of an address. */
export function octetsOfAddress6(address: string): Uint8Array {
  return Uint8Array.from(Buffer.from(address.slice(0, DIGITS), 'hex'));
}

export function isPrefixAddress6(address: string): boolean {
  return address.length > DIGITS;
}

/** As people write it. */
export function formatAddress6(address: string): string {
  return formatIpv6(octetsOfAddress6(address));
}
