/**
 * Finds the end of one JSON map or list in a stream of bytes, without waiting for the end of the stream, and blanks
 * the comments that Kea allows in commands (`#` and `//` to the end of the line, and block comments).
 *
 * It only counts brackets outside of strings; whether the text is JSON at all is for JSON.parse to say. It keeps no
 * stack, so that nesting costs no memory here, and it refuses deep nesting before anything recursive can see it.
 */

/** What is known after a chunk. */
export type ScanVerdict = 'more' | 'complete' | 'refused';

const State = { plain: 0, string: 1, escape: 2, slash: 3, line: 4, block: 5, blockStar: 6 } as const;
type State = (typeof State)[keyof typeof State];

const NEWLINE = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const STAR = 0x2a;
const SLASH = 0x2f;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

export class JsonScanner {
  readonly #depthMax: number;
  #state: State = State.plain;
  #depth = 0;
  /** After `complete`: offset in the last chunk behind the closing bracket. */
  end = 0;
  /** After `refused`: why, for the answer. */
  reason = '';

  /** @param depthMax brackets that may be open at once, > 0 */
  constructor(depthMax: number) {
    this.#depthMax = depthMax;
  }

  /**
   * Reads one more chunk; not to be called again after `complete` or `refused`.
   * @param chunk is changed: its comments become blanks
   */
  push(chunk: Uint8Array): ScanVerdict {
    for (let at = 0; at < chunk.length; at++) {
      // Most of a large command is the inside of strings.
      if (this.#state === State.string) at = endOfPlainText(chunk, at);
      const byte = chunk[at];
      if (byte === undefined) break;
      if (this.#state >= State.slash) chunk[at] = SPACE;
      const verdict = this.#state === State.plain ? this.#plain(chunk, at, byte) : this.#inside(byte);
      if (verdict === 'complete') this.end = at + 1;
      if (verdict !== 'more') return verdict;
    }
    return 'more';
  }

  /** One byte outside of strings and comments. */
  #plain(chunk: Uint8Array, at: number, byte: number): ScanVerdict {
    if (byte === HASH || byte === SLASH) {
      this.#state = byte === HASH ? State.line : State.slash;
      chunk[at] = SPACE;
      return 'more';
    }
    if (byte === OPEN_MAP || byte === OPEN_LIST) {
      if (++this.#depth <= this.#depthMax) return 'more';
      return this.#refuse(`more than ${this.#depthMax} levels of nesting`);
    }
    if (this.#depth === 0) {
      return byte <= SPACE ? 'more' : this.#refuse(`invalid first character ${String.fromCharCode(byte)}`);
    }
    if (byte === QUOTE) this.#state = State.string;
    if (byte === CLOSE_MAP || byte === CLOSE_LIST) return --this.#depth === 0 ? 'complete' : 'more';
    return 'more';
  }

  /** One byte inside a string or a comment. */
  #inside(byte: number): ScanVerdict {
    switch (this.#state) {
      case State.string:
        if (byte === QUOTE) this.#state = State.plain;
        else if (byte === BACKSLASH) this.#state = State.escape;
        return 'more';
      case State.escape:
        this.#state = State.string;
        return 'more';
      case State.slash:
        if (byte !== SLASH && byte !== STAR) return this.#refuse("a '/' that begins no comment");
        this.#state = byte === SLASH ? State.line : State.block;
        return 'more';
      case State.line:
        if (byte === NEWLINE) this.#state = State.plain;
        return 'more';
      default:
        if (byte === STAR) this.#state = State.blockStar;
        else this.#state = byte === SLASH && this.#state === State.blockStar ? State.plain : State.block;
        return 'more';
    }
  }

  #refuse(reason: string): ScanVerdict {
    this.reason = reason;
    return 'refused';
  }
}

/** Offset of the next quote or backslash, or the length of the chunk. */
function endOfPlainText(chunk: Uint8Array, from: number): number {
  let at = from;
  while (at < chunk.length && chunk[at] !== QUOTE && chunk[at] !== BACKSLASH) at++;
  return at;
}
