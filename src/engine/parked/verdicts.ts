/**
 * Main's verdicts on the lease updates of one shard, as a ring of (first sequence number, how many, outcome).
 * Each transaction that the shard parked with an awaited update gets exactly one verdict, in any order. The ring has
 * more places than a shard can have parked replies, so it cannot overflow.
 */
import { assert } from '../../base/assert.ts';

export const Verdict = { confirmed: 1, rejected: 2 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

const HEAD = 0;
const TAIL = 1;
const ENTRIES = 16;
const WORDS_PER_ENTRY = 3;

/** @param entriesMax a power of two above the parked replies of a shard */
export function allocateVerdicts(entriesMax: number): SharedArrayBuffer {
  assert((entriesMax & (entriesMax - 1)) === 0, 'verdict ring size is a power of two');
  return new SharedArrayBuffer((ENTRIES + entriesMax * WORDS_PER_ENTRY) * 4);
}

export class VerdictWriter {
  readonly #words: Int32Array;
  readonly #entriesMax: number;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#entriesMax = (this.#words.length - ENTRIES) / WORDS_PER_ENTRY;
  }

  /** Gives one verdict on `count` transactions with consecutive numbers from `first` on. */
  write(first: number, count: number, verdict: Verdict): void {
    const head = Atomics.load(this.#words, HEAD);
    assert((head - Atomics.load(this.#words, TAIL)) >>> 0 < this.#entriesMax, 'verdict ring has room');
    const at = ENTRIES + (head & (this.#entriesMax - 1)) * WORDS_PER_ENTRY;
    this.#words[at] = first | 0;
    this.#words[at + 1] = count;
    this.#words[at + 2] = verdict;
    Atomics.store(this.#words, HEAD, (head + 1) | 0);
  }
}

export class VerdictReader {
  readonly #words: Int32Array;
  readonly #entriesMax: number;
  first = 0;
  count = 0;
  verdict = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#entriesMax = (this.#words.length - ENTRIES) / WORDS_PER_ENTRY;
  }

  /** Whether there is no verdict to be read. */
  get isEmpty(): boolean {
    return Atomics.load(this.#words, HEAD) === Atomics.load(this.#words, TAIL);
  }

  /** Reads the next verdict into `first` (u32), `count` and `verdict`; false when there is none. */
  next(): boolean {
    const tail = Atomics.load(this.#words, TAIL);
    if (Atomics.load(this.#words, HEAD) === tail) return false;
    const at = ENTRIES + (tail & (this.#entriesMax - 1)) * WORDS_PER_ENTRY;
    this.first = this.#words[at]! >>> 0;
    this.count = this.#words[at + 1]!;
    this.verdict = this.#words[at + 2]!;
    Atomics.store(this.#words, TAIL, (tail + 1) | 0);
    return true;
  }
}
