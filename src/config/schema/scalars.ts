/** Rules for numbers, strings and the other values that hold no further values. */
import { isIP } from 'node:net';
import { type Ipv4, parseIpv4 } from '../../base/ipv4.ts';
import { describe, describeKind } from '../problem.ts';
import { type Rule, rule } from './rule.ts';

/** The largest 32-bit unsigned integer; as a lifetime it means infinite. */
export const UINT32_MAX = 0xffffffff;

export function integer(min: number, max: number): Rule<number, undefined> {
  const expected = `an integer from ${min} to ${max}`;
  return {
    ...rule(expected, () => undefined),
    read: (value, at, report) => {
      const isInteger = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
      if (isInteger && !report.isWrittenReal(at)) return value;
      const found = isInteger ? `${value} with a point or an exponent` : describe(value);
      report.error(at, found, expected);
      return undefined;
    },
  };
}

/** A number of [0, 1) or, without zero, of (0, 1). */
export function fraction(includesZero: boolean): Rule<number, undefined> {
  const expected = `a number ${includesZero ? 'from 0 to' : 'above 0 and'} below 1`;
  return rule(expected, (value) =>
    typeof value === 'number' && (includesZero ? value >= 0 : value > 0) && value < 1 ? value : undefined,
  );
}

export function flag(): Rule<boolean, undefined> {
  return rule('true or false', (value) => (typeof value === 'boolean' ? value : undefined));
}

export function oneOf<const T extends readonly string[]>(...names: T): Rule<T[number], undefined> {
  const expected = names.length === 1 ? `"${names[0]}"` : `one of ${names.map((n) => `"${n}"`).join(', ')}`;
  return rule(expected, (value) => names.find((name) => name === value));
}

/** One of these names in whatever case; the rule yields it as it is written here. */
export function oneOfAnyCase<const T extends readonly string[]>(...names: T): Rule<T[number], undefined> {
  const { expected } = oneOf(...names);
  return rule(`${expected}, in any case`, (value) =>
    typeof value === 'string' ? names.find((name) => name.toLowerCase() === value.toLowerCase()) : undefined,
  );
}

/** A string of at most `bytesMax` octets of UTF-8, by default any. NUL is refused: no name or path can hold it. */
export function text(bytesMax = Number.POSITIVE_INFINITY): Rule<string, undefined> {
  const bound = Number.isFinite(bytesMax) ? ` of at most ${bytesMax} octets` : '';
  return rule(`a string${bound}`, (value) =>
    typeof value === 'string' && !value.includes('\0') && Buffer.byteLength(value) <= bytesMax
      ? value
      : undefined,
  );
}

/** A string with at least one character that is not blank. */
export function name(): Rule<string, undefined> {
  return rule('a string that is not blank', (value) =>
    typeof value === 'string' && value.trim() !== '' && !value.includes('\0') ? value : undefined,
  );
}

/** The same rule, and the empty string, which says as much as no key at all. */
export function orEmpty<T>(base: Rule<T, undefined>): Rule<T, undefined> {
  return {
    ...base,
    read: (value, at, report) => (value === '' ? undefined : base.read(value, at, report)),
  };
}

/** A string that problems must not repeat. */
export function secret(): Rule<string, undefined> {
  const expected = 'a string';
  return {
    ...text(),
    read: (value, at, report) => {
      if (typeof value === 'string') return value;
      report.error(at, describeKind(value), expected);
      return undefined;
    },
  };
}

export function ipv4(): Rule<Ipv4, undefined> {
  return rule('an IPv4 address', (value) =>
    typeof value === 'string' ? (parseIpv4(value) ?? undefined) : undefined,
  );
}

/** Of either family. */
export function ipAddress(): Rule<string, undefined> {
  return rule('an IP address', (value) =>
    typeof value === 'string' && isIP(value) !== 0 ? value : undefined,
  );
}
