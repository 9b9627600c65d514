/**
 * Reads regular expressions: the ECMAScript grammar of Kea's `match`, over octets. What can only be matched by trying and
 * going back, back references and look-around, is refused: the text to be matched comes from clients.
 */

/** A regular expression as a tree. Sets hold 1 for each octet in them. */
export type RegExpNode =
  | { readonly kind: 'set'; readonly set: Uint8Array }
  | { readonly kind: 'sequence'; readonly parts: readonly RegExpNode[] }
  | { readonly kind: 'either'; readonly branches: readonly RegExpNode[] }
  | { readonly kind: 'repeat'; readonly of: RegExpNode; readonly min: number; readonly max: number }
  | { readonly kind: 'assert'; readonly what: 'start' | 'end' | 'boundary' | 'no-boundary' };

/** Why it was refused: what would be right. */
export class RegExpFault extends Error {}

export const DEPTH_MAX = 64;
const REPEAT_MAX = 255;

const CLASSES: Readonly<Record<string, string>> = {
  d: '0-9',
  w: 'A-Za-z0-9_',
  s: ' \t\n\v\f\r',
};
/** Of [:name:], by the C locale. */
export const POSIX: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \t',
  cntrl: '\0-\x1f\x7f-\x7f',
  d: '0-9',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-/:-@[-`{-~',
  s: ' \t\n\v\f\r',
  space: ' \t\n\v\f\r',
  upper: 'A-Z',
  w: 'A-Za-z0-9_',
  xdigit: '0-9A-Fa-f',
};
const CONTROLS: Readonly<Record<string, number>> = { f: 12, n: 10, r: 13, t: 9, v: 11, '0': 0 };

/** @param ranges such as "A-Za-z_" */
export function setOf(ranges: string): Uint8Array {
  const set = new Uint8Array(256);
  for (let i = 0; i < ranges.length; ) {
    const from = ranges.charCodeAt(i);
    const isRange = ranges[i + 1] === '-' && i + 2 < ranges.length;
    set.fill(1, from, (isRange ? ranges.charCodeAt(i + 2) : from) + 1);
    i += isRange ? 3 : 1;
  }
  return set;
}

export function inverse(set: Uint8Array): Uint8Array {
  return set.map((isIn) => 1 - isIn);
}

export function single(octet: number): RegExpNode {
  const set = new Uint8Array(256);
  set[octet] = 1;
  return { kind: 'set', set };
}

/** How often something is repeated. */
export interface Times {
  readonly min: number;
  readonly max: number;
}

/**
 * Reads a quantifier, which is written alike in all kinds of expressions.
 * @returns null where none stands, else what it says and its characters
 * @throws RegExpFault
 */
export function readTimes(text: string, at: number): { times: Times; length: number } | null {
  switch (text[at]) {
    case '*':
      return { times: { min: 0, max: Number.POSITIVE_INFINITY }, length: 1 };
    case '+':
      return { times: { min: 1, max: Number.POSITIVE_INFINITY }, length: 1 };
    case '?':
      return { times: { min: 0, max: 1 }, length: 1 };
    case '{':
      break;
    default:
      return null;
  }
  const match = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(text.slice(at, at + 32));
  if (match === null) throw new RegExpFault('a number of times such as {2} or {2,5}');
  const min = Number(match[1]);
  const most = match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
  const max = match[2] === undefined ? min : most;
  if (min > max || min > REPEAT_MAX || (max > REPEAT_MAX && max !== Number.POSITIVE_INFINITY))
    throw new RegExpFault(`repetitions in order, of at most ${REPEAT_MAX}`);
  return { times: { min, max }, length: match[0].length };
}

/** @param pattern a character an octet @throws RegExpFault */
export function parseRegExp(pattern: string): RegExpNode {
  const parser = new Parser(pattern);
  return parser.whole();
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): RegExpNode {
    const node = this.#either();
    if (this.#at < this.#text.length) throw new RegExpFault('an opening parenthesis for each closing one');
    return node;
  }

  #take(text: string): boolean {
    const isThere = this.#text.startsWith(text, this.#at);
    if (isThere) this.#at += text.length;
    return isThere;
  }

  #either(): RegExpNode {
    const branches = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    return branches.length === 1 ? branches[0]! : { kind: 'either', branches };
  }

  #sequence(): RegExpNode {
    const parts: RegExpNode[] = [];
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at]!))
      parts.push(this.#repeated());
    return { kind: 'sequence', parts };
  }

  #repeated(): RegExpNode {
    const of = this.#atom();
    const times = this.#times();
    if (times === null) return of;
    if (of.kind === 'assert') throw new RegExpFault('something to repeat in front of a quantifier');
    this.#take('?'); // Whether little or much is tried first does not matter when all must match.
    return { kind: 'repeat', of, ...times };
  }

  #times(): Times | null {
    const found = readTimes(this.#text, this.#at);
    if (found === null) return null;
    this.#at += found.length;
    return found.times;
  }

  #atom(): RegExpNode {
    const char = this.#text[this.#at]!;
    if (char === '(') return this.#group();
    this.#at += 1;
    if (char === '[') return { kind: 'set', set: this.#set() };
    if (char === '\\') return this.#escape();
    if (char === '.') return { kind: 'set', set: inverse(setOf('\n\r')) };
    if (char === '^') return { kind: 'assert', what: 'start' };
    if (char === '$') return { kind: 'assert', what: 'end' };
    if ('*+?{'.includes(char)) throw new RegExpFault('something to repeat in front of a quantifier');
    return single(char.charCodeAt(0));
  }

  #group(): RegExpNode {
    this.#at += 1;
    if (this.#take('?') && !this.#take(':'))
      throw new RegExpFault('a group without look-ahead, which would try and go back');
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new RegExpFault(`groups that are nested at most ${DEPTH_MAX} deep`);
    const node = this.#either();
    this.#depth -= 1;
    if (!this.#take(')')) throw new RegExpFault('a closing parenthesis for each opening one');
    return node;
  }

  #escape(): RegExpNode {
    const char = this.#text[this.#at];
    if (char === 'b' || char === 'B') {
      this.#at += 1;
      return { kind: 'assert', what: char === 'b' ? 'boundary' : 'no-boundary' };
    }
    if (char !== undefined && '123456789'.includes(char))
      throw new RegExpFault('no back reference, which would be tried again and again');
    const set = this.#escapedClass();
    return set === null ? single(this.#escapedOctet()) : { kind: 'set', set };
  }

  /** \d \w \s and their opposites; null when something else stands behind the backslash. */
  #escapedClass(): Uint8Array | null {
    const char = this.#text[this.#at] ?? '';
    const ranges = Object.hasOwn(CLASSES, char.toLowerCase()) ? CLASSES[char.toLowerCase()] : undefined;
    if (ranges === undefined) return null;
    this.#at += 1;
    const set = setOf(ranges);
    return char === char.toLowerCase() ? set : inverse(set);
  }

  #escapedOctet(): number {
    const char = this.#text[this.#at];
    if (char === undefined) throw new RegExpFault('something behind a backslash');
    this.#at += 1;
    if (Object.hasOwn(CONTROLS, char)) return CONTROLS[char]!;
    if (char === 'x') return this.#hex(2);
    if (char === 'u') return this.#hex(4);
    if (char === 'c') {
      const letter = this.#text[this.#at] ?? '';
      if (!/^[A-Za-z]$/.test(letter)) throw new RegExpFault('a letter behind \\c');
      this.#at += 1;
      return letter.charCodeAt(0) & 31;
    }
    if (/[A-Za-z0-9]/.test(char)) throw new RegExpFault(`an escape that exists; \\${char} does not`);
    return char.charCodeAt(0);
  }

  #hex(digits: number): number {
    const text = this.#text.slice(this.#at, this.#at + digits);
    const value = /^[0-9a-fA-F]+$/.test(text) && text.length === digits ? Number.parseInt(text, 16) : 256;
    if (value > 255) throw new RegExpFault('the hexadecimal digits of one octet');
    this.#at += digits;
    return value;
  }

  /** Behind the opening bracket. */
  #set(): Uint8Array {
    const isInverse = this.#take('^');
    const set = new Uint8Array(256);
    while (!this.#take(']')) {
      if (this.#at >= this.#text.length) throw new RegExpFault('a closing bracket for each opening one');
      this.#addItem(set);
    }
    return isInverse ? inverse(set) : set;
  }

  #addItem(set: Uint8Array): void {
    const from = this.#item(set);
    if (this.#text[this.#at] !== '-' || this.#text[this.#at + 1] === ']') {
      if (from !== null) set[from] = 1;
      return;
    }
    this.#at += 1;
    const to = this.#item(set);
    if (from === null || to === null || from > to) throw new RegExpFault('a range of characters in order');
    set.fill(1, from, to + 1);
  }

  /** One octet between brackets, or null after a whole class was added to the set. */
  #item(set: Uint8Array): number | null {
    const posix = /^\[:(\w+):\]/.exec(this.#text.slice(this.#at, this.#at + 16));
    if (posix !== null) {
      const ranges = Object.hasOwn(POSIX, posix[1]!) ? POSIX[posix[1]!] : undefined;
      if (ranges === undefined) throw new RegExpFault(`a class that exists; [:${posix[1]}:] does not`);
      this.#at += posix[0].length;
      addAll(set, setOf(ranges));
      return null;
    }
    if (/^\[[.=]/.test(this.#text.slice(this.#at, this.#at + 2)))
      throw new RegExpFault('no collating element');
    const char = this.#text[this.#at];
    if (char === undefined) throw new RegExpFault('a closing bracket for each opening one');
    this.#at += 1;
    if (char !== '\\') return char.charCodeAt(0);
    if (this.#take('b')) return 8;
    const escaped = this.#escapedClass();
    if (escaped === null) return this.#escapedOctet();
    addAll(set, escaped);
    return null;
  }
}

export function addAll(set: Uint8Array, other: Uint8Array): void {
  other.forEach((isIn, octet) => {
    if (isIn === 1) set[octet] = 1;
  });
}
