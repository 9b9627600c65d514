/** The classes that a scope has looked at once its lease is known. The old key and the new one mean the same. */
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { listOf } from '../schema/collections.ts';
import type { Rules, Values } from '../schema/map.ts';
import { name } from '../schema/scalars.ts';

const classNames = listOf(name(), 'a list of class names');

export const additionalClassRules = {
  'require-client-classes': classNames,
  'evaluate-additional-classes': classNames,
} as const satisfies Rules;

/** Most scopes have none: they share one list. */
const NONE: readonly string[] = [];

export function readAdditionalClasses(
  values: Values<typeof additionalClassRules>,
  at: Path,
  report: Report,
): readonly string[] {
  const older = values['require-client-classes'];
  const newer = values['evaluate-additional-classes'];
  if (older !== undefined && newer !== undefined)
    report.error(
      child(at, 'require-client-classes'),
      '"require-client-classes" beside "evaluate-additional-classes"',
      'one of the two',
      'key',
    );
  const names = newer ?? older ?? NONE;
  return names.length === 0 ? NONE : [...new Set(names)];
}
