/** Where the bits of the pools lie: runs of addresses that pools cover, alone or together, each with a tree of its own. */
import type { Ipv4 } from '../base/ipv4.ts';

export interface PoolRange {
  readonly first: Ipv4;
  readonly last: Ipv4;
}

/** A run of addresses, and where its bits stand. */
export interface PoolBlock {
  readonly first: Ipv4;
  readonly size: number;
  /** Word offset of each level in the bit array, from the addresses upwards. */
  readonly levels: readonly number[];
  readonly levelBits: readonly number[];
}

/** Words of each level of a tree over so many addresses. */
function levelWords(size: number): number[] {
  const words: number[] = [];
  let bits = size;
  do {
    bits = Math.ceil(bits / 32);
    words.push(bits);
  } while (bits > 1);
  return words;
}

/**
 * The runs of addresses that pools cover, ascending. Pools with a common address lie in one run, so that an address has
 * one bit whatever number of pools hold it; pools that only touch keep runs of their own.
 */
export function unionOf(pools: readonly PoolRange[]): PoolRange[] {
  const union: { first: Ipv4; last: Ipv4 }[] = [];
  for (const { first, last } of [...pools].sort((a, b) => a.first - b.first)) {
    const run = union[union.length - 1];
    if (run !== undefined && first <= run.last) run.last = Math.max(run.last, last);
    else union.push({ first, last });
  }
  return union;
}

/** Lays out the blocks of pools in one bit array. @returns the blocks, ascending, and the words that they take */
export function layOut(pools: readonly PoolRange[]): {
  readonly blocks: PoolBlock[];
  readonly words: number;
} {
  let words = 0;
  const blocks = unionOf(pools).map(({ first, last }) => {
    const size = last - first + 1;
    const levels: number[] = [];
    const levelBits: number[] = [];
    let bits = size;
    for (const count of levelWords(size)) {
      levels.push(words);
      levelBits.push(bits);
      words += count;
      bits = count;
    }
    return { first, size, levels, levelBits };
  });
  return { blocks, words };
}
