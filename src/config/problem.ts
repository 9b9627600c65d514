/**
 * What is wrong with a configuration, and where. A problem names the place twice, as a position in a file (for an editor) and
 * as a path of keys (for a reader), and always says both what was found and what would have been right.
 */

/** One error or warning. Positions are null when the configuration did not come from a file. */
export interface Problem {
  /** The file that holds the place: the main file or an included one. */
  readonly file: string | null;
  /** Line, from 1. */
  readonly line: number | null;
  /** Column in UTF-16 units, from 1. */
  readonly column: number | null;
  /** For example `Dhcp4/subnet4[0]/pools[1]/pool`; empty for the file as a whole. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

/** A place inside a document, as a chain from the inside out; null is the document itself. */
export interface Path {
  readonly parent: Path | null;
  readonly key: string | number;
}

/** The longest excerpt of the input that a problem repeats, in UTF-16 units. */
const EXCERPT_MAX = 60;

/** The path of a member of a map or of an item of a list. */
export function child(parent: Path | null, key: string | number): Path {
  return { parent, key };
}

/** Writes a path as `Dhcp4/subnet4[0]/id`; keys of odd characters are quoted, so that a path is always one line. */
export function formatPath(path: Path | null): string {
  let text = '';
  for (let at = path; at !== null; at = at.parent) {
    const step = typeof at.key === 'number' ? `[${at.key}]` : formatKey(at.key);
    const isJoined = text === '' || text.startsWith('[');
    text = isJoined ? step + text : `${step}/${text}`;
  }
  return text;
}

function formatKey(key: string): string {
  return /^[\w.-]{1,64}$/.test(key) ? key : quote(key);
}

/** Writes a problem as `file:line:column: path: found X; expected Y`, leaving out what is not known. */
export function formatProblem(problem: Problem): string {
  const parts: string[] = [];
  if (problem.file !== null) {
    const position = problem.line === null ? '' : `:${problem.line}:${problem.column}`;
    parts.push(`${problem.file}${position}`);
  }
  if (problem.path !== '') parts.push(problem.path);
  parts.push(`found ${problem.found}; expected ${problem.expected}`);
  return parts.join(': ');
}

/** Names a value of a document in a few words: scalars by their text, lists and maps by their kind. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'a map';
  return String(value);
}

/** Names only the kind of a value, for values that must not be repeated, such as passwords. */
export function describeKind(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string';
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'boolean') return 'true or false';
  return describe(value);
}

/** Quotes text as JSON, cut to a readable length in UTF-16 units. */
export function quote(text: string, lengthMax = EXCERPT_MAX): string {
  return JSON.stringify(text.length > lengthMax ? `${text.slice(0, lengthMax)}...` : text);
}
