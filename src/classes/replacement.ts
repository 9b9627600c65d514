/** What is put in the place of a match, as std::regex_replace reads it: text, with `$&` and the like in it. */

export const ReplacementPart = {
  literal: 0,
  /** All that matches: `$&`, `$0`. */
  match: 1,
  /** What stands between the match before and this one: $` */
  before: 2,
  /** What stands behind the match: `$'`. */
  behind: 3,
} as const;

export interface ReplacementParts {
  /** One of ReplacementPart each. */
  readonly parts: readonly number[];
  /** By part: what a literal is. */
  readonly octets: readonly Uint8Array[];
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);
const DOLLAR = '$';

/**
 * @param groups of the expression
 * @returns null when the text of a group is asked for
 */
export function readReplacement(text: string, groups: number): ReplacementParts | null {
  const parts: number[] = [];
  const octets: Uint8Array[] = [];
  const add = (part: number, literal = ''): void => {
    parts.push(part);
    octets.push(literal === '' ? NOTHING : encoder.encode(literal));
  };
  for (const [found, sign] of text.matchAll(/\$([$&`']|\d\d?)|\$|[^$]+/g)) {
    if (sign === undefined) add(ReplacementPart.literal, found);
    else if (sign === DOLLAR) add(ReplacementPart.literal, DOLLAR);
    else if (sign === '&' || Number(sign) === 0) add(ReplacementPart.match);
    else if (sign === '`') add(ReplacementPart.before);
    else if (sign === "'") add(ReplacementPart.behind);
    // A group that does not exist is nothing.
    else if (Number(sign) <= groups) return null;
  }
  return { parts, octets };
}
