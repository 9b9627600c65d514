/**
 * Which prefixes contain an address. Prefixes are nested or have nothing in common, so that they cut the addresses into
 * runs with one list of prefixes each: a search is a binary search over at most two runs a prefix and one more.
 */
import { type Ipv4, maskOf } from './ipv4.ts';

export interface Prefix {
  readonly prefix: Ipv4;
  readonly prefixLength: number;
}

const ADDRESSES = 2 ** 32;
const RECENT_BITS = 14;
const RECENT = 1 << RECENT_BITS;
const RECENT_SHIFT = 32 - RECENT_BITS;
const MIX = 0x9e3779b1;

/** The address behind a prefix, 1..2^32. */
function endOf({ prefix, prefixLength }: Prefix): number {
  return prefix + 2 ** (32 - prefixLength);
}

export class PrefixIndex<T> {
  /** First address of each run. */
  readonly #starts: Uint32Array;
  readonly #runs: (readonly T[])[] = [[]];
  /** Addresses that were asked for lately, each at the place of its hash, with their runs: relays ask again and again. */
  readonly #recent = new Uint32Array(RECENT);
  readonly #recentRuns = new Uint32Array(RECENT);

  /**
   * @param items in any order
   * @param prefixOf the prefix of an item, without host bits
   * @param compare the order in which the items of an address are listed
   */
  constructor(items: readonly T[], prefixOf: (item: T) => Prefix, compare: (a: T, b: T) => number) {
    // Outer prefixes before those within them: what is open is a stack.
    const inward = [...items].sort(
      (a, b) =>
        prefixOf(a).prefix - prefixOf(b).prefix || prefixOf(a).prefixLength - prefixOf(b).prefixLength,
    );
    const open: T[] = [];
    const starts = [0];
    const begin = (start: number): void => {
      if (start === ADDRESSES) return;
      const run = [...open].sort(compare);
      // What began at the same address before is empty.
      if (starts.at(-1) === start) this.#runs[this.#runs.length - 1] = run;
      else this.#runs.push(run);
      if (starts.at(-1) !== start) starts.push(start);
    };
    const closeUpTo = (address: number): void => {
      for (let item = open.at(-1); item !== undefined && endOf(prefixOf(item)) <= address; ) {
        open.pop();
        begin(endOf(prefixOf(item)));
        item = open.at(-1);
      }
    };
    for (const item of inward) {
      closeUpTo(prefixOf(item).prefix);
      open.push(item);
      begin(prefixOf(item).prefix);
    }
    closeUpTo(ADDRESSES);
    this.#starts = Uint32Array.from(starts);
  }

  /** The items whose prefixes contain an address. */
  containing(address: Ipv4): readonly T[] {
    const place = Math.imul(address, MIX) >>> RECENT_SHIFT;
    if (this.#recent[place] !== address) {
      this.#recentRuns[place] = this.#search(address);
      this.#recent[place] = address;
    }
    return this.#runs[this.#recentRuns[place]!]!;
  }

  /** Number of the run of an address. */
  #search(address: Ipv4): number {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle]! <= address) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Whether an address lies in a prefix. */
export function isWithin({ prefix, prefixLength }: Prefix, address: Ipv4): boolean {
  return (address & maskOf(prefixLength)) >>> 0 === prefix;
}
