/** `host-reservation-identifiers`: in which order the identifiers of a client are tried. */
import { describe } from '../problem.ts';
import { listOf } from '../schema/collections.ts';
import type { Rule } from '../schema/rule.ts';
import { oneOf } from '../schema/scalars.ts';

/** @param kinds the identifiers that the family has */
export function hostIdentifiersRule<const K extends readonly string[]>(
  kinds: K,
): Rule<readonly K[number][], undefined> {
  const identifiers = listOf(oneOf(...kinds), 'a list of identifiers that is not empty');
  return {
    ...identifiers,
    read: (value, at, report) => {
      const read = identifiers.read(value, at, report);
      const twice = read?.find((each, index) => read.indexOf(each) < index);
      if (twice !== undefined) report.error(at, `${describe(twice)} a second time`, 'each identifier once');
      if (Array.isArray(value) && value.length === 0) report.error(at, describe(value), identifiers.expected);
      return read;
    },
  };
}
