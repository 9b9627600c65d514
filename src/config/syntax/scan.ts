/**
 * The pass before the JSON parser. It blanks comments (`#`, `//` and block comments) with as many spaces, so that every offset
 * keeps its meaning, and finds the `<?include "path"?>` directives.
 */

/** `<?include "target"?>`, at [start, end) of the scanned text. */
export interface IncludeDirective {
  readonly start: number;
  readonly end: number;
  readonly target: string;
}

/** A fault of the text itself. */
export interface SourceFault {
  readonly offset: number;
  readonly found: string;
  readonly expected: string;
}

export interface ScannedSource {
  /** As long as the input; comments are spaces, directives are untouched. */
  readonly text: string;
  readonly includes: readonly IncludeDirective[];
  readonly faults: readonly SourceFault[];
}

const QUOTE = 0x22;
const HASH = 0x23;
const STAR = 0x2a;
const SLASH = 0x2f;
const LESS = 0x3c;
const QUESTION = 0x3f;
const BACKSLASH = 0x5c;
const DIRECTIVE = /<\?[ \t\r\n]*include[ \t\r\n]*"([^"\r\n]{1,4096})"[ \t\r\n]*\?>/y;

/** Scans one file. Never throws; time is linear in the length of the text. */
export function scanSource(text: string): ScannedSource {
  const scanner = new Scanner(text);
  scanner.run();
  return scanner.result();
}

class Scanner {
  readonly #text: string;
  readonly #pieces: string[] = [];
  readonly #includes: IncludeDirective[] = [];
  readonly #faults: SourceFault[] = [];
  #copied = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): void {
    const text = this.#text;
    let at = 0;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) at = this.#string(at);
      else if (code === HASH) at = this.#lineComment(at);
      else if (code === SLASH && text.charCodeAt(at + 1) === SLASH) at = this.#lineComment(at);
      else if (code === SLASH && text.charCodeAt(at + 1) === STAR) at = this.#blockComment(at);
      else if (code === LESS && text.charCodeAt(at + 1) === QUESTION) at = this.#directive(at);
      else at++;
    }
  }

  result(): ScannedSource {
    this.#pieces.push(this.#text.slice(this.#copied));
    return {
      text: this.#pieces.join(''),
      includes: this.#includes,
      faults: this.#faults,
    };
  }

  #string(start: number): number {
    const text = this.#text;
    for (let at = start + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) return at + 1;
      if (code === BACKSLASH && !isLineEnd(text.charCodeAt(at + 1))) at++;
      else if (isLineEnd(code)) return this.#openString(start);
    }
    return this.#openString(start);
  }

  /** Ends the scan: from here on, what is inside a string and what is not can only be guessed. */
  #openString(start: number): number {
    this.#faults.push({
      offset: start,
      found: 'a string without an end',
      expected: 'a closing quote on the same line',
    });
    return this.#text.length;
  }

  #lineComment(start: number): number {
    let end = start;
    while (end < this.#text.length && !isLineEnd(this.#text.charCodeAt(end))) end++;
    return this.#blank(start, end);
  }

  #blockComment(start: number): number {
    const close = this.#text.indexOf('*/', start + 2);
    if (close >= 0) return this.#blank(start, close + 2);
    this.#faults.push({ offset: start, found: 'a comment without an end', expected: '*/' });
    return this.#blank(start, this.#text.length);
  }

  #blank(start: number, end: number): number {
    this.#pieces.push(this.#text.slice(this.#copied, start), ' '.repeat(end - start));
    this.#copied = end;
    return end;
  }

  #directive(start: number): number {
    DIRECTIVE.lastIndex = start;
    const match = DIRECTIVE.exec(this.#text);
    if (match === null) {
      this.#faults.push({
        offset: start,
        found: 'the beginning of a directive',
        expected: '<?include "path"?>',
      });
      return start + 2;
    }
    const end = start + match[0].length;
    this.#includes.push({ start, end, target: match[1]! });
    return end;
  }
}

function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}
