/**
 * The arguments of the commands that select a subnet: what a query would have brought with it. [Kea] The members are looked at
 * one by one in the order of their names, and the first that is wrong is told.
 */
import { isIPv6 } from 'node:net';
import { decodeHexText } from '../../base/hex-text.ts';
import { type Ipv4, parseIpv4 } from '../../base/ipv4.ts';
import { parseIpv6 } from '../../base/ipv6-text.ts';
import { type Answer, failure } from '../answer.ts';
import { isMap } from '../arguments.ts';

/** What a member must be; an identifier is written in hexadecimal digits, or as a text in quotes. */
export type MemberKind = 'text' | 'IPv4' | 'IPv6' | 'identifier' | 'classes';

/** A text in quotes, digits without separators, or octets of one or two digits between colons or single blanks. */
const IDENTIFIER =
  /^(?:\s*'\s*\S.*'\s*|(?:0x)?[0-9a-fA-F]+|[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2})+|[0-9a-fA-F]{1,2}(?: [0-9a-fA-F]{1,2})+)$/s;

export interface SelectArguments {
  readonly texts: Map<string, string>;
  readonly addresses: Map<string, Ipv4>;
  /** Octets: those of IPv6 addresses, and of identifiers. */
  readonly octets: Map<string, Uint8Array>;
  classes: readonly string[];
}

/** @param kinds the members that there may be. @returns what is given, or the answer that says what is wrong */
export function readSelectArguments(
  kinds: Readonly<Record<string, MemberKind>>,
  args: unknown,
): SelectArguments | Answer {
  if (args === undefined) return failure('empty arguments');
  if (!isMap(args)) return failure('arguments must be a map');
  const given: SelectArguments = { texts: new Map(), addresses: new Map(), octets: new Map(), classes: [] };
  for (const name of Object.keys(args).sort()) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name]! : null;
    const fault = kind === null ? `unknown entry '${name}'` : take(given, name, kind, args[name]);
    if (fault !== null) return failure(fault);
  }
  return given;
}

/** Keeps one member, or says what is wrong with it. */
function take(given: SelectArguments, name: string, kind: MemberKind, value: unknown): string | null {
  if (kind === 'classes') return takeClasses(given, value);
  if (typeof value !== 'string') return `'${name}' entry must be a string`;
  if (kind === 'text') given.texts.set(name, value);
  if (kind === 'IPv4' || kind === 'IPv6') return takeAddress(given, name, kind, value);
  if (kind === 'identifier') return takeIdentifier(given, name, value);
  return null;
}

function takeAddress(
  given: SelectArguments,
  name: string,
  kind: 'IPv4' | 'IPv6',
  value: string,
): string | null {
  const address = parseIpv4(value);
  if (address === null && !isIPv6(value))
    return `bad '${name}' entry: Failed to convert string to address '${value}': Invalid argument`;
  if ((address !== null) !== (kind === 'IPv4')) return `bad '${name}' entry: not ${kind}`;
  if (address !== null) given.addresses.set(name, address);
  // [Kea] A zone may stand behind it, and says nothing.
  else given.octets.set(name, parseIpv6(value.replace(/%.*/s, ''))!);
  return null;
}

function takeIdentifier(given: SelectArguments, name: string, value: string): string | null {
  if (value === '') return `'${name}' must be not empty`;
  const octets = IDENTIFIER.test(value) ? decodeHexText(value.trim()) : null;
  if (octets === null) return `value of '${name}' was not recognized`;
  given.octets.set(name, octets);
  return null;
}

function takeClasses(given: SelectArguments, value: unknown): string | null {
  if (!Array.isArray(value)) return "'classes' entry must be a list";
  if (!value.every((name) => typeof name === 'string')) return "'classes' entry must be a list of strings";
  given.classes = value;
  return null;
}
