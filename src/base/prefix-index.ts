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

/** The address behind a prefix, 1..2^32. */
function endOf({ prefix, prefixLength }: Prefix): number {
  return prefix + 2 ** (32 - prefixLength);
}

export class PrefixIndex<T> {
  /** First address of each run. */
  readonly #starts: Uint32Array;
  readonly #runs: (readonly T[])[] = [[]];

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
    const starts = this.#starts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle]! <= address) low = middle;
      else high = middle - 1;
    }
    return this.#runs[low]!;
  }
}

/** Whether an address lies in a prefix. */
export function isWithin({ prefix, prefixLength }: Prefix, address: Ipv4): boolean {
  return (address & maskOf(prefixLength)) >>> 0 === prefix;
}
