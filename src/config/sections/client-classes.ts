/** `client-classes`: what the classes of both families have, in the order in which they are evaluated. */
import { type Parsed, parseTest, parseValue, type Surroundings } from '../../classes/parse.ts';
import type { TestNode, ValueNode } from '../../classes/syntax-tree.ts';
import type { OptionSpaces } from '../../options/spaces.ts';
import type { ClientClassConfig } from '../class-model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { isMap, list } from '../schema/collections.ts';
import { type MapSchema, type Rules, readMap, type Values } from '../schema/map.ts';
import { required } from '../schema/rule.ts';
import { flag, integer, name, text, UINT32_MAX } from '../schema/scalars.ts';
import { readClassLifetime } from './lifetimes.ts';
import { readOptions } from './options.ts';

export const classRules = {
  name: required(name()),
  test: text(),
  'template-test': text(),
  'only-if-required': flag(),
  'only-in-additional-list': flag(),
  'option-data': list(),
  'valid-lifetime': integer(0, UINT32_MAX),
  'min-valid-lifetime': integer(0, UINT32_MAX),
  'max-valid-lifetime': integer(0, UINT32_MAX),
} as const satisfies Rules;

type ClassValues = Values<typeof classRules>;

const CLASSES_MAX = 10_000;
/** Classes that an expression may ask for without a definition. */
const BUILT_IN = /^(?:ALL|KNOWN|UNKNOWN|BOOTP|(?:VENDOR_CLASS|HA|AFTER|EXTERNAL|SPAWN)_.+)$/;
const MADE_BY_SERVER: ReadonlySet<string> = new Set(['ALL', 'KNOWN', 'UNKNOWN', 'BOOTP']);

/** The names that a list of classes defines, before anything is read that may name them. */
export function classNamesOf(entries: readonly unknown[]): string[] {
  return entries.flatMap((entry) =>
    isMap(entry) && typeof entry['name'] === 'string' ? [entry['name']] : [],
  );
}

/**
 * Reads a list of classes.
 * @param spaces the options that exist outside of the classes
 * @param read reads one class beyond its name; its expressions may name the classes before it
 */
export function readClasses<R extends Rules, C>(
  schema: MapSchema<R>,
  entries: readonly unknown[],
  spaces: OptionSpaces,
  read: (values: Values<R>, className: string, surroundings: Surroundings, at: Path) => C,
  at: Path,
  report: Report,
): readonly C[] {
  if (entries.length > CLASSES_MAX)
    report.error(at, `${entries.length} classes`, `at most ${CLASSES_MAX} classes`);
  const classes: C[] = [];
  const names = new Set<string>();
  const { standard } = spaces;
  const surroundings: Surroundings = {
    family: standard.family,
    optionCode: (optionName) => spaces.findByName(standard.space, optionName)?.code,
    isClass: (className) => BUILT_IN.test(className) || names.has(className),
  };
  for (const [index, entry] of entries.slice(0, CLASSES_MAX).entries()) {
    const place = child(at, index);
    const values = readMap(schema, entry, place, report);
    const { name: className } = (values ?? {}) as { readonly name?: string };
    if (values === undefined || className === undefined) continue;
    if (names.has(className))
      report.error(child(place, 'name'), quote(className), 'a name that no other class has');
    classes.push(read(values, className, surroundings, place));
    names.add(className);
  }
  return classes;
}

/** What the classes of both families have. @param spaces the options that exist for the class */
export function readClass(
  className: string,
  values: ClassValues,
  spaces: OptionSpaces,
  surroundings: Surroundings,
  at: Path,
  report: Report,
): Omit<ClientClassConfig, 'nextServer' | 'serverHostname' | 'bootFileName' | 'offerLifetimeSec'> {
  checkExpressions(className, values, at, report);
  const options = readOptions(values['option-data'], spaces, child(at, 'option-data'), report);
  return {
    name: className,
    test: readExpression(values.test, parseTest, surroundings, child(at, 'test'), report),
    templateTest: readExpression(
      values['template-test'],
      parseValue,
      surroundings,
      child(at, 'template-test'),
      report,
    ),
    onlyInAdditionalList: values['only-in-additional-list'] ?? values['only-if-required'] ?? false,
    ...options,
    validLifetime: readClassLifetime('valid', values, at, report),
  };
}

function checkExpressions(className: string, values: ClassValues, at: Path, report: Report): void {
  const key = values.test === undefined ? 'template-test' : 'test';
  if (values.test !== undefined && values['template-test'] !== undefined)
    report.error(child(at, 'template-test'), '"template-test" beside "test"', 'one of the two', 'key');
  if (values[key] !== undefined && MADE_BY_SERVER.has(className))
    report.error(
      child(at, key),
      `an expression for the built-in class ${quote(className)}`,
      'nothing: the server assigns it by itself',
      'key',
    );
}

function readExpression<T extends TestNode | ValueNode>(
  expression: string | undefined,
  parse: (text: string, surroundings: Surroundings) => Parsed<T>,
  surroundings: Surroundings,
  at: Path,
  report: Report,
): T | null {
  if (expression === undefined) return null;
  const parsed = parse(expression, surroundings);
  if (parsed.ok) return parsed.node;
  const { at: offset, found, expected } = parsed.fault;
  report.errorInside(at, expression, offset, found, expected);
  return null;
}
