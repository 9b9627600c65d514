/**
 * The structural pass over JSON text without comments, before any parser sees it. It refuses what `JSON.parse` would either
 * choke on or silently accept: nesting that could exhaust a stack, keys that stand twice in one map, and the key `__proto__`,
 * which would change the prototype of whatever object it is copied into. What only Kea takes is put into JSON's words: commas
 * too many become blanks, numbers get the spelling of JSON.
 */
import { applyEdits, type Edit } from './edits.ts';
import { readNumber } from './numbers.ts';

/** Levels of maps and lists; a real configuration has about ten. */
export const NESTING_MAX = 128;
/** What is said of a document that is nested more deeply. */
export const NESTING_EXPECTED = `at most ${NESTING_MAX} levels of maps and lists`;
/** Keys that no document may have, whatever their place. */
export const PROTOTYPE_KEY = '__proto__';

/** Something that deserves a word, at an offset of the text. */
export interface Finding {
  readonly offset: number;
  readonly text: string;
}

/** Offsets are those of the text that was scanned. */
export interface Structure {
  /** The text as JSON. */
  readonly text: string;
  /** Where an offset of `text` stands in the text that was scanned. */
  readonly original: (offset: number) => number;
  /** The bracket that opens one level too many; the scan ends there. Or -1. */
  readonly tooDeepAt: number;
  readonly duplicateKeys: readonly Finding[];
  readonly prototypeKeys: readonly number[];
  readonly extraCommas: readonly number[];
  /** Numbers that no 64 bits can hold. */
  readonly hugeNumbers: readonly Finding[];
  /** Escapes beyond ASCII: Kea refuses those that fit into no octet. */
  readonly wideEscapes: readonly (Finding & { readonly isRefused: boolean })[];
  /** Numbers whose value is whole although they are written with a point or an exponent. */
  readonly wholeReals: ReadonlySet<number>;
}

/** Scans a whole configuration. Every string in it has its closing quote. Never throws. */
export function scanStructure(text: string): Structure {
  const scan = new StructureScan(text);
  const tooDeepAt = scan.run();
  const edited = applyEdits(text, scan.edits);
  return {
    text: edited.text,
    original: edited.original,
    tooDeepAt,
    duplicateKeys: scan.duplicateKeys,
    prototypeKeys: scan.prototypeKeys,
    extraCommas: scan.extraCommas,
    hugeNumbers: scan.hugeNumbers,
    wideEscapes: scan.wideEscapes,
    wholeReals: scan.wholeReals,
  };
}

const QUOTE = 0x22;
const COMMA = 0x2c;
/** A number and whatever touches it. */
const NUMBER = /[-+.0-9][-+.0-9eE]*/y;
/** Numbers that need no second look. */
const PLAIN_NUMBER = /^(?:0|[1-9][0-9]{0,14})$/;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|.)/gs;
/** The highest character that Kea takes as an escape, and the highest that is the same octet in UTF-8. */
const ESCAPE_MAX = 0xff;
const ASCII_MAX = 0x7f;

/** What stood before the next token, as far as a comma can tell. */
type Before = 'open' | 'comma' | 'other';

class StructureScan {
  readonly duplicateKeys: Finding[] = [];
  readonly prototypeKeys: number[] = [];
  readonly extraCommas: number[] = [];
  readonly hugeNumbers: Finding[] = [];
  readonly wideEscapes: (Finding & { readonly isRefused: boolean })[] = [];
  readonly wholeReals = new Set<number>();
  readonly edits: Edit[] = [];
  readonly #text: string;
  /** A set of keys for each open map, null for each open list. */
  readonly #open: (Set<string> | null)[] = [];
  /** The innermost open map while its next string is a key. */
  #keys: Set<string> | null = null;
  #before: Before = 'other';
  #comma = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** @returns the offset of the first bracket that nests too deeply, or -1 */
  run(): number {
    const text = this.#text;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code <= 0x20) continue;
      const isOpening = code === 0x7b || code === 0x5b;
      if (isOpening && this.#open.length >= NESTING_MAX) return at;
      if (code === COMMA) this.#readComma(at);
      else {
        if (isOpening) this.#enter(code === 0x7b);
        else if (code === 0x7d || code === 0x5d) this.#close();
        else if (code === QUOTE) at = this.#string(at);
        else if ((code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b || code === 0x2e)
          at = this.#number(at);
        this.#before = isOpening ? 'open' : 'other';
      }
    }
    return -1;
  }

  #enter(isMap: boolean): void {
    const keys = isMap ? new Set<string>() : null;
    this.#open.push(keys);
    this.#keys = keys;
  }

  #close(): void {
    if (this.#before === 'comma') this.#blankOut(this.#comma);
    this.#open.pop();
    this.#keys = null;
  }

  /** Of several commas in a row one separates; one behind an opening bracket is the parser's to report. */
  #readComma(at: number): void {
    if (this.#before === 'open') return;
    if (this.#before === 'comma') this.#blankOut(this.#comma);
    this.#keys = this.#open.at(-1) ?? null;
    this.#before = 'comma';
    this.#comma = at;
  }

  #blankOut(comma: number): void {
    this.extraCommas.push(comma);
    this.edits.push({ start: comma, end: comma + 1, text: ' ' });
  }

  /** Steps over a number. Returns the offset of its last character. */
  #number(start: number): number {
    NUMBER.lastIndex = start;
    const token = NUMBER.exec(this.#text)![0];
    const end = start + token.length;
    if (PLAIN_NUMBER.test(token)) return end - 1;
    const number = readNumber(token);
    // What is no number is the parser's to report.
    if (number === null) return end - 1;
    if (!number.fits) this.hugeNumbers.push({ offset: start, text: token });
    if (number.isReal && Number.isInteger(Number(number.json))) this.wholeReals.add(start);
    if (number.json !== token) this.edits.push({ start, end, text: number.json });
    return end - 1;
  }

  /** Steps over a string and notes it when it is a key. Returns the offset of the closing quote. */
  #string(start: number): number {
    const text = this.#text;
    let end = start + 1;
    let hasEscapes = false;
    for (; end < text.length && text.charCodeAt(end) !== QUOTE; end++) {
      if (text.charCodeAt(end) !== 0x5c) continue;
      hasEscapes = true;
      end++;
    }
    const raw = this.#keys !== null || hasEscapes ? text.slice(start + 1, end) : '';
    if (hasEscapes) this.#noteEscapes(start + 1, raw);
    if (this.#keys !== null) this.#noteKey(start, hasEscapes ? decodeKey(raw) : raw, this.#keys);
    this.#keys = null;
    return end;
  }

  #noteEscapes(start: number, raw: string): void {
    for (const match of raw.matchAll(ESCAPE)) {
      const code = Number.parseInt(match[1] ?? '0', 16);
      if (code > ASCII_MAX)
        this.wideEscapes.push({ offset: start + match.index, text: match[0], isRefused: code > ESCAPE_MAX });
    }
  }

  #noteKey(offset: number, key: string, keys: Set<string>): void {
    if (key === PROTOTYPE_KEY) this.prototypeKeys.push(offset);
    if (keys.has(key)) this.duplicateKeys.push({ offset, text: key });
    else keys.add(key);
  }
}

/** Two spellings of one key are one key; a spelling that is not JSON is the parser's to report. */
function decodeKey(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}
