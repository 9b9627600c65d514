/** Address ranges as the configuration writes them, of either family: prefixes and first-last ranges. */
import { formatIpv4, type Ipv4, maskOf, parseIpv4 } from '../../base/ipv4.ts';
import { compareIpv6 } from '../../base/ipv6.ts';
import { formatIpv6, parseIpv6 } from '../../base/ipv6-text.ts';
import { type Rule, rule } from '../schema/rule.ts';

/** What can be done with the addresses of a family. */
export interface AddressKind<A> {
  readonly name: 'IPv4' | 'IPv6';
  /** Of an address, which is the longest prefix. */
  readonly bits: 32 | 128;
  readonly parse: (text: string) => A | null;
  readonly format: (address: A) => string;
  /** @returns < 0, 0 or > 0 as `a` is below, the same as or above `b` */
  readonly compare: (a: A, b: A) => number;
  /** The lowest address with the same first `length` bits. */
  readonly first: (address: A, length: number) => A;
  /** The highest one. */
  readonly last: (address: A, length: number) => A;
  readonly example: string;
  readonly prefixExample: string;
  readonly rangeExample: string;
}

export const IPV4: AddressKind<Ipv4> = {
  name: 'IPv4',
  bits: 32,
  parse: parseIpv4,
  format: formatIpv4,
  compare: (a, b) => a - b,
  first: (address, length) => (address & maskOf(length)) >>> 0,
  last: (address, length) => (address | ~maskOf(length)) >>> 0,
  example: '192.0.2.1',
  prefixExample: '"192.0.2.0/24"',
  rangeExample: '"192.0.2.10 - 192.0.2.99" or a prefix such as "192.0.2.0/28"',
};

/** 16 octets. */
export const IPV6: AddressKind<Uint8Array> = {
  name: 'IPv6',
  bits: 128,
  parse: parseIpv6,
  format: (address) => formatIpv6(address),
  compare: (a, b) => compareIpv6(a, 0, b, 0),
  first: (address, length) => address.map((octet, index) => octet & maskOctet(length, index)),
  last: (address, length) => address.map((octet, index) => octet | (~maskOctet(length, index) & 255)),
  example: '2001:db8::1',
  prefixExample: '"2001:db8::/64"',
  rangeExample: '"2001:db8::10 - 2001:db8::99" or a prefix such as "2001:db8::/112"',
};

/** The octet at `index` of the mask of a prefix. */
function maskOctet(length: number, index: number): number {
  const bits = Math.min(Math.max(length - 8 * index, 0), 8);
  return (0xff00 >>> bits) & 255;
}

export interface Prefix<A = Ipv4> {
  readonly prefix: A;
  readonly prefixLength: number;
}

/** A prefix, and the address that it was written with. */
export interface WrittenPrefix<A = Ipv4> extends Prefix<A> {
  readonly written: A;
}

export interface Range<A = Ipv4> {
  readonly first: A;
  readonly last: A;
}

/** `10.0.0.0/8`; set host bits are masked off, as in Kea. */
export function prefixRule<A>(kind: AddressKind<A>): Rule<WrittenPrefix<A>, undefined> {
  return rule(`a prefix such as ${kind.prefixExample}`, (value) =>
    typeof value === 'string' ? (parsePrefix(kind, withoutBlanks(value)) ?? undefined) : undefined,
  );
}

/** `10.0.0.1 - 10.0.0.9`, or a prefix, all of whose addresses are then in the pool. */
export function rangeRule<A>(kind: AddressKind<A>): Rule<Range<A>, undefined> {
  return rule(`a range such as ${kind.rangeExample}`, (value) =>
    typeof value === 'string' ? (parseRange(kind, value) ?? undefined) : undefined,
  );
}

export function addressRule<A>(kind: AddressKind<A>): Rule<A, undefined> {
  return rule(`an ${kind.name} address`, (value) =>
    typeof value === 'string' ? (kind.parse(value) ?? undefined) : undefined,
  );
}

export function lastOf<A>(kind: AddressKind<A>, { prefix, prefixLength }: Prefix<A>): A {
  return kind.last(prefix, prefixLength);
}

export function isInside<A>(kind: AddressKind<A>, { first, last }: Range<A>, prefix: Prefix<A>): boolean {
  return kind.compare(first, prefix.prefix) >= 0 && kind.compare(last, lastOf(kind, prefix)) <= 0;
}

export function formatPrefix<A>(kind: AddressKind<A>, { prefix, prefixLength }: Prefix<A>): string {
  return `${kind.format(prefix)}/${prefixLength}`;
}

export function formatRange<A>(kind: AddressKind<A>, { first, last }: Range<A>): string {
  return `${kind.format(first)} - ${kind.format(last)}`;
}

/** @returns null when the text is no prefix; blanks are none of it */
export function parsePrefix<A>(kind: AddressKind<A>, text: string): WrittenPrefix<A> | null {
  const slash = text.indexOf('/');
  const length = text.slice(slash + 1);
  const address = kind.parse(text.slice(0, Math.max(0, slash)));
  if (address === null || !/^0*[0-9]{1,3}$/.test(length) || Number(length) > kind.bits) return null;
  const prefixLength = Number(length);
  return { prefix: kind.first(address, prefixLength), prefixLength, written: address };
}

function parseRange<A>(kind: AddressKind<A>, text: string): Range<A> | null {
  const compact = withoutBlanks(text);
  const dash = compact.indexOf('-');
  if (dash < 0) {
    const prefix = parsePrefix(kind, compact);
    return prefix === null ? null : { first: prefix.prefix, last: lastOf(kind, prefix) };
  }
  const first = kind.parse(compact.slice(0, dash));
  const last = kind.parse(compact.slice(dash + 1));
  return first === null || last === null || kind.compare(first, last) > 0 ? null : { first, last };
}

/** Kea looks past blanks wherever they stand. */
function withoutBlanks(text: string): string {
  return text.replaceAll(/[ \t]/g, '');
}
