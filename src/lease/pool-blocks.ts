/** Where the bits of the pools lie: runs of addresses that pools cover, alone or together, each with a tree of its own. */

export interface PoolRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The runs of addresses that pools cover, ascending. Pools with a common address lie in one run, so that an address has
 * one bit whatever number of pools hold it; pools that only touch keep runs of their own.
 */
export function unionOf(pools: readonly PoolRange[]): PoolRange[] {
  const union: { first: number; last: number }[] = [];
  for (const { first, last } of [...pools].sort((a, b) => a.first - b.first)) {
    const run = union[union.length - 1];
    if (run !== undefined && first <= run.last) run.last = Math.max(run.last, last);
    else union.push({ first, last });
  }
  return union;
}

/** Words of a block in its layout, which is read as one line of the processor's cache. */
export const BLOCK_WORDS = 4;
/** Word of each part of a block: its addresses, and where its bits begin, level by level from the addresses upwards. */
export const Block = { first: 0, last: 1, bits: 2 } as const;

/** Levels of the tree over all addresses there are. */
export const LEVELS_MAX = 7;

/** Words of the first level over so many addresses: a bit each. @param last as a distance from the first one */
export function wordsOver(last: number): number {
  return (last >>> 5) + 1;
}

/** Words of the level above one of so many words: a bit each. A level of one word is the top. */
export function wordsAbove(words: number): number {
  return ((words - 1) >>> 5) + 1;
}

/**
 * Lays out the blocks of pools in one bit array.
 * @returns the blocks, ascending, BLOCK_WORDS each, and the words that their bits take
 */
export function layOut(pools: readonly PoolRange[]): {
  readonly blocks: Uint32Array;
  readonly words: number;
} {
  const runs = unionOf(pools);
  const blocks = new Uint32Array(runs.length * BLOCK_WORDS);
  let words = 0;
  for (const [number, { first, last }] of runs.entries()) {
    blocks.set([first, last, words], number * BLOCK_WORDS);
    let level = wordsOver(last - first);
    for (; level > 1; level = wordsAbove(level)) words += level;
    words += level;
  }
  return { blocks, words };
}
