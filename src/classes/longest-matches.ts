/**
 * Where a regular expression matches within a text, and how far: as libstdc++ searches for POSIX expressions, which takes the
 * longest of alternatives and repeats as often as it can.
 *
 * The text is gone through once, from its end: what a state reaches at one place depends on what states reach at the next one.
 * So the time grows with the octets of the text and the states of the expression, whatever a client sends.
 */
import { isTrue, Op, type State } from './matcher.ts';

/** In the place of an end: no match. */
export const NO_MATCH = -1;

const UNKNOWN = -2;
const NOT_OPEN = -1;
const NOTHING = 0x7fffffff;
/** Looks at states for each of them and each place; only repetitions of nothing within each other come near. */
const LOOKS_MAX = 64;

export class LongestMatches {
  readonly #states: readonly State[];
  /** By place: where the match that begins there ends, or NO_MATCH. */
  readonly ends: Int16Array;
  // By state: where it ends from this place, and from the next one.
  #here: Int16Array;
  #behind: Int16Array;
  /** By state: how deep it is being looked at, or NOT_OPEN. */
  readonly #open: Int16Array;
  /** The least depth of a repetition, still open, that what was found depends on. */
  #leans = NOTHING;
  #looks = 0;
  #at = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #offset = 0;
  #length = 0;

  /** @param lengthMax octets of the longest text, at most 32767 */
  constructor(states: readonly State[], lengthMax: number) {
    this.#states = states;
    this.ends = new Int16Array(lengthMax + 1);
    this.#here = new Int16Array(states.length);
    this.#behind = new Int16Array(states.length);
    this.#open = new Int16Array(states.length).fill(NOT_OPEN);
  }

  /** Fills `ends` for places 0 to `length` of a text. Pre: `length` is at most that of the longest */
  find(bytes: Uint8Array, offset: number, length: number): void {
    this.#bytes = bytes;
    this.#offset = offset;
    this.#length = length;
    for (let at = length; at >= 0; at--) {
      const here = this.#behind;
      this.#behind = this.#here;
      this.#here = here.fill(UNKNOWN);
      this.#at = at;
      this.#looks = LOOKS_MAX * this.#states.length;
      for (let index = 0; index < this.#states.length; index++) {
        this.#leans = NOTHING;
        this.#end(index, 0);
      }
      this.ends[at] = here[0]!;
    }
  }

  #end(index: number, depth: number): number {
    const known = this.#here[index]!;
    if (known !== UNKNOWN) return known;
    const { op, next, other } = this.#states[index]!;
    if (this.#open[index] !== NOT_OPEN) {
      // It has repeated nothing.
      this.#leans = Math.min(this.#leans, this.#open[index]!);
      return this.#end(other, depth + 1);
    }
    const leansBefore = this.#leans;
    this.#leans = NOTHING;
    const end = this.#look(index, op, next, other, depth);
    const isSettled = this.#leans >= depth;
    this.#looks -= 1;
    if (isSettled || this.#looks < 0) this.#here[index] = end;
    this.#leans = isSettled ? leansBefore : Math.min(leansBefore, this.#leans);
    return end;
  }

  #look(index: number, op: number, next: number, other: number, depth: number): number {
    if (op === Op.match) return this.#at;
    if (op === Op.set) return this.#takes(index) ? this.#behind[next]! : NO_MATCH;
    if (op === Op.jump) return this.#end(next, depth + 1);
    if (op === Op.split) return Math.max(this.#end(next, depth + 1), this.#end(other, depth + 1));
    if (op === Op.repeat) {
      this.#open[index] = depth;
      const repeated = this.#end(next, depth + 1);
      this.#open[index] = NOT_OPEN;
      return repeated === NO_MATCH ? this.#end(other, depth + 1) : repeated;
    }
    const holds = isTrue(op, this.#bytes, this.#offset, this.#length, this.#at);
    return holds ? this.#end(next, depth + 1) : NO_MATCH;
  }

  #takes(index: number): boolean {
    const at = this.#at;
    return at < this.#length && this.#states[index]!.set[this.#bytes[this.#offset + at]!] === 1;
  }
}
