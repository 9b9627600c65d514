/**
 * Kea's `hostname-char-set`: the characters of names that are replaced. It is a regular expression there; here it is one
 * bracket expression, as in all of Kea's examples, so that it becomes a table of 256 entries and no name of a client can
 * make work:
 *
 *     [^A-Za-z0-9.-]     each character that is not listed is replaced
 *     [^A-Za-z0-9.-]+    each run of such characters is replaced once
 *
 * As in POSIX, a backslash in brackets is a backslash, and `[:alpha:]` is a class of characters.
 */
import { lowerCase, type Octets } from './domain-name.ts';

export interface CharacterSet {
  /** 1 for each octet that is replaced. */
  readonly table: Uint8Array;
  /** A run of them is replaced by one replacement. */
  readonly isRun: boolean;
  readonly replacement: Uint8Array;
}

/** Octets that a replacement may have. */
export const REPLACEMENT_BYTES_MAX = 16;

const NAMED: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what the class is made of
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/**
 * @param pattern not empty
 * @returns null when it is not one bracket expression of octets
 */
export function compileCharacterSet(pattern: string, replacement: string): CharacterSet | null {
  const found = /^\[(\^?)(\]?(?:\[:[a-z]+:\]|[^\]])*)\](\+?)$/s.exec(pattern);
  const octets = new TextEncoder().encode(replacement);
  if (found === null || octets.length > REPLACEMENT_BYTES_MAX || hasReference(replacement)) return null;
  const [, negation, items = '', run] = found;
  const table = new Uint8Array(256);
  if (items === '' || !fill(table, items)) return null;
  if (negation !== '') for (let octet = 0; octet < 256; octet++) table[octet] = 1 - table[octet]!;
  return { table, isRun: run !== '', replacement: octets };
}

/** Kea would put a part of the match in the place of these. */
function hasReference(replacement: string): boolean {
  return /\$[$&`'0-9]/.test(replacement);
}

function fill(table: Uint8Array, items: string): boolean {
  for (let at = 0; at < items.length; ) {
    const named = /^\[:([a-z]+):\]/.exec(items.slice(at));
    if (named !== null) {
      const members = NAMED[named[1]!];
      if (members === undefined) return false;
      for (let octet = 0; octet < 128; octet++)
        if (members.test(String.fromCharCode(octet))) table[octet] = 1;
      at += named[0].length;
      continue;
    }
    const isRange = items[at + 1] === '-' && at + 2 < items.length;
    const first = items.charCodeAt(at);
    const last = isRange ? items.charCodeAt(at + 2) : first;
    // Equivalence classes and collating symbols; characters that are more than one octet.
    if (/^\[[.=]/.test(items.slice(at)) || first > last || last > 0x7f) return false;
    table.fill(1, first, last + 1);
    at += isRange ? 3 : 1;
  }
  return true;
}

/**
 * Appends a run of octets to `to` with the characters of the set replaced and letters made small.
 * @returns false when `to` has no room for it
 */
export function appendSanitised(
  { table, isRun, replacement }: CharacterSet,
  from: Uint8Array,
  offset: number,
  length: number,
  to: Octets,
): boolean {
  const out = to.bytes;
  let isInRun = false;
  for (let i = 0; i < length; i++) {
    const octet = from[offset + i]!;
    const isReplaced = table[octet] === 1;
    if (isReplaced && !(isRun && isInRun)) {
      if (to.length + replacement.length > out.length) return false;
      for (let k = 0; k < replacement.length; k++) out[to.length++] = lowerCase(replacement[k]!);
    } else if (!isReplaced) {
      if (to.length === out.length) return false;
      out[to.length++] = lowerCase(octet);
    }
    isInRun = isReplaced;
  }
  return true;
}
