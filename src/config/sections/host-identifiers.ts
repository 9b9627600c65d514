/** `host-reservation-identifiers`: in which order the identifiers of a client are tried. */
import { HOST_IDENTIFIERS, type HostIdentifier } from '../host-model.ts';
import { describe } from '../problem.ts';
import { listOf } from '../schema/collections.ts';
import type { Rule } from '../schema/rule.ts';
import { oneOf } from '../schema/scalars.ts';

export function hostIdentifiersRule(): Rule<readonly HostIdentifier[], undefined> {
  const identifiers = listOf(oneOf(...HOST_IDENTIFIERS), 'a list of identifiers that is not empty');
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
