/** `client-classes`: the classes of a file, in the order in which they are evaluated. */

import { formatIpv4 } from '../../base/ipv4.ts';
import { type Parsed, parseTest, parseValue, type Surroundings } from '../../classes/parse.ts';
import type { TestNode, ValueNode } from '../../classes/syntax-tree.ts';
import { DHCP4_SPACE } from '../../dhcp4/option-definitions.ts';
import type { OptionSpaces } from '../../options/spaces.ts';
import type { ClientClassConfig } from '../class-model.ts';
import type { LifetimeConfig } from '../model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { isMap, list } from '../schema/collections.ts';
import { defineMap, readMap, type Values } from '../schema/map.ts';
import { required } from '../schema/rule.ts';
import { flag, integer, ipv4, name, orEmpty, text, UINT32_MAX } from '../schema/scalars.ts';
import { BOOT_FILE_NAME_OCTETS_MAX, SERVER_HOSTNAME_OCTETS_MAX } from './dhcp4/network.ts';
import { completeLifetime, readLifetime } from './lifetimes.ts';
import { readDefinitions } from './option-def.ts';
import { readOptions } from './options.ts';

export const clientClassSchema = defineMap('client-classes[]', {
  name: required(name()),
  test: text(),
  'template-test': text(),
  'only-if-required': flag(),
  'only-in-additional-list': flag(),
  'option-def': list(),
  'option-data': list(),
  'next-server': ipv4(),
  'server-hostname': orEmpty(text(SERVER_HOSTNAME_OCTETS_MAX)),
  'boot-file-name': orEmpty(text(BOOT_FILE_NAME_OCTETS_MAX)),
  'valid-lifetime': integer(0, UINT32_MAX),
  'min-valid-lifetime': integer(0, UINT32_MAX),
  'max-valid-lifetime': integer(0, UINT32_MAX),
  'offer-lifetime': integer(0, UINT32_MAX),
});

type ClassValues = Values<typeof clientClassSchema.rules>;

const CLASSES_MAX = 10_000;
/** Classes that an expression may ask for without a definition. */
const BUILT_IN = /^(?:ALL|KNOWN|UNKNOWN|BOOTP|(?:VENDOR_CLASS|HA|AFTER|EXTERNAL|SPAWN)_.+)$/;
const MADE_BY_SERVER: ReadonlySet<string> = new Set(['ALL', 'KNOWN', 'UNKNOWN', 'BOOTP']);
const ALL_ONES = 0xffffffff;

/** The names that a list of classes defines, before anything is read that may name them. */
export function classNamesOf(entries: readonly unknown[]): string[] {
  return entries.flatMap((entry) =>
    isMap(entry) && typeof entry['name'] === 'string' ? [entry['name']] : [],
  );
}

/** @param spaces the options that exist outside of the classes */
export function readClientClasses(
  entries: readonly unknown[],
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): readonly ClientClassConfig[] {
  if (entries.length > CLASSES_MAX)
    report.error(at, `${entries.length} classes`, `at most ${CLASSES_MAX} classes`);
  const classes: ClientClassConfig[] = [];
  const names = new Set<string>();
  const surroundings: Surroundings = {
    optionCode: (optionName) => spaces.findByName(DHCP4_SPACE, optionName)?.code,
    isClass: (className) => BUILT_IN.test(className) || names.has(className),
  };
  for (const [index, entry] of entries.slice(0, CLASSES_MAX).entries()) {
    const place = child(at, index);
    const values = readMap(clientClassSchema, entry, place, report);
    if (values?.name === undefined) continue;
    if (names.has(values.name))
      report.error(child(place, 'name'), quote(values.name), 'a name that no other class has');
    classes.push(readClass(values.name, values, { spaces, surroundings }, place, report));
    names.add(values.name);
  }
  return classes;
}

function readClass(
  className: string,
  values: ClassValues,
  { spaces, surroundings }: { readonly spaces: OptionSpaces; readonly surroundings: Surroundings },
  at: Path,
  report: Report,
): ClientClassConfig {
  checkExpressions(className, values, at, report);
  checkDefinitions(values['option-def'], child(at, 'option-def'), report);
  const own = readDefinitions(values['option-def'], spaces, child(at, 'option-def'), report);
  const options = readOptions(values['option-data'], own, child(at, 'option-data'), report);
  const nextServer = values['next-server'] ?? 0;
  if (nextServer === ALL_ONES)
    report.error(child(at, 'next-server'), formatIpv4(ALL_ONES), 'the address of a server');
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
    nextServer: nextServer === 0 ? null : nextServer,
    serverHostname: values['server-hostname'] ?? null,
    bootFileName: values['boot-file-name'] ?? null,
    validLifetime: readClassLifetime(values, at, report),
    offerLifetimeSec: values['offer-lifetime'] ?? null,
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

/** Vendors have 43 and the private codes, each class its own meaning of them. */
function checkDefinitions(entries: readonly unknown[] | undefined, at: Path, report: Report): void {
  for (const [index, entry] of (entries ?? []).entries()) {
    if (!isMap(entry)) continue;
    const { code, space } = entry as { readonly code?: unknown; readonly space?: unknown };
    const isPrivate = typeof code === 'number' && (code === 43 || (code >= 224 && code <= 254));
    if (!isPrivate || (space ?? DHCP4_SPACE) !== DHCP4_SPACE)
      report.error(
        child(child(at, index), 'code'),
        `${String(code)} in the space ${quote(String(space ?? DHCP4_SPACE))}`,
        '43 or a code from 224 to 254 in the space "dhcp4"',
      );
  }
}

/** A bound alone is the lifetime itself. */
function readClassLifetime(values: ClassValues, at: Path, report: Report): LifetimeConfig | null {
  const min = values['min-valid-lifetime'];
  const max = values['max-valid-lifetime'];
  const lifetime = values['valid-lifetime'] ?? min ?? max;
  if (lifetime === undefined) return null;
  if (values['valid-lifetime'] === undefined && min !== undefined && max !== undefined)
    report.error(child(at, 'valid-lifetime'), 'nothing', 'a lifetime between the two bounds');
  const inherited = { minSec: null, defaultSec: lifetime, maxSec: null };
  return completeLifetime(readLifetime(values, inherited, at, report));
}
