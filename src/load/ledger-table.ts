/**
 * The memory of every acknowledged lease of a load, in shared memory, by a key of some words that name what is leased: an
 * open-addressing table; nothing is ever removed. Ledger and Ledger6 say what the words are.
 *
 *     header   0 entries   1 conflicts   then the first conflicts as (key, earlier client, later client)
 *     columns  client | acknowledged at, Unix seconds (0 = free) | lease time, seconds | words of the key
 */
import { assert } from '../base/assert.ts';

/** Conflicts that are kept with their details. */
const EXAMPLES_MAX = 16;
const ENTRIES = 0;
const CONFLICTS = 1;
const EXAMPLES = 2;
const HEADER_WORDS = 128;
const PLAIN_COLUMNS = 3;
const KEY_WORDS_MAX = (HEADER_WORDS - EXAMPLES) / EXAMPLES_MAX - 2;
const GOLDEN = 0x9e3779b1;

/** What became of one acknowledgement. */
export const Recorded = { fresh: 0, again: 1, conflict: 2, full: 3 } as const;
export type Recorded = (typeof Recorded)[keyof typeof Recorded];

/** Who holds a lease, and since when. */
export interface Acknowledgement {
  readonly client: number;
  readonly ackSec: number;
  readonly leaseTimeSec: number;
}

/** Two clients of one lease. */
export interface Conflict {
  readonly key: Uint32Array;
  readonly earlierClient: number;
  readonly laterClient: number;
}

/** @param capacity places, a power of two; seven eighths of them can be used @param keyWords 1..5 */
export function allocateLedgerTable(capacity: number, keyWords: number): SharedArrayBuffer {
  assert(capacity >= 64 && (capacity & (capacity - 1)) === 0, 'ledger capacity is a power of two');
  assert(keyWords >= 1 && keyWords <= KEY_WORDS_MAX, 'a conflict fits the header');
  return new SharedArrayBuffer((HEADER_WORDS + capacity * (PLAIN_COLUMNS + keyWords)) * 4);
}

export class LedgerTable {
  readonly #header: Uint32Array;
  readonly #clients: Uint32Array;
  readonly #acknowledged: Uint32Array;
  readonly #lifetimes: Uint32Array;
  readonly #keys: Uint32Array;
  readonly #keyWords: number;
  readonly #capacity: number;

  /** @param keyWords those that the memory was allocated for */
  constructor(memory: SharedArrayBuffer, keyWords: number) {
    this.#keyWords = keyWords;
    this.#capacity = (memory.byteLength / 4 - HEADER_WORDS) / (PLAIN_COLUMNS + keyWords);
    const column = (index: number, words = 1): Uint32Array =>
      new Uint32Array(memory, (HEADER_WORDS + index * this.#capacity) * 4, this.#capacity * words);
    this.#header = new Uint32Array(memory, 0, HEADER_WORDS);
    this.#clients = column(0);
    this.#acknowledged = column(1);
    this.#lifetimes = column(2);
    this.#keys = column(PLAIN_COLUMNS, keyWords);
  }

  /** Leases that were ever acknowledged. */
  get size(): number {
    return this.#header[ENTRIES]!;
  }

  /** Enters one acknowledgement; `conflict` when another client's lease has not ended. @param nowSec not 0 */
  record(key: Uint32Array, client: number, nowSec: number, leaseTimeSec: number): Recorded {
    const place = this.#placeOf(key);
    if (this.#acknowledged[place] === 0) {
      if (this.size >= this.#capacity - this.#capacity / 8) return Recorded.full;
      this.#header[ENTRIES]! += 1;
      this.#keys.set(key, place * this.#keyWords);
      this.#write(place, client, nowSec, leaseTimeSec);
      return Recorded.fresh;
    }
    const earlier = this.#clients[place]!;
    const held = this.#acknowledged[place]! + this.#lifetimes[place]! > nowSec;
    this.#write(place, client, nowSec, leaseTimeSec);
    if (earlier === client) return Recorded.again;
    if (!held) return Recorded.fresh;
    this.#keepExample(key, earlier, client);
    return Recorded.conflict;
  }

  /** The place of a lease that was acknowledged, or -1. */
  find(key: Uint32Array): number {
    const place = this.#placeOf(key);
    return this.#acknowledged[place] === 0 ? -1 : place;
  }

  /** The place of every lease, in no order. */
  *places(): Generator<number> {
    for (let place = 0; place < this.#capacity; place++) if (this.#acknowledged[place] !== 0) yield place;
  }

  /** The last acknowledgement of the lease at a place. */
  acknowledgement(place: number): Acknowledgement {
    return {
      client: this.#clients[place]!,
      ackSec: this.#acknowledged[place]!,
      leaseTimeSec: this.#lifetimes[place]!,
    };
  }

  /** The words that name the lease at a place; they are the table's own. */
  keyAt(place: number): Uint32Array {
    return this.#keys.subarray(place * this.#keyWords, (place + 1) * this.#keyWords);
  }

  /** The first conflicts that were seen, at most 16. */
  conflicts(): Conflict[] {
    const words = this.#keyWords + 2;
    const count = Math.min(this.#header[CONFLICTS]!, EXAMPLES_MAX);
    return Array.from({ length: count }, (_, index) => {
      const at = EXAMPLES + index * words;
      return {
        key: this.#header.slice(at, at + this.#keyWords),
        earlierClient: this.#header[at + this.#keyWords]!,
        laterClient: this.#header[at + this.#keyWords + 1]!,
      };
    });
  }

  /** The place that holds `key`, or the free one where it belongs; there is always a free one. */
  #placeOf(key: Uint32Array): number {
    const mask = this.#capacity - 1;
    let hash = 0;
    for (let i = 0; i < this.#keyWords; i++) hash = Math.imul(hash ^ (hash >>> 15) ^ key[i]!, GOLDEN);
    let place = (hash >>> 7) & mask;
    while (this.#acknowledged[place] !== 0 && !this.#isAt(place, key)) place = (place + 1) & mask;
    return place;
  }

  #isAt(place: number, key: Uint32Array): boolean {
    const at = place * this.#keyWords;
    for (let i = 0; i < this.#keyWords; i++) if (this.#keys[at + i] !== key[i]) return false;
    return true;
  }

  #write(place: number, client: number, nowSec: number, leaseTimeSec: number): void {
    this.#clients[place] = client;
    this.#acknowledged[place] = nowSec;
    this.#lifetimes[place] = leaseTimeSec;
  }

  #keepExample(key: Uint32Array, earlier: number, later: number): void {
    const index = this.#header[CONFLICTS]!;
    this.#header[CONFLICTS] = index + 1;
    if (index >= EXAMPLES_MAX) return;
    const at = EXAMPLES + index * (this.#keyWords + 2);
    this.#header.set(key, at);
    this.#header[at + this.#keyWords] = earlier;
    this.#header[at + this.#keyWords + 1] = later;
  }
}
