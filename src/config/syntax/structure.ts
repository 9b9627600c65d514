/**
 * The structural pass over JSON text without comments, before any parser sees it. It refuses what `JSON.parse` would either
 * choke on or silently accept: nesting that could exhaust a stack, keys that stand twice in one map, and the key `__proto__`,
 * which would change the prototype of whatever object it is copied into. Trailing commas, which Kea allows, become blanks.
 */

/** Levels of maps and lists; a real configuration has about ten. */
export const NESTING_MAX = 128;
/** What is said of a document that is nested more deeply. */
export const NESTING_EXPECTED = `at most ${NESTING_MAX} levels of maps and lists`;
/** Keys that no document may have, whatever their place. */
export const PROTOTYPE_KEY = '__proto__';

/** Offsets of keys and commas that deserve a word. */
export interface Structure {
  /** As long as the input, without the trailing commas. */
  readonly text: string;
  /** The bracket that opens one level too many; the scan ends there. Or -1. */
  readonly tooDeepAt: number;
  readonly duplicateKeys: readonly { readonly offset: number; readonly key: string }[];
  readonly prototypeKeys: readonly number[];
  readonly trailingCommas: readonly number[];
}

/** Scans a whole configuration. Every string in it has its closing quote. Never throws. */
export function scanStructure(text: string): Structure {
  const scan = new StructureScan(text);
  const tooDeepAt = scan.run();
  return {
    text: blankOut(text, scan.trailingCommas),
    tooDeepAt,
    duplicateKeys: scan.duplicateKeys,
    prototypeKeys: scan.prototypeKeys,
    trailingCommas: scan.trailingCommas,
  };
}

class StructureScan {
  readonly duplicateKeys: { offset: number; key: string }[] = [];
  readonly prototypeKeys: number[] = [];
  readonly trailingCommas: number[] = [];
  readonly #text: string;
  /** A set of keys for each open map, null for each open list. */
  readonly #open: (Set<string> | null)[] = [];
  /** The innermost open map while its next string is a key. */
  #keys: Set<string> | null = null;
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
      if (code === 0x22) at = this.#string(at);
      else if (code === 0x7b || code === 0x5b) {
        if (this.#open.length >= NESTING_MAX) return at;
        this.#open.push(code === 0x7b ? new Set() : null);
        this.#keys = this.#open.at(-1) ?? null;
      } else if (code === 0x7d || code === 0x5d) this.#close();
      else if (code === 0x2c) this.#keys = this.#open.at(-1) ?? null;
      this.#comma = code === 0x2c ? at : -1;
    }
    return -1;
  }

  #close(): void {
    if (this.#comma >= 0) this.trailingCommas.push(this.#comma);
    this.#open.pop();
    this.#keys = null;
  }

  /** Steps over a string and notes it when it is a key. Returns the offset of the closing quote. */
  #string(start: number): number {
    const text = this.#text;
    let end = start + 1;
    while (end < text.length && text.charCodeAt(end) !== 0x22) end += text.charCodeAt(end) === 0x5c ? 2 : 1;
    if (this.#keys !== null) {
      this.#noteKey(start, text.slice(start + 1, end), this.#keys);
      this.#keys = null;
    }
    return end;
  }

  #noteKey(offset: number, raw: string, keys: Set<string>): void {
    const key = raw.includes('\\') ? decodeKey(raw) : raw;
    if (key === PROTOTYPE_KEY) this.prototypeKeys.push(offset);
    if (keys.has(key)) this.duplicateKeys.push({ offset, key });
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

function blankOut(text: string, commas: readonly number[]): string {
  if (commas.length === 0) return text;
  const pieces: string[] = [];
  let copied = 0;
  for (const at of commas) {
    pieces.push(text.slice(copied, at), ' ');
    copied = at + 1;
  }
  pieces.push(text.slice(copied));
  return pieces.join('');
}
