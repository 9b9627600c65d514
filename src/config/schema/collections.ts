/** Rules for lists and for maps without a table of keys. */
import { child, describe } from '../problem.ts';
import { type Rule, rule } from './rule.ts';

/** A map whose members are nobody's business here. */
export function freeMap(): Rule<Readonly<Record<string, unknown>>, undefined> {
  return rule('a map', (value) => (isMap(value) ? value : undefined));
}

/** A list whose items are checked elsewhere. */
export function list(): Rule<readonly unknown[], undefined> {
  return rule('a list', (value) => (Array.isArray(value) ? (value as unknown[]) : undefined));
}

/** A list whose items follow one rule; wrong items are reported and left out. */
export function listOf<T>(item: Rule<T, undefined>, expected: string): Rule<readonly T[], undefined> {
  return {
    ...rule(expected, (value) => (Array.isArray(value) ? [] : undefined)),
    read: (value, at, report) => {
      if (!Array.isArray(value)) {
        report.error(at, describe(value), expected);
        return undefined;
      }
      const read = value.map((entry: unknown, index) => item.read(entry, child(at, index), report));
      return read.filter((entry) => entry !== undefined);
    },
  };
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
