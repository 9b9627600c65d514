/**
 * Which addresses of the pools are taken, in the families alike: addresses are numbers of 32 bits, IPv4 addresses as they
 * are and of DHCPv6 the numbers that small pools have for what they give (dhcp6/pools/layout.ts). One bit an address, and above it a tree of summary bits, 32 to one, where a
 * set bit means "everything below is taken". Finding the next free address reads at most one word a level on the way up
 * and one on the way down (5 levels for a /8), at 1 % and at 99.9 % full alike. Pools may overlap: those that do share
 * one block of bits, and an address is taken in all of them at once.
 *
 * A bit is taken while an address is offered, leased or declined. It is free again as soon as its lease is over, even
 * while the old row is kept for its client. An address that was set aside (because it is reserved, say) is taken for
 * ever: no search finds it, and only the lease table tells whether somebody has it. Callers hold the lease table's lock.
 */
import { assert } from '../base/assert.ts';
import {
  BLOCK_WORDS,
  Block,
  LEVELS_MAX,
  layOut,
  type PoolRange,
  wordsAbove,
  wordsOver,
} from './pool-blocks.ts';

export type { PoolRange } from './pool-blocks.ts';

export interface PoolMemory {
  readonly pools: readonly PoolRange[];
  readonly bits: SharedArrayBuffer;
  /** Which bits are set aside; laid out like `bits`. */
  readonly aside: SharedArrayBuffer;
  /** A word a block: free addresses. */
  readonly free: SharedArrayBuffer;
  /** A word a pool: how far from its first address the next search starts. Then the marks of the allocator. */
  readonly cursors: SharedArrayBuffer;
}

/** "No such address". */
export const NO_ADDRESS = -1;

/**
 * @param pools ranges in any order, which may overlap; every address starts free
 * @param aside addresses that no search may find; those of no pool are passed over
 * @param marks words that an allocator keeps between two searches, zero at first
 */
export function allocatePools(
  pools: readonly PoolRange[],
  aside: Iterable<number> = [],
  marks = 0,
): PoolMemory {
  const { blocks, words } = layOut(pools);
  const memory = {
    pools,
    bits: new SharedArrayBuffer(Math.max(4, words * 4)),
    aside: new SharedArrayBuffer(Math.max(4, words * 4)),
    free: new SharedArrayBuffer(Math.max(4, (blocks.length / BLOCK_WORDS) * 4)),
    cursors: new SharedArrayBuffer(Math.max(4, (pools.length + marks) * 4)),
  };
  const set = new PoolSet(memory);
  set.open();
  for (const address of aside) set.setAside(address);
  return memory;
}

export class PoolSet {
  readonly #bits: Int32Array;
  readonly #aside: Int32Array;
  readonly #free: Int32Array;
  readonly #cursors: Uint32Array;
  /** Ascending, see pool-blocks.ts. */
  readonly #blocks: Uint32Array;
  /** Their first addresses, close together for the search. */
  readonly #firsts: Uint32Array;
  // By pool.
  readonly #poolFirsts: Uint32Array;
  readonly #poolLasts: Uint32Array;
  readonly #blockOfPool: Int32Array;
  /** Where the levels begin that a search went up through. */
  readonly #climbed = new Int32Array(LEVELS_MAX);
  /** The block of the address that was looked for last: a query asks several things of the same one. */
  #lastAddress = 0;
  #lastBlock = -1;

  constructor(memory: PoolMemory) {
    this.#bits = new Int32Array(memory.bits);
    this.#aside = new Int32Array(memory.aside);
    this.#free = new Int32Array(memory.free);
    this.#cursors = new Uint32Array(memory.cursors);
    this.#blocks = layOut(memory.pools).blocks;
    this.#firsts = this.#blocks.filter((_, word) => word % BLOCK_WORDS === Block.first);
    this.#lastBlock = this.#searchBlock(this.#lastAddress);
    this.#poolFirsts = Uint32Array.from(memory.pools, ({ first }) => first);
    this.#poolLasts = Uint32Array.from(memory.pools, ({ last }) => last);
    this.#blockOfPool = Int32Array.from(memory.pools, ({ first }) => this.blockOf(first));
  }

  /** Makes every address free; once, in memory of zeros, of which nothing else is touched. */
  open(): void {
    for (let number = 0; number < this.#firsts.length; number++) {
      // Bits behind the end are taken for ever, so that a search never leaves the block.
      let bits = this.size(number);
      let base = this.#blocks[number * BLOCK_WORDS + Block.bits]!;
      for (let words = wordsOver(bits - 1); ; words = wordsAbove(words)) {
        if (bits % 32 !== 0) this.#bits[base + words - 1] = -1 << (bits % 32);
        if (words === 1) break;
        base += words;
        bits = words;
      }
      this.#free[number] = this.size(number);
    }
    // 0 means "no address" on the wire and "no lease" in the table.
    this.setAside(0);
  }

  /** The block that holds an address, or -1. Blocks ascend: of pools that do not overlap there is one a pool. */
  blockOf(address: number): number {
    if (address !== this.#lastAddress) {
      this.#lastBlock = this.#searchBlock(address);
      this.#lastAddress = address;
    }
    return this.#lastBlock;
  }

  #searchBlock(address: number): number {
    let low = -1;
    let high = this.#firsts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#firsts[middle]! <= address) low = middle;
      else high = middle - 1;
    }
    return low >= 0 && address <= this.#blocks[low * BLOCK_WORDS + Block.last]! ? low : -1;
  }

  /** Addresses of a block. */
  size(block: number): number {
    const at = block * BLOCK_WORDS;
    return this.#blocks[at + Block.last]! - this.#blocks[at + Block.first]! + 1;
  }

  /** Free addresses of a block. */
  freeCount(block: number): number {
    return this.#free[block]!;
  }

  /** Whether an address is one of a pool, and taken or set aside. */
  isTaken(address: number): boolean {
    const number = this.blockOf(address);
    return number >= 0 && this.#has(this.#bits, number, address);
  }

  /** Whether an address of a pool was set aside. */
  isAside(address: number): boolean {
    const number = this.blockOf(address);
    return number >= 0 && this.#has(this.#aside, number, address);
  }

  #has(words: Int32Array, block: number, address: number): boolean {
    const at = block * BLOCK_WORDS;
    const index = address - this.#blocks[at + Block.first]!;
    return (words[this.#blocks[at + Block.bits]! + (index >>> 5)]! & (1 << (index & 31))) !== 0;
  }

  /** Sets an address aside for ever; one of no pool is passed over. */
  setAside(address: number): void {
    const block = this.blockOf(address);
    if (block < 0) return;
    const at = block * BLOCK_WORDS;
    const index = address - this.#blocks[at + Block.first]!;
    this.take(address);
    this.#aside[this.#blocks[at + Block.bits]! + (index >>> 5)]! |= 1 << (index & 31);
  }

  /** Takes an address; false when it was taken already, was set aside, or is one of no pool. */
  take(address: number): boolean {
    const block = this.blockOf(address);
    if (block < 0 || this.#has(this.#bits, block, address)) return false;
    const at = block * BLOCK_WORDS;
    let index = address - this.#blocks[at + Block.first]!;
    let base = this.#blocks[at + Block.bits]!;
    for (let words = wordsOver(this.size(block) - 1); ; words = wordsAbove(words)) {
      const word = base + (index >>> 5);
      this.#bits[word]! |= 1 << (index & 31);
      if (this.#bits[word] !== -1 || words === 1) break;
      index >>>= 5;
      base += words;
    }
    this.#free[block]! -= 1;
    return true;
  }

  /** Gives an address back; false when it was free already, was set aside, or is one of no pool. */
  release(address: number): boolean {
    const block = this.blockOf(address);
    if (block < 0) return false;
    if (!this.#has(this.#bits, block, address) || this.#has(this.#aside, block, address)) return false;
    const at = block * BLOCK_WORDS;
    let index = address - this.#blocks[at + Block.first]!;
    let base = this.#blocks[at + Block.bits]!;
    for (let words = wordsOver(this.size(block) - 1); ; words = wordsAbove(words)) {
      const word = base + (index >>> 5);
      const wasFull = this.#bits[word] === -1;
      this.#bits[word]! &= ~(1 << (index & 31));
      if (!wasFull || words === 1) break;
      index >>>= 5;
      base += words;
    }
    this.#free[block]! += 1;
    return true;
  }

  /**
   * Takes the next free address of a pool, going round it from where the last search ended, so that an address that was
   * just given back is the last to be given away again.
   * @returns the address, or NO_ADDRESS when all are taken
   */
  takeNext(pool: number): number {
    const address = this.takeOnward(pool);
    return address === NO_ADDRESS ? this.takeOnward(pool) : address;
  }

  /**
   * Takes the next free address of a pool between where its last search ended and the pool's end.
   * @returns NO_ADDRESS when there is none; the next search then starts at the pool's beginning
   */
  takeOnward(pool: number): number {
    const address = this.findOnward(pool);
    if (address === NO_ADDRESS) return NO_ADDRESS;
    const wasFree = this.take(address);
    assert(wasFree, 'what a search finds is free');
    return address;
  }

  /** As `takeOnward`, but the address stays free: the search after this one passes it over, until it comes round again. */
  findOnward(pool: number): number {
    const address = this.#freeFrom(pool, this.#cursors[pool]!);
    if (address === NO_ADDRESS) this.#cursors[pool] = 0;
    else this.startBehind(pool, address);
    return address;
  }

  /** Whether a pool has an address that is free. */
  hasFree(pool: number): boolean {
    return this.#freeFrom(pool, 0) !== NO_ADDRESS;
  }

  /** The first free address of a pool at or behind one, which is told by its distance from the pool's first. */
  #freeFrom(pool: number, distance: number): number {
    const block = this.#blockOfPool[pool]!;
    if (this.#free[block] === 0) return NO_ADDRESS;
    const start = this.#blocks[block * BLOCK_WORDS + Block.first]!;
    const index = this.#findFree(block, this.#poolFirsts[pool]! - start + distance);
    return index < 0 || start + index > this.#poolLasts[pool]! ? NO_ADDRESS : start + index;
  }

  /** Starts the next search of a pool at one of its addresses. */
  startAt(pool: number, address: number): void {
    this.#cursors[pool] = address - this.#poolFirsts[pool]!;
  }

  /** Starts the next search of a pool behind one of its addresses, so that it is the last to be taken again. */
  startBehind(pool: number, address: number): void {
    this.#cursors[pool] = address - this.#poolFirsts[pool]! + 1;
  }

  /** A word of the allocator's own. @param mark below the number that the memory was made with */
  mark(mark: number): number {
    return this.#cursors[this.#poolFirsts.length + mark]!;
  }

  setMark(mark: number, value: number): void {
    this.#cursors[this.#poolFirsts.length + mark] = value;
  }

  /** First free index at or after `start`, or -1: up the tree until a word has a free bit behind us, then down. */
  #findFree(block: number, start: number): number {
    const at = block * BLOCK_WORDS;
    let base = this.#blocks[at + Block.bits]!;
    let words = wordsOver(this.size(block) - 1);
    let index = start;
    for (let level = 0; ; level++) {
      const word = index >>> 5;
      if (word >= words) return -1;
      const free = ~this.#bits[base + word]! & (-1 << (index & 31));
      if (free !== 0) return this.#descend(level, (word << 5) | (31 - Math.clz32(free & -free)));
      if (words === 1) return -1;
      this.#climbed[level] = base;
      base += words;
      words = wordsAbove(words);
      index = word + 1;
    }
  }

  #descend(from: number, index: number): number {
    for (let level = from - 1; level >= 0; level--) {
      const free = ~this.#bits[this.#climbed[level]! + index]!;
      index = (index << 5) | (31 - Math.clz32(free & -free));
    }
    return index;
  }
}
