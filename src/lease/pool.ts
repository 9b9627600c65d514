/**
 * Which addresses of the pools are taken: one bit an address, and above it a tree of summary bits, 32 to one, where a
 * set bit means "everything below is taken". Finding the next free address reads at most one word a level on the way up
 * and one on the way down (5 levels for a /8), at 1 % and at 99.9 % full alike. Pools may overlap: those that do share
 * one block of bits, and an address is taken in all of them at once.
 *
 * A bit is taken while an address is offered, leased or declined. It is free again as soon as its lease is over, even
 * while the old row is kept for its client. An address that was set aside (because it is reserved, say) is taken for
 * ever: no search finds it, and only the lease table tells whether somebody has it. Callers hold the lease table's lock.
 */
import { assert } from '../base/assert.ts';
import type { Ipv4 } from '../base/ipv4.ts';
import { layOut, type PoolBlock, type PoolRange } from './pool-blocks.ts';

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
  aside: Iterable<Ipv4> = [],
  marks = 0,
): PoolMemory {
  const { blocks, words } = layOut(pools);
  const memory = {
    pools,
    bits: new SharedArrayBuffer(Math.max(4, words * 4)),
    aside: new SharedArrayBuffer(Math.max(4, words * 4)),
    free: new SharedArrayBuffer(Math.max(4, blocks.length * 4)),
    cursors: new SharedArrayBuffer(Math.max(4, (pools.length + marks) * 4)),
  };
  const set = new PoolSet(memory);
  set.clear();
  for (const address of aside) set.setAside(address);
  return memory;
}

export class PoolSet {
  readonly #bits: Int32Array;
  readonly #aside: Int32Array;
  readonly #free: Int32Array;
  readonly #cursors: Uint32Array;
  readonly #pools: readonly PoolRange[];
  /** Ascending. */
  readonly #blocks: readonly PoolBlock[];
  /** Their first addresses, close together for the search. */
  readonly #firsts: Uint32Array;
  readonly #blockOfPool: readonly number[];

  constructor(memory: PoolMemory) {
    this.#bits = new Int32Array(memory.bits);
    this.#aside = new Int32Array(memory.aside);
    this.#free = new Int32Array(memory.free);
    this.#cursors = new Uint32Array(memory.cursors);
    this.#pools = memory.pools;
    this.#blocks = layOut(memory.pools).blocks;
    this.#firsts = Uint32Array.from(this.#blocks, ({ first }) => first);
    this.#blockOfPool = memory.pools.map(({ first }) => this.blockOf(first));
  }

  /** Frees every address. */
  clear(): void {
    this.#bits.fill(0);
    this.#aside.fill(0);
    for (let number = 0; number < this.#blocks.length; number++) {
      const block = this.#blocks[number]!;
      // Bits behind the end are taken for ever, so that a search never leaves the block.
      for (let level = 0; level < block.levels.length; level++) {
        const bits = block.levelBits[level]!;
        const last = block.levels[level]! + Math.ceil(bits / 32) - 1;
        if (bits % 32 !== 0) this.#bits[last] = -1 << (bits % 32);
      }
      this.#free[number] = block.size;
    }
    this.#cursors.fill(0);
    // 0.0.0.0 means "no address" on the wire and "no lease" in the table.
    this.setAside(0);
  }

  /** The block that holds an address, or -1. Blocks ascend: of pools that do not overlap there is one a pool. */
  blockOf(address: Ipv4): number {
    let low = -1;
    let high = this.#firsts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#firsts[middle]! <= address) low = middle;
      else high = middle - 1;
    }
    return low >= 0 && address < this.#firsts[low]! + this.#blocks[low]!.size ? low : -1;
  }

  /** Addresses of a block. */
  size(block: number): number {
    return this.#blocks[block]!.size;
  }

  /** Free addresses of a block. */
  freeCount(block: number): number {
    return this.#free[block]!;
  }

  /** Whether an address is one of a pool, and taken or set aside. */
  isTaken(address: Ipv4): boolean {
    const number = this.blockOf(address);
    return number >= 0 && this.#has(this.#bits, this.#blocks[number]!, address);
  }

  /** Whether an address of a pool was set aside. */
  isAside(address: Ipv4): boolean {
    const number = this.blockOf(address);
    return number >= 0 && this.#has(this.#aside, this.#blocks[number]!, address);
  }

  #has(words: Int32Array, block: PoolBlock, address: Ipv4): boolean {
    const index = address - block.first;
    return (words[block.levels[0]! + (index >>> 5)]! & (1 << (index & 31))) !== 0;
  }

  /** Sets an address aside for ever; one of no pool is passed over. */
  setAside(address: Ipv4): void {
    const number = this.blockOf(address);
    if (number < 0) return;
    const block = this.#blocks[number]!;
    const index = address - block.first;
    this.take(address);
    this.#aside[block.levels[0]! + (index >>> 5)]! |= 1 << (index & 31);
  }

  /** Takes an address; false when it was taken already, was set aside, or is one of no pool. */
  take(address: Ipv4): boolean {
    const number = this.blockOf(address);
    if (number < 0) return false;
    const block = this.#blocks[number]!;
    if (this.#has(this.#bits, block, address)) return false;
    let index = address - block.first;
    for (let level = 0; level < block.levels.length; level++) {
      const word = block.levels[level]! + (index >>> 5);
      this.#bits[word]! |= 1 << (index & 31);
      if (this.#bits[word] !== -1) break;
      index >>>= 5;
    }
    this.#free[number]! -= 1;
    return true;
  }

  /** Gives an address back; false when it was free already, was set aside, or is one of no pool. */
  release(address: Ipv4): boolean {
    const number = this.blockOf(address);
    if (number < 0) return false;
    const block = this.#blocks[number]!;
    if (!this.#has(this.#bits, block, address) || this.#has(this.#aside, block, address)) return false;
    let index = address - block.first;
    for (let level = 0; level < block.levels.length; level++) {
      const word = block.levels[level]! + (index >>> 5);
      const wasFull = this.#bits[word] === -1;
      this.#bits[word]! &= ~(1 << (index & 31));
      if (!wasFull) break;
      index >>>= 5;
    }
    this.#free[number]! += 1;
    return true;
  }

  /**
   * Takes the next free address of a pool, going round it from where the last search ended, so that an address that was
   * just given back is the last to be given away again.
   * @returns the address, or NO_ADDRESS when all are taken
   */
  takeNext(pool: number): Ipv4 {
    const address = this.takeOnward(pool);
    return address === NO_ADDRESS ? this.takeOnward(pool) : address;
  }

  /**
   * Takes the next free address of a pool between where its last search ended and the pool's end.
   * @returns NO_ADDRESS when there is none; the next search then starts at the pool's beginning
   */
  takeOnward(pool: number): Ipv4 {
    const { first, last } = this.#pools[pool]!;
    const number = this.#blockOfPool[pool]!;
    if (this.#free[number] === 0) return NO_ADDRESS;
    const block = this.#blocks[number]!;
    const index = this.#findFree(block, first - block.first + this.#cursors[pool]!);
    const address = index < 0 ? NO_ADDRESS : block.first + index;
    if (address === NO_ADDRESS || address > last) {
      this.#cursors[pool] = 0;
      return NO_ADDRESS;
    }
    this.startBehind(pool, address);
    const wasFree = this.take(address);
    assert(wasFree, 'what a search finds is free');
    return address;
  }

  /** Starts the next search of a pool at one of its addresses. */
  startAt(pool: number, address: Ipv4): void {
    this.#cursors[pool] = address - this.#pools[pool]!.first;
  }

  /** Starts the next search of a pool behind one of its addresses, so that it is the last to be taken again. */
  startBehind(pool: number, address: Ipv4): void {
    this.#cursors[pool] = address - this.#pools[pool]!.first + 1;
  }

  /** A word of the allocator's own. @param mark below the number that the memory was made with */
  mark(mark: number): number {
    return this.#cursors[this.#pools.length + mark]!;
  }

  setMark(mark: number, value: number): void {
    this.#cursors[this.#pools.length + mark] = value;
  }

  /** First free index at or after `start`, or -1: up the tree until a word has a free bit behind us, then down. */
  #findFree(block: PoolBlock, start: number): number {
    let index = start;
    for (let level = 0; level < block.levels.length; level++) {
      const word = index >>> 5;
      if (word >= Math.ceil(block.levelBits[level]! / 32)) return -1;
      const free = ~this.#bits[block.levels[level]! + word]! & (-1 << (index & 31));
      if (free !== 0) return this.#descend(block, level, (word << 5) | (31 - Math.clz32(free & -free)));
      index = word + 1;
    }
    return -1;
  }

  #descend(block: PoolBlock, from: number, index: number): number {
    for (let level = from - 1; level >= 0; level--) {
      const free = ~this.#bits[block.levels[level]! + index]!;
      index = (index << 5) | (31 - Math.clz32(free & -free));
    }
    return index;
  }
}
