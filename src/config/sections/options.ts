/** The `option-data` lists of every scope. */

import { DHCP4_OPTIONS } from '../../dhcp4/option-standard.ts';
import { DHCP6_OPTIONS } from '../../dhcp6/option-standard.ts';
import { encodeOptionHex, encodeOptionText, type OptionData } from '../../options/data.ts';
import type { OptionDefinition } from '../../options/definition.ts';
import type { OptionSpaces } from '../../options/spaces.ts';
import type { OptionStandard } from '../../options/standard.ts';
import type { OptionConfig, VendorOptionConfig } from '../model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { listOf } from '../schema/collections.ts';
import { defineMap, readMap, type Values } from '../schema/map.ts';
import { findNearest } from '../schema/nearest.ts';
import { withDefault } from '../schema/rule.ts';
import { flag, integer, name, text } from '../schema/scalars.ts';
import { fillContainers, type ScopeOption } from './option-containers.ts';
import { isMessageCode, messageCodes, spaceName } from './option-def.ts';

function schemaOf(standard: OptionStandard) {
  return defineMap('option-data[]', {
    name: name(),
    code: integer(0, standard.codeMax),
    space: withDefault(spaceName(standard), standard.space),
    'csv-format': withDefault(flag(), true),
    data: withDefault(text(), ''),
    'always-send': withDefault(flag(), false),
    'never-send': withDefault(flag(), false),
    'client-classes': withDefault(listOf(name(), 'a list of class names'), []),
  });
}

export const optionSchema = schemaOf(DHCP4_OPTIONS);
export const optionSchema6 = schemaOf(DHCP6_OPTIONS);

type OptionValues = Values<typeof optionSchema.rules>;

/** What a scope has in its `option-data`. */
export interface ScopeOptions {
  /** Ascending by code. */
  readonly options: readonly OptionConfig[];
  /** Ascending by enterprise and code. */
  readonly vendorOptions: readonly VendorOptionConfig[];
}

/** Most scopes have no options: they share one list. */
const NO_OPTIONS: ScopeOptions = { options: [], vendorOptions: [] };

/**
 * Reads one list. Of two entries with the same code the first one counts, as in Kea. Sub-options go into the containers of this
 * list only.
 */
export function readOptions(
  entries: readonly unknown[] | undefined,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): ScopeOptions {
  if (entries === undefined || entries.length === 0) return NO_OPTIONS;
  const options = new Map<string, ScopeOption>();
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const option = readOption(entry, spaces, place, report);
    if (option === null) continue;
    const key = `${option.space} ${option.code}`;
    if (!options.has(key)) options.set(key, option);
    else
      report.warn(
        place,
        `option ${option.code} a second time`,
        'each option once: only the first one counts',
      );
  }
  return inOrder(fillContainers([...options.values()], spaces.standard, report), spaces.standard);
}

/** @returns what goes into a reply by itself; sub-options stand in their containers */
function inOrder(options: readonly ScopeOption[], standard: OptionStandard): ScopeOptions {
  const own: OptionConfig[] = [];
  const vendorOptions: VendorOptionConfig[] = [];
  for (const { space, code, data, parts, alwaysSend, neverSend, clientClasses } of options) {
    const config = { code, data, parts, alwaysSend, neverSend, clientClasses };
    if (space === standard.space) own.push(config);
    const enterprise = enterpriseOf(space);
    if (enterprise !== null) vendorOptions.push({ ...config, enterprise });
  }
  return {
    options: own.sort((a, b) => a.code - b.code),
    vendorOptions: vendorOptions.sort((a, b) => a.enterprise - b.enterprise || a.code - b.code),
  };
}

/** The number in the name of a vendor's space; null when the space is nobody's. */
export function enterpriseOf(space: string): number | null {
  const digits = /^vendor-([0-9]{1,10})$/.exec(space)?.[1];
  const enterprise = Number(digits);
  return digits !== undefined && enterprise > 0 && enterprise <= 0xffffffff ? enterprise : null;
}

function readOption(entry: unknown, spaces: OptionSpaces, at: Path, report: Report): ScopeOption | null {
  const errorsBefore = report.errorCount;
  const schema = spaces.standard === DHCP6_OPTIONS ? optionSchema6 : optionSchema;
  const values = readMap(schema, entry, at, report);
  // A wrong code, name or data stands for nothing: going on would report the same entry twice.
  if (values === undefined || report.errorCount > errorsBefore) return null;
  const identity = identify(values, spaces, at, report);
  if (identity === null) return null;
  const data = encode(values, identity.definition);
  if (!data.ok) {
    report.error(child(at, 'data'), data.found, data.expected);
    return null;
  }
  if (data.ignored !== null)
    report.warn(child(at, 'data'), data.ignored, 'no more than the option holds: the surplus is left out');
  return {
    ...identity,
    space: values.space,
    data: data.bytes,
    parts: null,
    rest: data.rest,
    alwaysSend: values['always-send'],
    neverSend: values['never-send'],
    clientClasses: values['client-classes'],
    at,
  };
}

interface Identity {
  readonly code: number;
  readonly definition: OptionDefinition | undefined;
}

/** Which option an entry is about: its code, its name, or both if they agree. */
function identify(values: OptionValues, spaces: OptionSpaces, at: Path, report: Report): Identity | null {
  const { space, code, name: optionName } = values;
  if (code === undefined) {
    if (optionName === undefined) {
      report.error(at, 'neither "name" nor "code"', 'the name or the code of an option');
      return null;
    }
    const definition = spaces.findByName(space, optionName);
    if (definition !== undefined) return { code: definition.code, definition };
    reportUnknownName(optionName, space, spaces, child(at, 'name'), report);
    return null;
  }
  const definition = spaces.findByCode(space, code);
  if (definition === undefined) return identifyUndefined(values, code, spaces.standard, at, report);
  if (optionName === undefined || optionName === definition.name) return { code, definition };
  const meant = spaces.findByName(space, optionName);
  if (meant === undefined) reportUnknownName(optionName, space, spaces, child(at, 'name'), report);
  else report.error(child(at, 'code'), String(code), `${meant.code}, the code of ${quote(optionName)}`);
  return null;
}

/** Octets of an option that nobody has to understand, under a name of one's own if one likes. */
function identifyUndefined(
  values: OptionValues,
  code: number,
  standard: OptionStandard,
  at: Path,
  report: Report,
): Identity | null {
  if (values.space === standard.space && !isMessageCode(code, standard)) {
    report.error(child(at, 'code'), String(code), messageCodes(standard));
    return null;
  }
  // An entry that only suppresses an option needs no data.
  if (!values['csv-format'] || values['never-send']) return { code, definition: undefined };
  report.error(
    child(at, 'code'),
    `${code}, which nothing defines in the space ${quote(values.space)}`,
    'an "option-def" for it, or hexadecimal data and "csv-format": false',
  );
  return null;
}

function reportUnknownName(
  optionName: string,
  space: string,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): void {
  const nearest = report.isFull ? null : findNearest(optionName, spaces.names(space));
  const hint = nearest === null ? '' : `, perhaps "${nearest}"`;
  report.error(at, quote(optionName), `the name of an option of the space ${quote(space)}${hint}`);
}

function encode(values: OptionValues, definition: OptionDefinition | undefined): OptionData {
  // An entry that only suppresses an option needs no data.
  if (values['never-send'] && values.data === '')
    return { ok: true, bytes: new Uint8Array(0), rest: new Uint8Array(0), ignored: null };
  if (definition === undefined || !values['csv-format']) return encodeOptionHex(definition, values.data);
  return encodeOptionText(definition, values.data);
}
