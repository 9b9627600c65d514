/** Address ranges as the configuration writes them: prefixes and first-last ranges. */
import { formatIpv4, type Ipv4, maskOf, parseIpv4 } from '../../base/ipv4.ts';
import { type Rule, rule } from '../schema/rule.ts';

export interface Prefix {
  readonly prefix: Ipv4;
  readonly prefixLength: number;
}

/** A prefix, and the address that it was written with. */
export interface WrittenPrefix extends Prefix {
  readonly written: Ipv4;
}

export interface Range {
  readonly first: Ipv4;
  readonly last: Ipv4;
}

/** `10.0.0.0/8`; set host bits are masked off, as in Kea. */
export function prefixRule(): Rule<WrittenPrefix, undefined> {
  return rule('a prefix such as "192.0.2.0/24"', (value) =>
    typeof value === 'string' ? (parsePrefix(withoutBlanks(value)) ?? undefined) : undefined,
  );
}

/** `10.0.0.1 - 10.0.0.9`, or a prefix, all of whose addresses are then in the pool. */
export function rangeRule(): Rule<Range, undefined> {
  const expected = 'a range such as "192.0.2.10 - 192.0.2.99" or a prefix such as "192.0.2.0/28"';
  return rule(expected, (value) =>
    typeof value === 'string' ? (parseRange(value) ?? undefined) : undefined,
  );
}

export function lastOf({ prefix, prefixLength }: Prefix): Ipv4 {
  return (prefix | ~maskOf(prefixLength)) >>> 0;
}

export function formatPrefix({ prefix, prefixLength }: Prefix): string {
  return `${formatIpv4(prefix)}/${prefixLength}`;
}

function parsePrefix(text: string): WrittenPrefix | null {
  const slash = text.indexOf('/');
  const length = text.slice(slash + 1);
  const address = parseIpv4(text.slice(0, Math.max(0, slash)));
  if (address === null || !/^0*[0-9]{1,2}$/.test(length) || Number(length) > 32) return null;
  const prefixLength = Number(length);
  return { prefix: (address & maskOf(prefixLength)) >>> 0, prefixLength, written: address };
}

function parseRange(text: string): Range | null {
  const compact = withoutBlanks(text);
  const dash = compact.indexOf('-');
  if (dash < 0) {
    const prefix = parsePrefix(compact);
    return prefix === null ? null : { first: prefix.prefix, last: lastOf(prefix) };
  }
  const first = parseIpv4(compact.slice(0, dash));
  const last = parseIpv4(compact.slice(dash + 1));
  return first === null || last === null || first > last ? null : { first, last };
}

/** Kea looks past blanks wherever they stand. */
function withoutBlanks(text: string): string {
  return text.replaceAll(/[ \t]/g, '');
}
