/** The `option-data` lists of global, subnet and pool scope. */
import { encodeOptionHex, encodeOptionText, type OptionData } from '../../dhcp4/option-data.ts';
import {
  findOptionByCode,
  findOptionByName,
  type OptionDefinition,
  optionNames,
} from '../../dhcp4/option-definitions.ts';
import type { OptionConfig } from '../model.ts';
import { child, describe, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { defineMap, readMap, type Values } from '../schema/map.ts';
import { findNearest } from '../schema/nearest.ts';
import { withDefault } from '../schema/rule.ts';
import { flag, integer, name, text } from '../schema/scalars.ts';
import { noNames } from './unimplemented.ts';

export const optionSchema = defineMap('option-data[]', {
  name: name(),
  code: integer(1, 254),
  space: withDefault(text(), 'dhcp4'),
  'csv-format': withDefault(flag(), true),
  data: withDefault(text(), ''),
  'always-send': withDefault(flag(), false),
  'never-send': withDefault(flag(), false),
  // A tag decides who gets the option: going without it would send the option to everybody.
  'client-classes': noNames(false),
});

type OptionValues = Values<typeof optionSchema.rules>;

/** Most scopes have no options: they share one list. */
const NO_OPTIONS: readonly OptionConfig[] = [];

/** Reads one list, ascending by code. Of two entries with the same code the first one counts, as in Kea. */
export function readOptions(entries: readonly unknown[], at: Path, report: Report): readonly OptionConfig[] {
  if (entries.length === 0) return NO_OPTIONS;
  const options = new Map<number, OptionConfig>();
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const option = readOption(entry, place, report);
    if (option === null) continue;
    if (!options.has(option.code)) options.set(option.code, option);
    else
      report.warn(
        place,
        `option ${option.code} a second time`,
        'each option once: only the first one counts',
      );
  }
  return [...options.values()].sort((a, b) => a.code - b.code);
}

function readOption(entry: unknown, at: Path, report: Report): OptionConfig | null {
  const errorsBefore = report.errorCount;
  const values = readMap(optionSchema, entry, at, report);
  // A wrong code, name or data stands for nothing: going on would report the same entry twice.
  if (values === undefined || report.errorCount > errorsBefore) return null;
  if (values.space !== 'dhcp4') {
    report.unsupported(child(at, 'space'), values.space, '"dhcp4"');
    return null;
  }
  if (isLeftOut(values, at, report)) return null;
  const identity = identify(values, at, report);
  if (identity === null) return null;
  const data = encode(values, identity.definition);
  if (!data.ok) {
    report.error(child(at, 'data'), data.found, data.expected);
    return null;
  }
  return {
    code: identity.code,
    data: data.bytes,
    alwaysSend: values['always-send'],
    neverSend: values['never-send'],
    clientClasses: [],
  };
}

/** An option that option-def of the file defines: its octets can be sent, its text form cannot be read. */
function isLeftOut(values: OptionValues, at: Path, report: Report): boolean {
  if (isReadable(values)) return false;
  const key = values.name === undefined ? 'code' : 'name';
  const found = `the option ${describe(values[key])}`;
  const definition = report.whereLeftOut(found);
  if (definition === null) return false;
  report.unsupportedThing(
    child(at, key),
    `${found}, which ${definition} defines and which is left out`,
    'a standard option, or its code with hexadecimal data and "csv-format": false',
  );
  return true;
}

function isReadable(values: OptionValues): boolean {
  if (values.code !== undefined) return findOptionByCode(values.code) !== undefined || !values['csv-format'];
  return values.name === undefined || findOptionByName(values.name) !== undefined;
}

interface Identity {
  readonly code: number;
  readonly definition: OptionDefinition | undefined;
}

/** Which option an entry is about: its code, its name, or both if they agree. */
function identify(values: OptionValues, at: Path, report: Report): Identity | null {
  if (values.name === undefined) {
    if (values.code !== undefined) return { code: values.code, definition: findOptionByCode(values.code) };
    report.error(at, 'neither "name" nor "code"', 'the name or the code of an option');
    return null;
  }
  const definition = findOptionByName(values.name);
  if (definition === undefined) {
    // A name of one's own for octets that nobody has to understand.
    const { code } = values;
    if (code !== undefined && findOptionByCode(code) === undefined && !values['csv-format'])
      return { code, definition };
    const nearest = report.isFull ? null : findNearest(values.name, optionNames());
    const hint = nearest === null ? '' : `, perhaps "${nearest}"`;
    report.error(child(at, 'name'), quote(values.name), `the name of a standard DHCPv4 option${hint}`);
    return null;
  }
  if (values.code !== undefined && values.code !== definition.code) {
    report.error(
      child(at, 'code'),
      String(values.code),
      `${definition.code}, the code of "${definition.name}"`,
    );
    return null;
  }
  return { code: definition.code, definition };
}

function encode(values: OptionValues, definition: OptionDefinition | undefined): OptionData {
  // An entry that only suppresses an option needs no data.
  if (values['never-send'] && values.data === '') return { ok: true, bytes: new Uint8Array(0) };
  if (definition === undefined || !values['csv-format']) return encodeOptionHex(definition, values.data);
  return encodeOptionText(definition, values.data);
}
