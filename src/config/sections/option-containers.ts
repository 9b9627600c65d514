/**
 * Options that hold options: each is filled with the options of its space that stand in the same list, nested to any depth that
 * makes sense. Sub-options of another scope do not come in, as in Kea.
 */
import type { OptionDefinition } from '../../dhcp4/option-definitions.ts';
import {
  encodeSubOptions,
  parseSubOptions,
  SUB_OPTION_OCTETS_MAX,
  type SubOption,
} from '../../dhcp4/sub-options.ts';
import type { OptionConfig } from '../model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';

/** One entry of an `option-data` list. */
export interface ScopeOption extends OptionConfig {
  readonly space: string;
  readonly definition: OptionDefinition | undefined;
  /** Sub-options that the entry gives as octets behind its own. */
  readonly rest: Uint8Array;
  readonly at: Path;
}

/** @returns the same entries, the data of the containers complete */
export function fillContainers(options: readonly ScopeOption[], report: Report): readonly ScopeOption[] {
  if (options.every(({ definition }) => spaceOf(definition) === null)) return options;
  const bySpace = new Map<string, ScopeOption[]>();
  for (const option of options) {
    const siblings = bySpace.get(option.space);
    if (siblings === undefined) bySpace.set(option.space, [option]);
    else siblings.push(option);
  }
  const filling = { bySpace, done: new Map<ScopeOption, Uint8Array>(), report };
  return options.map((option) => ({ ...option, data: completeData(option, [], filling) }));
}

interface Filling {
  readonly bySpace: ReadonlyMap<string, readonly ScopeOption[]>;
  /** Several containers may hold the same space: it is written once. */
  readonly done: Map<ScopeOption, Uint8Array>;
  readonly report: Report;
}

/** The space whose options can stand behind the fields of an option: text and octets without a length leave no room. */
function spaceOf(definition: OptionDefinition | undefined): string | null {
  if (definition === undefined || definition.encapsulates === '') return null;
  const last = definition.fields.at(-1);
  return last === 'string' || last === 'binary' ? null : definition.encapsulates;
}

/** @param open the spaces that are being filled, from the outside in */
function completeData(option: ScopeOption, open: readonly string[], filling: Filling): Uint8Array {
  const { definition, data, rest, at } = option;
  const space = spaceOf(definition);
  if (space === null) return data;
  const done = filling.done.get(option);
  if (done !== undefined) return done;
  if (open.includes(space)) {
    filling.report.error(
      at,
      `an option of ${quote(space)} inside of the same space`,
      'spaces that do not contain themselves',
    );
    return data;
  }
  const subOptions = parseSubOptions(space, rest);
  const given = new Set(subOptions.map(({ code }) => code));
  for (const inner of filling.bySpace.get(space) ?? []) {
    if (given.has(inner.code)) continue;
    const innerData = completeData(inner, [...open, space], filling);
    if (fits(innerData, inner, filling.report)) subOptions.push({ code: inner.code, data: innerData });
  }
  const complete = join(data, subOptions);
  filling.done.set(option, complete);
  return complete;
}

/** What is too long is left out, so that containers of containers cannot grow without a bound. */
function fits(data: Uint8Array, { at }: ScopeOption, report: Report): boolean {
  if (data.length <= SUB_OPTION_OCTETS_MAX) return true;
  report.error(
    child(at, 'data'),
    `${data.length} octets`,
    `at most ${SUB_OPTION_OCTETS_MAX} octets in an option inside of an option`,
  );
  return false;
}

function join(own: Uint8Array, subOptions: readonly SubOption[]): Uint8Array {
  return Uint8Array.from(Buffer.concat([own, encodeSubOptions(subOptions)]));
}
