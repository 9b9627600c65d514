/**
 * Options that hold options: each is filled with the options of its space that stand in the same list, nested to any depth that
 * makes sense. Sub-options of another scope do not come in, as in Kea.
 */
import type { OptionDefinition } from '../../options/definition.ts';
import type { OptionStandard, SubOptionFormat } from '../../options/standard.ts';
import type { OptionConfig } from '../model.ts';
import { type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';

/** Options inside of each other; the headers of more would leave no room for anything. */
const DEPTH_MAX = 32;

/** One entry of an `option-data` list. */
export interface ScopeOption extends OptionConfig {
  readonly space: string;
  readonly definition: OptionDefinition | undefined;
  /** Sub-options that the entry gives as octets behind its own. */
  readonly rest: Uint8Array;
  readonly at: Path;
}

/** @returns the same entries, the data of the containers complete */
export function fillContainers(
  options: readonly ScopeOption[],
  { subOptions: format }: OptionStandard,
  report: Report,
): readonly ScopeOption[] {
  if (options.every(({ definition }) => spaceOf(definition) === null)) return options;
  const bySpace = new Map<string, ScopeOption[]>();
  for (const option of options) {
    const siblings = bySpace.get(option.space);
    if (siblings === undefined) bySpace.set(option.space, [option]);
    else siblings.push(option);
  }
  const filling = { bySpace, done: new Map<ScopeOption, Content>(), format, report };
  return options.map((option) => {
    if (spaceOf(option.definition) === null) return option;
    const pieces = piecesOf(contentOf(option, [], filling), format.containerOctetsMax, format);
    const parts = pieces.length === 1 ? null : pieces.map(({ length }) => length);
    return { ...option, data: Uint8Array.from(Buffer.concat(pieces)), parts };
  });
}

/** What is in an option: its own octets, and then sub-options. */
interface Content {
  readonly own: Uint8Array;
  /** Ascending by code. */
  readonly inner: readonly SubContent[];
  /** Octets of all, in as few parts as can be. */
  readonly length: number;
}

interface SubContent {
  readonly code: number;
  readonly content: Content;
}

interface Filling {
  readonly bySpace: ReadonlyMap<string, readonly ScopeOption[]>;
  /** Several containers may hold the same space: it is made once. */
  readonly done: Map<ScopeOption, Content>;
  readonly format: SubOptionFormat;
  readonly report: Report;
}

/** The space whose options can stand behind the fields of an option: text and octets without a length leave no room. */
function spaceOf(definition: OptionDefinition | undefined): string | null {
  if (definition === undefined || definition.encapsulates === '') return null;
  const last = definition.fields.at(-1);
  return last === 'string' || last === 'binary' ? null : definition.encapsulates;
}

/** @param open the spaces that are being filled, from the outside in */
function contentOf(option: ScopeOption, open: readonly string[], filling: Filling): Content {
  const { definition, data, rest, at } = option;
  const space = spaceOf(definition);
  if (space === null) return plain(data);
  const done = filling.done.get(option);
  if (done !== undefined) return done;
  if (open.includes(space)) {
    filling.report.error(
      at,
      `an option of ${quote(space)} inside of the same space`,
      'spaces that do not contain themselves',
    );
    return plain(data);
  }
  if (open.length === DEPTH_MAX) {
    const found = `options inside of each other, ${DEPTH_MAX + 1} deep`;
    filling.report.error(at, found, `at most ${DEPTH_MAX} inside of each other`);
    return plain(data);
  }
  const given: SubContent[] = filling.format.parse(space, rest).map(({ code, data: octets }) => ({
    code,
    content: plain(octets),
  }));
  const codes = new Set(given.map(({ code }) => code));
  const added = (filling.bySpace.get(space) ?? [])
    .filter(({ code }) => !codes.has(code))
    .map((inner) => ({ code: inner.code, content: contentOf(inner, [...open, space], filling) }));
  const complete = bounded(data, [...given, ...added], option, filling);
  filling.done.set(option, complete);
  return complete;
}

function plain(own: Uint8Array): Content {
  return { own, inner: [], length: own.length };
}

/** What is too long is left out, so that containers of containers cannot grow without a bound. */
function bounded(
  own: Uint8Array,
  inner: readonly SubContent[],
  { at }: ScopeOption,
  { format, report }: Filling,
): Content {
  const length = inner.reduce((sum, { content }) => sum + format.headerOctets + content.length, own.length);
  if (length <= format.messageOctetsMax)
    return { own, inner: [...inner].sort((a, b) => a.code - b.code), length };
  report.error(
    at,
    `sub-options of ${length} octets`,
    `at most ${format.messageOctetsMax} octets: a reply holds no more`,
  );
  return plain(own);
}

/**
 * The content in pieces that end with a sub-option, as Kea cuts it: clients that do not put parts together (RFC 3396) find whole
 * sub-options in each. As long as it fits, there is one piece.
 * @param most octets of a piece
 */
function piecesOf({ own, inner, length }: Content, most: number, format: SubOptionFormat): Uint8Array[] {
  if (inner.length === 0) return chunksOf(own, most);
  const subOptions = inner.flatMap(({ code, content }) => {
    const mostInside = length > most ? most - format.headerOctets : format.dataOctetsMax;
    return piecesOf(content, mostInside, format).map((piece) =>
      Uint8Array.from([...format.header(code, piece.length), ...piece]),
    );
  });
  if (length <= most) return [Uint8Array.from(Buffer.concat([own, ...subOptions]))];
  return own.length === 0 ? subOptions : [...chunksOf(own, most), ...subOptions];
}

function chunksOf(octets: Uint8Array, most: number): Uint8Array[] {
  const chunks = [octets.subarray(0, most)];
  for (let at = most; at < octets.length; at += most) chunks.push(octets.subarray(at, at + most));
  return chunks;
}
