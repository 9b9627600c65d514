/** `option-def`: options beside the standard ones, and spaces of sub-options. */
import { DHCP4_OPTIONS } from '../../dhcp4/option-standard.ts';
import { DHCP6_OPTIONS } from '../../dhcp6/option-standard.ts';
import type { OptionDefinition } from '../../options/definition.ts';
import { type FieldType, isFieldType } from '../../options/fields.ts';
import { OptionSpaces } from '../../options/spaces.ts';
import type { OptionStandard } from '../../options/standard.ts';
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

/** The name of a space of options of a family. */
export function spaceName({ foreignSpace }: OptionStandard): Rule<string, undefined> {
  return rule(`the name of a space of letters, digits, "-" and "_", not "${foreignSpace}"`, (value) =>
    typeof value === 'string' && NAME.test(value) && value !== foreignSpace ? value : undefined,
  );
}

function schemaOf(standard: OptionStandard) {
  return defineMap('option-def[]', {
    name: required(identifier('a name')),
    code: required(integer(0, standard.codeMax)),
    type: required(
      rule(`one of ${TYPES.map((type) => `"${type}"`).join(', ')}`, (value) =>
        TYPES.find((type) => type === value),
      ),
    ),
    'record-types': withDefault(text(), ''),
    array: withDefault(flag(), false),
    space: withDefault(spaceName(standard), standard.space),
    encapsulate: orEmpty(spaceName(standard)),
  });
}

export const optionDefinitionSchema = schemaOf(DHCP4_OPTIONS);
export const optionDefinitionSchema6 = schemaOf(DHCP6_OPTIONS);

type DefinitionValues = Values<typeof optionDefinitionSchema.rules>;

/**
 * Reads one list of definitions.
 * @param outer those that hold where this list has none
 */
export function readDefinitions(
  entries: readonly unknown[] | undefined,
  outer: OptionSpaces,
  at: Path,
  report: Report,
): OptionSpaces {
  const spaces = new OptionSpaces(outer.standard, outer);
  if (entries !== undefined && entries.length > DEFINITIONS_MAX)
    report.error(at, `${entries.length} definitions`, `at most ${DEFINITIONS_MAX}`);
  for (const [index, entry] of (entries ?? []).slice(0, DEFINITIONS_MAX).entries())
    readDefinition(entry, spaces, child(at, index), report);
  return spaces;
}

function readDefinition(entry: unknown, spaces: OptionSpaces, at: Path, report: Report): void {
  const errorsBefore = report.errorCount;
  const values = readMap(
    spaces.standard === DHCP6_OPTIONS ? optionDefinitionSchema6 : optionDefinitionSchema,
    entry,
    at,
    report,
  );
  if (values === undefined || report.errorCount > errorsBefore) return;
  const { name, code, space } = values;
  if (name === undefined || code === undefined) return;
  checkCode(code, space, spaces.standard, child(at, 'code'), report);
  const fixed = spaces.findFixed(space, code, name);
  if (fixed !== undefined) {
    const key = fixed.code === code ? 'code' : 'name';
    report.error(
      child(at, key),
      fixed.code === code ? String(code) : quote(name),
      `a ${key} that no standard option has; it is that of ${quote(fixed.name)}, option ${fixed.code}`,
    );
    return;
  }
  const fields = readFields(values, spaces.standard, at, report);
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

/** In other spaces than that of messages these are codes like the rest. */
function checkCode(code: number, space: string, standard: OptionStandard, at: Path, report: Report): void {
  if (space === standard.space && !isMessageCode(code, standard))
    report.error(at, String(code), messageCodes(standard));
}

/** Whether the options of a message can have the code. */
export function isMessageCode(code: number, { messageCodeMax }: OptionStandard): boolean {
  return code > 0 && code <= messageCodeMax;
}

/** What the code of an option of a message must be. */
export function messageCodes({ codeMax, messageCodeMax }: OptionStandard): string {
  const none = codeMax === messageCodeMax ? '0 is none' : `0 and ${codeMax} are no options`;
  return `a code from 1 to ${messageCodeMax}: ${none}`;
}

function readFields(
  values: DefinitionValues,
  standard: OptionStandard,
  at: Path,
  report: Report,
): FieldType[] {
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
    return type === undefined || type === 'empty' ? [] : [fieldOf(type, standard)];
  }
  return readRecord(names, array, child(at, 'record-types'), report).map((each) => fieldOf(each, standard));
}

function fieldOf(type: FieldType, { tuple }: OptionStandard): FieldType {
  return type === 'tuple' ? tuple : type;
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
