/**
 * Which addresses of the pools are taken: one bit an address, and above it a tree of summary bits, 32 to one, where a
 * set bit means "everything below is taken". Finding the next free address reads at most one word a level on the way up
 * and one on the way down (5 levels for a /8), at 1 % and at 99.9 % full alike.
 *
 * A bit is taken while an address is offered, leased or declined. It is free again as soon as its lease is over, even
 * while the old row is kept for its client. Callers hold the lease table's lock.
 */
import { assert } from '../base/assert.ts';
import type { Ipv4 } from '../base/ipv4.ts';

export interface PoolRange {
  readonly first: Ipv4;
  readonly last: Ipv4;
}

export interface PoolMemory {
  readonly pools: readonly PoolRange[];
  readonly bits: SharedArrayBuffer;
  /** Two words a pool: free addresses, and the index at which the next search starts. */
  readonly cursors: SharedArrayBuffer;
}

/** "No such address". */
export const NO_ADDRESS = -1;

function levelWords(size: number): number[] {
  const words: number[] = [];
  let bits = size;
  do {
    bits = Math.ceil(bits / 32);
    words.push(bits);
  } while (bits > 1);
  return words;
}

function sizeOf(pool: PoolRange): number {
  return pool.last - pool.first + 1;
}

/** @param pools ranges that do not overlap, in any order; every address starts free */
export function allocatePools(pools: readonly PoolRange[]): PoolMemory {
  let words = 0;
  for (const pool of pools) for (const level of levelWords(sizeOf(pool))) words += level;
  const memory = {
    pools,
    bits: new SharedArrayBuffer(Math.max(4, words * 4)),
    cursors: new SharedArrayBuffer(Math.max(8, pools.length * 8)),
  };
  const set = new PoolSet(memory);
  for (let index = 0; index < pools.length; index++) set.clear(index);
  return memory;
}

interface PoolTree {
  readonly first: number;
  readonly size: number;
  /** Word offset of each level in the bit array, from the addresses upwards. */
  readonly levels: readonly number[];
  readonly levelBits: readonly number[];
}

export class PoolSet {
  readonly #bits: Int32Array;
  readonly #cursors: Int32Array;
  readonly #trees: PoolTree[] = [];
  /** Pool indexes by ascending first address, for `poolOf`. */
  readonly #order: number[];

  constructor(memory: PoolMemory) {
    this.#bits = new Int32Array(memory.bits);
    this.#cursors = new Int32Array(memory.cursors);
    let at = 0;
    for (const pool of memory.pools) {
      const levels: number[] = [];
      const levelBits: number[] = [];
      let bits = sizeOf(pool);
      for (const words of levelWords(bits)) {
        levels.push(at);
        levelBits.push(bits);
        at += words;
        bits = words;
      }
      this.#trees.push({ first: pool.first, size: sizeOf(pool), levels, levelBits });
    }
    this.#order = this.#trees
      .map((_, index) => index)
      .sort((a, b) => this.#trees[a]!.first - this.#trees[b]!.first);
  }

  /** Frees every address of a pool. */
  clear(pool: number): void {
    const tree = this.#trees[pool]!;
    tree.levels.forEach((offset, level) => {
      const bits = tree.levelBits[level]!;
      const words = Math.ceil(bits / 32);
      this.#bits.fill(0, offset, offset + words);
      // Bits behind the end are taken for ever, so that a search never leaves the pool.
      if (bits % 32 !== 0) this.#bits[offset + words - 1] = -1 << (bits % 32);
    });
    this.#cursors[pool * 2] = tree.size;
    this.#cursors[pool * 2 + 1] = 0;
    // 0.0.0.0 means "no address" on the wire and "no lease" in the table.
    if (tree.first === 0) this.take(pool, 0);
  }

  /** The pool that holds an address, or -1. */
  poolOf(address: Ipv4): number {
    let low = 0;
    let high = this.#order.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const index = this.#order[middle]!;
      const tree = this.#trees[index]!;
      if (address < tree.first) high = middle - 1;
      else if (address >= tree.first + tree.size) low = middle + 1;
      else return index;
    }
    return -1;
  }

  size(pool: number): number {
    return this.#trees[pool]!.size;
  }

  freeCount(pool: number): number {
    return this.#cursors[pool * 2]!;
  }

  isTaken(pool: number, address: Ipv4): boolean {
    const tree = this.#trees[pool]!;
    const index = address - tree.first;
    return (this.#bits[tree.levels[0]! + (index >>> 5)]! & (1 << (index & 31))) !== 0;
  }

  /** Takes an address of this pool; false when it was taken already. */
  take(pool: number, address: Ipv4): boolean {
    const tree = this.#trees[pool]!;
    let index = address - tree.first;
    assert(index >= 0 && index < tree.size, 'address lies in its pool');
    if (this.isTaken(pool, address)) return false;
    for (const offset of tree.levels) {
      const word = offset + (index >>> 5);
      this.#bits[word]! |= 1 << (index & 31);
      if (this.#bits[word] !== -1) break;
      index >>>= 5;
    }
    this.#cursors[pool * 2]! -= 1;
    return true;
  }

  /** Gives an address back; false when it was free already. */
  release(pool: number, address: Ipv4): boolean {
    const tree = this.#trees[pool]!;
    let index = address - tree.first;
    if (!this.isTaken(pool, address)) return false;
    for (const offset of tree.levels) {
      const word = offset + (index >>> 5);
      const wasFull = this.#bits[word] === -1;
      this.#bits[word]! &= ~(1 << (index & 31));
      if (!wasFull) break;
      index >>>= 5;
    }
    this.#cursors[pool * 2]! += 1;
    return true;
  }

  /**
   * Takes the next free address, going round the pool from where the last search ended, so that an address that was
   * just given back is the last to be given away again.
   * @returns the address, or NO_ADDRESS when all are taken
   */
  takeNext(pool: number): Ipv4 {
    if (this.freeCount(pool) === 0) return NO_ADDRESS;
    const tree = this.#trees[pool]!;
    const start = this.#cursors[pool * 2 + 1]!;
    let index = this.#findFree(tree, start);
    if (index < 0) index = this.#findFree(tree, 0);
    assert(index >= 0, 'a pool with free addresses has one');
    this.startBehind(pool, tree.first + index);
    this.take(pool, tree.first + index);
    return tree.first + index;
  }

  /** Starts the next search behind an address of this pool, so that it is the last to be taken again. */
  startBehind(pool: number, address: Ipv4): void {
    const tree = this.#trees[pool]!;
    const index = address - tree.first;
    this.#cursors[pool * 2 + 1] = index + 1 === tree.size ? 0 : index + 1;
  }

  /** First free index at or after `start`, or -1: up the tree until a word has a free bit behind us, then down. */
  #findFree(tree: PoolTree, start: number): number {
    let index = start;
    for (let level = 0; level < tree.levels.length; level++) {
      const word = index >>> 5;
      if (word >= Math.ceil(tree.levelBits[level]! / 32)) return -1;
      const free = ~this.#bits[tree.levels[level]! + word]! & (-1 << (index & 31));
      if (free !== 0) return this.#descend(tree, level, (word << 5) | (31 - Math.clz32(free & -free)));
      index = word + 1;
    }
    return -1;
  }

  #descend(tree: PoolTree, from: number, index: number): number {
    for (let level = from - 1; level >= 0; level--) {
      const free = ~this.#bits[tree.levels[level]! + index]!;
      index = (index << 5) | (31 - Math.clz32(free & -free));
    }
    return index;
  }
}
