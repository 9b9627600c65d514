/** Class guards: which queries may use a pool. The old key holds one class, the new one a list. */
import { child, describe, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import type { Rules, Values } from '../schema/map.ts';
import { text } from '../schema/scalars.ts';

/** Classes that Kea makes by itself, those of its hooks included. */
const BUILT_IN = /^(?:KNOWN|UNKNOWN|BOOTP|DROP|SKIP_DDNS|(?:VENDOR_CLASS|AFTER|EXTERNAL|SPAWN)_.*)$/;

export const guardRules = {
  'client-class': text(),
  'client-classes': list(),
} as const satisfies Rules;

/** Most pools have no guard: they share one list. */
const OPEN: readonly string[] = [];
/** The class of every query: a guard that names it is open. */
const EVERY_QUERY = 'ALL';

/**
 * Reads the guard of a pool.
 * @param known the classes that exist beside ALL: one for each peer of the high-availability relationship
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
  if (single !== undefined && several !== undefined) {
    report.error(
      child(at, 'client-class'),
      '"client-class" beside "client-classes"',
      'one of the two',
      'key',
    );
    return OPEN;
  }
  const names = several ?? (single === undefined || single === '' ? OPEN : [single]);
  if (names.length === 0) return OPEN;
  const place = child(at, several === undefined ? 'client-class' : 'client-classes');
  for (const [index, each] of names.entries())
    if (!isKnown(each, known))
      reportUnknown(each, known, several === undefined ? place : child(place, index), report);
  return names.includes(EVERY_QUERY) ? OPEN : names.filter((each) => isKnown(each, known));
}

function isKnown(value: unknown, known: ReadonlySet<string>): value is string {
  return typeof value === 'string' && (value === EVERY_QUERY || known.has(value));
}

/** A class that Kea would have is not implemented; without its guard the pool would be open, so that is never ignored. */
function reportUnknown(name: unknown, known: ReadonlySet<string>, at: Path, report: Report): void {
  const found = `the class ${describe(name)}`;
  const expected = `a class that exists: ${[EVERY_QUERY, ...known].map((item) => `"${item}"`).join(', ')}`;
  const definition = report.whereLeftOut(found);
  if (definition !== null)
    report.unsupportedThing(
      at,
      `${found}, which ${definition} defines and which is left out`,
      expected,
      false,
    );
  else if (typeof name === 'string' && BUILT_IN.test(name))
    report.unsupportedThing(at, `${found}, which is built into Kea`, expected, false);
  else report.error(at, found, expected);
}
