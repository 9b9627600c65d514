/** `option-def`: options beside the standard ones, and spaces of sub-options. */
import { DHCP4_SPACE, type OptionDefinition } from '../../dhcp4/option-definitions.ts';
import { type FieldType, isFieldType } from '../../dhcp4/option-fields.ts';
import { findFixedDefinition, OptionSpaces } from '../../dhcp4/option-spaces.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { defineMap, readMap, type Values } from '../schema/map.ts';
import { type Rule, required, rule, withDefault } from '../schema/rule.ts';
import { flag, integer, orEmpty, text } from '../schema/scalars.ts';

/** Types of a single field, and what makes an option of several fields or of none. */
const TYPES = [
  'empty',
  'binary',
  'boolean',
  'int8',
  'int16',
  'int32',
  'uint8',
  'uint16',
  'uint32',
  'ipv4-address',
  'ipv6-address',
  'ipv6-prefix',
  'psid',
  'string',
  'tuple',
  'fqdn',
  'record',
] as const;

/** Definitions of one configuration, those of its classes too. */
const DEFINITIONS_MAX = 10_000;
/** The fields of a record: far more than fit into 255 octets make no sense. */
const FIELDS_MAX = 128;

/** Letters, digits, hyphens and underscores; the last two inside only. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,126}[A-Za-z0-9])?$/;

function identifier(what: string): Rule<string, undefined> {
  return rule(`${what} of letters, digits, "-" and "_"`, (value) =>
    typeof value === 'string' && NAME.test(value) ? value : undefined,
  );
}

/** The name of a space of options for DHCPv4. */
export function spaceName(): Rule<string, undefined> {
  return rule('the name of a space of letters, digits, "-" and "_", not "dhcp6"', (value) =>
    typeof value === 'string' && NAME.test(value) && value !== 'dhcp6' ? value : undefined,
  );
}

export const optionDefinitionSchema = defineMap('option-def[]', {
  name: required(identifier('a name')),
  code: required(integer(0, 255)),
  type: required(
    rule(`one of ${TYPES.map((type) => `"${type}"`).join(', ')}`, (value) =>
      TYPES.find((type) => type === value),
    ),
  ),
  'record-types': withDefault(text(), ''),
  array: withDefault(flag(), false),
  space: withDefault(spaceName(), DHCP4_SPACE),
  encapsulate: orEmpty(spaceName()),
});

type DefinitionValues = Values<typeof optionDefinitionSchema.rules>;

/**
 * Reads one list of definitions.
 * @param outer those that hold where this list has none
 */
export function readDefinitions(
  entries: readonly unknown[] | undefined,
  outer: OptionSpaces | null,
  at: Path,
  report: Report,
): OptionSpaces {
  const spaces = new OptionSpaces(outer);
  if (entries !== undefined && entries.length > DEFINITIONS_MAX)
    report.error(at, `${entries.length} definitions`, `at most ${DEFINITIONS_MAX}`);
  for (const [index, entry] of (entries ?? []).slice(0, DEFINITIONS_MAX).entries())
    readDefinition(entry, spaces, child(at, index), report);
  return spaces;
}

function readDefinition(entry: unknown, spaces: OptionSpaces, at: Path, report: Report): void {
  const errorsBefore = report.errorCount;
  const values = readMap(optionDefinitionSchema, entry, at, report);
  if (values === undefined || report.errorCount > errorsBefore) return;
  const { name, code, space } = values;
  if (name === undefined || code === undefined) return;
  checkCode(code, space, child(at, 'code'), report);
  const fixed = findFixedDefinition(space, code, name);
  if (fixed !== undefined) {
    const key = fixed.code === code ? 'code' : 'name';
    report.error(
      child(at, key),
      fixed.code === code ? String(code) : quote(name),
      `a ${key} that no standard option has; it is that of ${quote(fixed.name)}, option ${fixed.code}`,
    );
    return;
  }
  const fields = readFields(values, at, report);
  checkEncapsulation(values, at, report);
  if (report.errorCount > errorsBefore) return;
  const definition: OptionDefinition = {
    code,
    name,
    fields,
    repeatsLast: values.array,
    encapsulates: values.encapsulate ?? '',
  };
  if (!spaces.add(space, definition))
    report.error(
      at,
      `${quote(name)}, code ${code}`,
      `a name and a code that no other definition of the space ${quote(space)} has`,
    );
}

/** In other spaces than that of messages the two are codes like the rest. */
function checkCode(code: number, space: string, at: Path, report: Report): void {
  if (space === DHCP4_SPACE && (code === 0 || code === 255))
    report.error(at, String(code), 'a code from 1 to 254: 0 and 255 are no options');
}

function readFields(values: DefinitionValues, at: Path, report: Report): FieldType[] {
  const { type, array } = values;
  const names = values['record-types']
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (type !== 'record') {
    if (names.length > 0)
      report.error(child(at, 'record-types'), quote(values['record-types']), '"record" as "type" beside it');
    const isRefused = type === 'empty' || type === 'binary' || type === 'string';
    if (array && isRefused)
      report.error(child(at, 'array'), `an array of ${quote(type)}`, 'values whose end can be told');
    return type === undefined || type === 'empty' ? [] : [type];
  }
  return readRecord(names, array, child(at, 'record-types'), report);
}

function readRecord(names: readonly string[], array: boolean, at: Path, report: Report): FieldType[] {
  const known = new Set<string>(TYPES.filter((type) => type !== 'empty' && type !== 'record'));
  const wrong = names.find((each) => !known.has(each));
  const open = names.findIndex(
    (each, index) => (each === 'string' || each === 'binary') && (array || index < names.length - 1),
  );
  if (names.length < 2 || names.length > FIELDS_MAX)
    report.error(at, `${names.length} types`, `from 2 to ${FIELDS_MAX} types with commas between them`);
  else if (wrong !== undefined) report.error(at, quote(wrong), `one of ${[...known].join(', ')}`);
  else if (open >= 0)
    report.error(at, quote(names[open]!), 'values whose end can be told before other values');
  return names.filter(isFieldType);
}

function checkEncapsulation(values: DefinitionValues, at: Path, report: Report): void {
  const { encapsulate, space, array } = values;
  if (encapsulate === undefined) return;
  if (array)
    report.error(child(at, 'encapsulate'), '"encapsulate" beside "array": true', 'one of the two', 'key');
  if (encapsulate === space)
    report.error(
      child(at, 'encapsulate'),
      quote(encapsulate),
      'another space than that of the option itself',
    );
}
