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
  /** Position of the first item of each run; that of the next one ends it. */
  readonly #begins: Uint32Array;
  /** The items of all runs, one run behind the other. */
  readonly #items: readonly T[];
  /** Pairs of an address that was asked for lately and its run, at the place of its hash: relays ask again and again. */
  readonly #recent = new Uint32Array(RECENT * 2);

  /**
   * @param items in any order
   * @param prefixOf the prefix of an item, without host bits
   * @param compare the order in which the items of an address are listed
   */
  constructor(items: readonly T[], prefixOf: (item: T) => Prefix, compare: (a: T, b: T) => number) {
    const { starts, runs } = cut(items, prefixOf);
    this.#starts = Uint32Array.from(starts);
    this.#items = runs.flatMap((run) => run.sort(compare));
    this.#begins = new Uint32Array(runs.length + 1);
    for (const [run, { length }] of runs.entries()) this.#begins[run + 1] = this.#begins[run]! + length;
  }

  /** The items whose prefixes contain an address. */
  containing(address: Ipv4): readonly T[] {
    const run = this.runOf(address);
    return this.#items.slice(this.begin(run), this.begin(run + 1));
  }

  /** Number of the run of an address: its items stand from `begin(run)` up to `begin(run + 1)`. */
  runOf(address: Ipv4): number {
    const place = (Math.imul(address, MIX) >>> RECENT_SHIFT) * 2;
    if (this.#recent[place] !== address) {
      this.#recent[place + 1] = this.#search(address);
      this.#recent[place] = address;
    }
    return this.#recent[place + 1]!;
  }

  begin(run: number): number {
    return this.#begins[run]!;
  }

  item(position: number): T {
    return this.#items[position]!;
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

/** The first address of each run, and what contains its addresses. */
function cut<T>(
  items: readonly T[],
  prefixOf: (item: T) => Prefix,
): { readonly starts: readonly number[]; readonly runs: readonly T[][] } {
  // Outer prefixes before those within them: what is open is a stack.
  const inward = items
    .slice()
    .sort(
      (a, b) =>
        prefixOf(a).prefix - prefixOf(b).prefix || prefixOf(a).prefixLength - prefixOf(b).prefixLength,
    );
  const open: T[] = [];
  const starts = [0];
  const runs: T[][] = [[]];
  const begin = (start: number): void => {
    if (start === ADDRESSES) return;
    // What began at the same address before is empty.
    if (starts.at(-1) === start) runs.pop();
    else starts.push(start);
    runs.push(open.slice());
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
  return { starts, runs };
}

/** Whether an address lies in a prefix. */
export function isWithin({ prefix, prefixLength }: Prefix, address: Ipv4): boolean {
  return (address & maskOf(prefixLength)) >>> 0 === prefix;
}
