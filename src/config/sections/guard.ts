/** Class guards: which queries may use a pool, a subnet or a network. The old key holds one class, the new one a list. */
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { listOf } from '../schema/collections.ts';
import type { Rules, Values } from '../schema/map.ts';
import { name, orEmpty, text } from '../schema/scalars.ts';

/** Classes that are made without a definition of their own, those of hooks included. */
const BUILT_IN =
  /^(?:ALL|KNOWN|UNKNOWN|BOOTP|DROP|REJECT|SKIP_DDNS|(?:VENDOR_CLASS|HA|AFTER|EXTERNAL|SPAWN)_.*)$/;

export const guardRules = {
  'client-class': orEmpty(text()),
  'client-classes': listOf(name(), 'a list of class names'),
} as const satisfies Rules;

/** Most pools have no guard: they share one list. */
const OPEN: readonly string[] = [];
/** The class of every query: a guard that names it is open. */
const EVERY_QUERY = 'ALL';

/**
 * Reads the guard of a scope.
 * @param known the classes that the file defines
 * @returns the classes of which a query needs one; none = open to every query
 */
export function readGuard(
  values: Values<typeof guardRules>,
  known: ReadonlySet<string>,
  at: Path,
  report: Report,
): readonly string[] {
  const single = values['client-class'];
  const several = values['client-classes'];
  if (single !== undefined && several !== undefined)
    report.error(
      child(at, 'client-class'),
      '"client-class" beside "client-classes"',
      'one of the two',
      'key',
    );
  const names = several ?? (single === undefined ? OPEN : [single]);
  if (names.length === 0 || names.includes(EVERY_QUERY)) return OPEN;
  const place = child(at, several === undefined ? 'client-class' : 'client-classes');
  for (const each of names)
    if (!known.has(each) && !BUILT_IN.test(each))
      report.warn(
        place,
        `the class ${quote(each)}, which nothing defines`,
        'a class that exists: nobody is in this one',
      );
  return names;
}
