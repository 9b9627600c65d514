/**
 * Runs a compiled regular expression. All the states that it may be in are followed at once, nothing is tried and taken back:
 * the time grows with the octets of the text and the states of the expression, whatever a client sends.
 */

/** What a state does. */
export const Op = {
  /** Takes an octet of its set, goes on to `next`. */
  set: 0,
  /** Goes on to `next` and to `other`: alternatives, of which none is before the other. */
  split: 1,
  jump: 2,
  start: 3,
  end: 4,
  boundary: 5,
  noBoundary: 6,
  match: 7,
  /** Goes on to `next`, what is repeated, and to `other`, what comes behind: as often as it can be. */
  repeat: 8,
} as const;

export interface State {
  op: number;
  /** 1 for each octet that it takes. */
  set: Uint8Array;
  next: number;
  other: number;
}

export class Matcher {
  readonly #states: readonly State[];
  /** Consuming states that are active, and those that will be behind the next octet. */
  #active: Uint16Array;
  #coming: Uint16Array;
  /** By state: the step in which it was added last. */
  readonly #seen: Float64Array;
  readonly #stack: Uint16Array;
  #step = 0;
  #isMatched = false;

  constructor(states: readonly State[]) {
    this.#states = states;
    this.#active = new Uint16Array(states.length);
    this.#coming = new Uint16Array(states.length);
    this.#seen = new Float64Array(states.length);
    this.#stack = new Uint16Array(states.length * 2 + 2);
  }

  /** Whether the whole of a run of octets matches. */
  matches(bytes: Uint8Array, offset: number, length: number): boolean {
    this.#step += 1;
    this.#isMatched = false;
    let active = this.#follow(0, 0, this.#active, bytes, offset, length, 0);
    for (let i = 0; i < length; i++) {
      if (active === 0) return false;
      const octet = bytes[offset + i]!;
      let coming = 0;
      this.#step += 1;
      this.#isMatched = false;
      for (let k = 0; k < active; k++) {
        const state = this.#states[this.#active[k]!]!;
        if (state.set[octet] === 1)
          coming = this.#follow(state.next, coming, this.#coming, bytes, offset, length, i + 1);
      }
      const swapped = this.#active;
      this.#active = this.#coming;
      this.#coming = swapped;
      active = coming;
    }
    return this.#isMatched;
  }

  /** Adds the consuming states that are reached from a state without an octet. @returns the new number of states in `list` */
  #follow(
    from: number,
    count: number,
    list: Uint16Array,
    bytes: Uint8Array,
    offset: number,
    length: number,
    at: number,
  ): number {
    let depth = 0;
    this.#stack[depth++] = from;
    while (depth > 0) {
      const index = this.#stack[--depth]!;
      if (this.#seen[index] === this.#step) continue;
      this.#seen[index] = this.#step;
      const { op, next, other } = this.#states[index]!;
      if (op === Op.set) list[count++] = index;
      else if (op === Op.match) this.#isMatched = true;
      else if (op === Op.split || op === Op.repeat) {
        this.#stack[depth++] = other;
        this.#stack[depth++] = next;
      } else if (op === Op.jump || isTrue(op, bytes, offset, length, at)) this.#stack[depth++] = next;
    }
    return count;
  }
}

/** Whether an assertion holds at this place of the text. */
export function isTrue(op: number, bytes: Uint8Array, offset: number, length: number, at: number): boolean {
  if (op === Op.start) return at === 0;
  if (op === Op.end) return at === length;
  const before = at > 0 && isWord(bytes[offset + at - 1]!);
  const behind = at < length && isWord(bytes[offset + at]!);
  return (before !== behind) === (op === Op.boundary);
}

function isWord(octet: number): boolean {
  return (
    (octet >= 0x61 && octet <= 0x7a) ||
    (octet >= 0x41 && octet <= 0x5a) ||
    (octet >= 0x30 && octet <= 0x39) ||
    octet === 0x5f
  );
}
