/**
 * Reads POSIX extended regular expressions as Kea's `hostname-char-set` has them, over octets. A backslash takes the meaning from
 * one of `^$\.*+?()[{|`; in brackets it is a backslash.
 */
import {
  addAll,
  DEPTH_MAX,
  inverse,
  POSIX,
  RegExpFault,
  type RegExpNode,
  readTimes,
  setOf,
  single,
  type Times,
} from './regexp-parse.ts';

const SPECIAL = '^$\\.*+?()[{|';

/** @param pattern a character an octet @throws RegExpFault, which names the place */
export function parseExtended(pattern: string): { node: RegExpNode; groups: number } {
  const parser = new ExtendedParser(pattern);
  try {
    return { node: parser.whole(), groups: parser.groups };
  } catch (error) {
    if (error instanceof RegExpFault) throw new RegExpFault(`${error.message}, at character ${parser.place}`);
    throw error;
  }
}

class ExtendedParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  groups = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Of the character that is read next, counted from 1. */
  get place(): number {
    return this.#at + 1;
  }

  whole(): RegExpNode {
    const node = this.#either();
    if (this.#next() === ')') throw new RegExpFault('an opening parenthesis for each closing one');
    if (this.#at < this.#text.length)
      throw new RegExpFault('something to repeat in front of each quantifier');
    return node;
  }

  #next(): string {
    return this.#text[this.#at] ?? '';
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
    for (let part = this.#part(); part !== null; part = this.#part()) parts.push(part);
    return { kind: 'sequence', parts };
  }

  /** Null where the sequence ends. */
  #part(): RegExpNode | null {
    if (this.#take('^')) return { kind: 'assert', what: 'start' };
    if (this.#take('$')) return { kind: 'assert', what: 'end' };
    let of = this.#atom();
    if (of === null) return null;
    let depth = this.#depth;
    for (let times = this.#times(); times !== null; times = this.#times()) {
      depth += 1;
      if (depth > DEPTH_MAX) throw new RegExpFault(`repetitions that are nested at most ${DEPTH_MAX} deep`);
      of = { kind: 'repeat', of, min: times.min, max: times.max };
    }
    return of;
  }

  #times(): Times | null {
    const found = readTimes(this.#text, this.#at);
    if (found === null) return null;
    this.#at += found.length;
    return found.times;
  }

  #atom(): RegExpNode | null {
    const char = this.#next();
    if (char === '' || '|)*+?{'.includes(char)) return null;
    if (char === '(') return this.#group();
    this.#at += 1;
    // All but NUL.
    if (char === '.') return { kind: 'set', set: inverse(setOf('\0')) };
    if (char === '[') return { kind: 'set', set: this.#set() };
    if (char === '\\') return single(this.#escaped());
    return single(char.charCodeAt(0));
  }

  #group(): RegExpNode {
    this.#at += 1;
    this.#depth += 1;
    this.groups += 1;
    if (this.#depth > DEPTH_MAX) throw new RegExpFault(`groups that are nested at most ${DEPTH_MAX} deep`);
    const node = this.#either();
    this.#depth -= 1;
    if (this.#take(')')) return node;
    const isEnd = this.#at === this.#text.length;
    throw new RegExpFault(
      isEnd
        ? 'a closing parenthesis for each opening one'
        : 'something to repeat in front of each quantifier',
    );
  }

  #escaped(): number {
    const char = this.#next();
    if (char === '' || !SPECIAL.includes(char))
      throw new RegExpFault(`one of ${SPECIAL} behind each backslash`);
    this.#at += 1;
    return char.charCodeAt(0);
  }

  /** Behind the opening bracket. */
  #set(): Uint8Array {
    const isInverse = this.#take('^');
    const set = new Uint8Array(256);
    let isFirst = true;
    while (isFirst || !this.#take(']')) {
      this.#addItem(set, isFirst);
      isFirst = false;
    }
    return isInverse ? inverse(set) : set;
  }

  #addItem(set: Uint8Array, isFirst: boolean): void {
    const isDash = this.#next() === '-';
    const from = this.#item(set);
    const isLast = this.#next() === ']';
    // A dash stands for itself at either end, and as the end of a range.
    if (isDash && !isFirst && !isLast) throw new RegExpFault('a dash between two characters, or at an end');
    if (this.#next() !== '-' || this.#text[this.#at + 1] === ']') {
      if (from !== null) set[from] = 1;
      return;
    }
    this.#at += 1;
    const to = this.#item(set);
    if (from === null || to === null || from > to || to > 0x7f)
      throw new RegExpFault('a range of ASCII characters in order');
    set.fill(1, from, to + 1);
  }

  /** One octet between brackets, or null after a whole class was added to the set. */
  #item(set: Uint8Array): number | null {
    const posix = /^\[:(\w+):\]/.exec(this.#text.slice(this.#at, this.#at + 16));
    if (posix !== null) {
      const name = posix[1]!.toLowerCase();
      const ranges = Object.hasOwn(POSIX, name) ? POSIX[name] : undefined;
      if (ranges === undefined) throw new RegExpFault(`a class that exists; [:${name}:] does not`);
      this.#at += posix[0].length;
      addAll(set, setOf(ranges));
      return null;
    }
    if (/^\[[.=:]/.test(this.#text.slice(this.#at, this.#at + 2)))
      throw new RegExpFault('no collating element');
    const char = this.#next();
    if (char === '') throw new RegExpFault('a closing bracket for each opening one');
    this.#at += 1;
    return char.charCodeAt(0);
  }
}
