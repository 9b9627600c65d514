/** `client-classes` of DHCPv6: with a preferred lifetime. */
import type { Surroundings } from '../../../classes/parse.ts';
import type { OptionSpaces } from '../../../options/spaces.ts';
import type { ClientClassConfig6 } from '../../dhcp6/model.ts';
import type { Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { defineMap, type Values } from '../../schema/map.ts';
import { classRules, readClass, readClasses } from '../client-classes.ts';
import { readClassLifetime } from '../lifetimes.ts';
import { preferredRules } from './preferred-lifetime.ts';

export const clientClassSchema6 = defineMap('client-classes[]', { ...classRules, ...preferredRules });

type ClassValues = Values<typeof clientClassSchema6.rules>;

export function readClientClasses6(
  entries: readonly unknown[],
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): readonly ClientClassConfig6[] {
  const read = (values: ClassValues, className: string, surroundings: Surroundings, place: Path) => ({
    ...readClass(className, values, spaces, surroundings, place, report),
    preferredLifetime: readClassLifetime('preferred', values, place, report),
  });
  return readClasses(clientClassSchema6, entries, spaces, read, at, report);
}
