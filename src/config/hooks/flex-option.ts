/** Parameters of libdhcp_flex_option. */
import { DHCP4_OPTIONS } from '../../dhcp4/option-standard.ts';
import { DHCP6_OPTIONS } from '../../dhcp6/option-standard.ts';
import type { OptionDefinition } from '../../options/definition.ts';
import type { OptionSpaces } from '../../options/spaces.ts';
import type { OptionStandard } from '../../options/standard.ts';
import type {
  FlexAction,
  FlexEntriesConfig,
  FlexOptionConfig,
  FlexSubOptionConfig,
  FlexTarget,
} from '../hook-model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import { defineMap, readMap, type Values, withoutContext } from '../schema/map.ts';
import { accepted, required, withDefault } from '../schema/rule.ts';
import { flag, integer, name, text } from '../schema/scalars.ts';
import { spaceName } from '../sections/option-def.ts';
import { enterpriseOf } from '../sections/options.ts';
import { readTestExpression, readValueExpression } from './expression.ts';

/** What an entry for an option and one for a sub-option have in common. 0 is no option, nor is 255 of DHCPv4. */
const rulesOf = (standard: OptionStandard) =>
  ({
    code: integer(1, standard.messageCodeMax),
    name: name(),
    space: spaceName(standard),
    'csv-format': withDefault(flag(), false),
    add: name(),
    supersede: name(),
    remove: name(),
    'client-class': withDefault(text(), ''),
    comment: accepted(text()),
  }) as const;

export const flexOptionSchema = defineMap('parameters of flex_option', { options: required(list()) });

const entrySchemaOf = (standard: OptionStandard) =>
  withoutContext(defineMap('options[] of flex_option', { ...rulesOf(standard), 'sub-options': list() }));

const subOptionSchemaOf = (standard: OptionStandard) =>
  withoutContext(
    defineMap('sub-options[] of flex_option', {
      ...rulesOf(standard),
      'container-add': withDefault(flag(), true),
      'container-remove': withDefault(flag(), true),
    }),
  );

export const flexOptionEntrySchema = entrySchemaOf(DHCP4_OPTIONS);
export const flexSubOptionSchema = subOptionSchemaOf(DHCP4_OPTIONS);
const entrySchema6 = entrySchemaOf(DHCP6_OPTIONS);
const subOptionSchema6 = subOptionSchemaOf(DHCP6_OPTIONS);

type EntryValues = Pick<Values<typeof flexSubOptionSchema.rules>, keyof ReturnType<typeof rulesOf>>;

const ACTIONS = ['add', 'supersede', 'remove'] as const;

interface Identity {
  readonly code: number;
  readonly definition: OptionDefinition | undefined;
}

/** @param parameters undefined when the file has none */
export function readFlexOption(
  parameters: unknown,
  at: Path,
  report: Report,
  spaces: OptionSpaces,
): FlexEntriesConfig | null {
  const entries = readMap(flexOptionSchema, parameters ?? {}, at, report)?.options;
  if (entries === undefined) return null;
  const options: FlexOptionConfig[] = [];
  const subOptions: FlexSubOptionConfig[] = [];
  for (const [index, entry] of entries.entries())
    readEntry(entry, spaces, child(child(at, 'options'), index), report, options, subOptions);
  return {
    options: options.sort((a, b) => a.code - b.code),
    subOptions: subOptions.sort((a, b) => a.container - b.container || a.code - b.code),
  };
}

function readEntry(
  entry: unknown,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
  options: FlexOptionConfig[],
  subOptions: FlexSubOptionConfig[],
): void {
  const errorsBefore = report.errorCount;
  const { standard } = spaces;
  const schema = standard.family === 6 ? entrySchema6 : flexOptionEntrySchema;
  const values = readMap(schema, entry, at, report);
  if (values === undefined || report.errorCount > errorsBefore) return;
  const identity = identify(values, values.space ?? standard.space, spaces, at, report);
  if (identity === null) return;
  const list = values['sub-options'];
  if (list === undefined) {
    const action = readAction(values, identity, spaces, at, report);
    if (action !== null) options.push({ ...targetOf(values, identity), action });
    return;
  }
  const forbidden = ACTIONS.find((key) => values[key] !== undefined);
  if (forbidden !== undefined)
    report.error(child(at, forbidden), `"${forbidden}" beside "sub-options"`, 'one of them', 'key');
  const container = { ...targetOf(values, identity), definition: identity.definition };
  for (const [index, each] of list.entries()) {
    const place = child(child(at, 'sub-options'), index);
    const read = readSubOption(each, container, spaces, place, report);
    if (read === null) continue;
    if (subOptions.some(({ container: code, code: own }) => code === read.container && own === read.code))
      report.error(
        place,
        `sub-option ${read.code} of option ${read.container} a second time`,
        'each sub-option once',
      );
    subOptions.push(read);
  }
}

type Container = FlexTarget & { readonly definition: OptionDefinition | undefined };

function readSubOption(
  entry: unknown,
  container: Container,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): FlexSubOptionConfig | null {
  const errorsBefore = report.errorCount;
  const { standard } = spaces;
  const schema = standard.family === 6 ? subOptionSchema6 : flexSubOptionSchema;
  const values = readMap(schema, entry, at, report);
  if (values === undefined || report.errorCount > errorsBefore) return null;
  const space = values.space ?? container.definition?.encapsulates ?? '';
  if (space === '') {
    report.error(at, `a sub-option of option ${container.code}, which has no space of its own`, 'a "space"');
    return null;
  }
  const enterprise = container.code === standard.vendorOptionsCode ? enterpriseOf(space) : 0;
  if (enterprise === null) {
    report.error(child(at, 'space'), quote(space), 'the space of a vendor, such as "vendor-4491"');
    return null;
  }
  const identity = identify(values, space, spaces, at, report);
  if (identity === null) return null;
  const action = readAction(values, identity, spaces, at, report);
  if (action === null) return null;
  return {
    ...targetOf(values, identity),
    action,
    container: container.code,
    containerClass: container.clientClass,
    enterprise,
    fields: container.definition?.fields ?? null,
    touchesContainer: action.kind === 'remove' ? values['container-remove'] : values['container-add'],
  };
}

function targetOf(values: EntryValues, { code }: Identity): FlexTarget {
  return { code, clientClass: values['client-class'] };
}

/** Which option an entry is about: its code, its name, or both if they agree. */
function identify(
  { code, name: optionName }: EntryValues,
  space: string,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): Identity | null {
  if (optionName === undefined) {
    if (code !== undefined) return { code, definition: spaces.findByCode(space, code) };
    report.error(at, 'neither "name" nor "code"', 'the name or the code of an option');
    return null;
  }
  const definition = spaces.findByName(space, optionName);
  if (definition === undefined)
    report.error(child(at, 'name'), quote(optionName), `the name of an option of the space ${quote(space)}`);
  else if (code === undefined || definition.code === code) return { code: definition.code, definition };
  else report.error(child(at, 'code'), String(code), `${definition.code}, the code of ${quote(optionName)}`);
  return null;
}

/** The one action of an entry; null after a problem was reported. */
function readAction(
  values: EntryValues,
  { code, definition }: Identity,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): FlexAction | null {
  const given = ACTIONS.filter((key) => values[key] !== undefined);
  const [kind, another] = given;
  if (kind === undefined || another !== undefined) {
    const found = kind === undefined ? 'no action' : `${given.map((key) => `"${key}"`).join(' and ')}`;
    report.error(at, found, 'one of "add", "supersede" and "remove"');
    return null;
  }
  const text = values[kind]!;
  const place = child(at, kind);
  if (kind === 'remove') {
    const test = readTestExpression(text, spaces, place, report);
    return test && { kind, test };
  }
  const value = readValueExpression(text, spaces, place, report);
  if (!values['csv-format']) return value && { kind, value, definition: null };
  if (definition === undefined)
    report.error(
      child(at, 'csv-format'),
      `true for option ${code}, which nothing defines`,
      'an "option-def" for it, or "csv-format": false',
    );
  return value && definition !== undefined ? { kind, value, definition } : null;
}
