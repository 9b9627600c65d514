/**
 * Kea's `hostname-char-set`, a POSIX extended regular expression, and `hostname-char-replacement`: what matches in a name is
 * replaced. One bracket expression, as in all of Kea's examples, is a table of 256 entries:
 *
 *     [^A-Za-z0-9.-]     each character that is not listed is replaced
 *     [^A-Za-z0-9.-]+    each run of such characters is replaced once
 *
 * Any other one is searched for in a time that is bounded whatever the name (longest-matches.ts).
 */
import { lowerCase, type Octets } from '../options/domain-name.ts';
import { parseExtended } from './extended-parse.ts';
import { LongestMatches, NO_MATCH } from './longest-matches.ts';
import { statesOf } from './regexp.ts';
import { RegExpFault, type RegExpNode } from './regexp-parse.ts';
import { ReplacementPart, type ReplacementParts, readReplacement } from './replacement.ts';

export interface CharacterSet {
  /** 1 for each octet that is replaced; null = `matches` tells what is. */
  readonly table: Uint8Array | null;
  /** A run of them is replaced by one replacement. */
  readonly isRun: boolean;
  readonly matches: LongestMatches | null;
  readonly replacement: ReplacementParts;
}

export type CompiledCharacterSet =
  | { readonly ok: true; readonly set: CharacterSet }
  /** @param of which of the two is at fault */
  | { readonly ok: false; readonly of: 'set' | 'replacement'; readonly expected: string };

/** Octets that an expression and a replacement may have, as in Kea. */
export const EXPRESSION_BYTES_MAX = 4096;
/** Octets of the longest text that is cleaned. */
const TEXT_BYTES_MAX = 1024;

/** @param pattern not empty */
export function compileCharacterSet(pattern: string, replacement: string): CompiledCharacterSet {
  try {
    const { node, groups } = parseExtended(Buffer.from(pattern).toString('latin1'));
    const parts = readReplacement(replacement, groups);
    if (parts === null)
      return {
        ok: false,
        of: 'replacement',
        expected: 'a replacement without the text of a group, such as $1; $& is all that matches',
      };
    const simple = simpleSet(node);
    const matches = simple === null ? new LongestMatches(statesOf(node), TEXT_BYTES_MAX) : null;
    const table = simple?.table ?? null;
    return { ok: true, set: { table, isRun: simple?.isRun ?? false, matches, replacement: parts } };
  } catch (error) {
    if (error instanceof RegExpFault) return { ok: false, of: 'set', expected: error.message };
    throw error;
  }
}

function simpleSet(node: RegExpNode): { table: Uint8Array; isRun: boolean } | null {
  const [part, more] = node.kind === 'sequence' ? node.parts : [node];
  if (part === undefined || more !== undefined) return null;
  if (part.kind === 'set') return { table: part.set, isRun: false };
  const isRun = part.kind === 'repeat' && part.min === 1 && part.max === Number.POSITIVE_INFINITY;
  return isRun && part.of.kind === 'set' ? { table: part.of.set, isRun } : null;
}

/**
 * Appends a run of octets to `to` with what matches replaced and letters made small.
 * @returns false when `to` has no room for it
 */
export function appendSanitised(
  set: CharacterSet,
  from: Uint8Array,
  offset: number,
  length: number,
  to: Octets,
): boolean {
  if (set.table === null) return appendReplaced(set, from, offset, length, to);
  let start = -1;
  let last = 0;
  for (let i = 0; i <= length; i++) {
    const isReplaced = i < length && set.table[from[offset + i]!] === 1;
    if (start >= 0 && !(isReplaced && set.isRun)) {
      if (!appendReplacement(set.replacement, from, offset, length, last, start, i, to)) return false;
      last = i;
      start = -1;
    }
    if (isReplaced) {
      if (start < 0) start = i;
    } else if (i < length && !append(from, offset + i, 1, to)) return false;
  }
  return true;
}

/** As std::regex_replace goes from match to match. */
function appendReplaced(
  { matches, replacement }: CharacterSet,
  from: Uint8Array,
  offset: number,
  length: number,
  to: Octets,
): boolean {
  if (length > TEXT_BYTES_MAX) return false;
  const { ends } = matches!;
  matches!.find(from, offset, length);
  let last = 0;
  for (let at = 0; at <= length; at++) {
    const end = ends[at]!;
    if (end === NO_MATCH) continue;
    if (!append(from, offset + last, at - last, to)) return false;
    if (!appendReplacement(replacement, from, offset, length, last, at, end, to)) return false;
    last = end;
    // Behind a match the next one may begin at once; one of nothing is not found again.
    if (end > at) at = end - 1;
  }
  return append(from, offset + last, length - last, to);
}

/** What stands for the match from `start` to `end`, the one before it having ended at `last`. */
function appendReplacement(
  { parts, octets }: ReplacementParts,
  from: Uint8Array,
  offset: number,
  length: number,
  last: number,
  start: number,
  end: number,
  to: Octets,
): boolean {
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    let isDone = true;
    if (part === ReplacementPart.literal) isDone = append(octets[i]!, 0, octets[i]!.length, to);
    else if (part === ReplacementPart.match) isDone = append(from, offset + start, end - start, to);
    else if (part === ReplacementPart.before) isDone = append(from, offset + last, start - last, to);
    else isDone = append(from, offset + end, length - end, to);
    if (!isDone) return false;
  }
  return true;
}

function append(from: Uint8Array, offset: number, length: number, to: Octets): boolean {
  if (to.length + length > to.bytes.length) return false;
  for (let i = 0; i < length; i++) to.bytes[to.length++] = lowerCase(from[offset + i]!);
  return true;
}
