/**
 * The pools of a DHCPv6 server: finds what is free in them. Small pools have bits, as those of DHCPv4 have (see layout.ts and
 * src/lease/pool.ts); in large ones the lease table is asked, eight units one after the other and then any: at least every
 * other one is free, and nobody who chooses what he asks for can make the search long.
 *
 * A unit is an address or a prefix of its pool's length, named by its first address. A row of the lease table keeps its
 * address in every pool that has a unit beginning there. [Kea] More pools of addresses and of prefixes, or of prefixes of
 * several lengths, do not know of each other, wherever they overlap. Callers hold the lease table's lock.
 */
import { IPV6_WORDS, readIpv6Words, writeIpv6Words } from '../../../base/ipv6.ts';
import {
  addIpv6Units,
  clearBehindIpv6Unit,
  compareIpv6Words,
  isIpv6UnitStart,
} from '../../../base/ipv6-words.ts';
import { randomBelow } from '../../../base/random.ts';
import { NO_SLOT } from '../../hash-chain.ts';
import { isLiveRow } from '../../live.ts';
import { NO_ADDRESS, PoolSet } from '../../pool.ts';
import type { LeaseTable6 } from '../table.ts';
import { AddressSet } from './address-set.ts';
import { Grid, NO_NUMBER } from './grid.ts';
import { LargePools } from './large-pools.ts';
import { LARGE, layOutPools6, wordsOf } from './layout.ts';
import type { PoolMemory6 } from './memory.ts';
import { unitsOf } from './plan.ts';

/** Units of a large pool that are looked at one after the other before the search goes on elsewhere. */
const NEIGHBOURS = 8;
/** Looks of a search in a large pool: that all of them meet what is taken is as good as impossible. */
const LOOKS_MAX = 64;
/** A search in bits goes on to the end of the pool, then once through all of it. */
const ROUNDS = 2;

export class PoolSet6 {
  readonly #bits: PoolSet;
  readonly #grids: readonly Grid[];
  readonly #large: LargePools;
  readonly #reserved: AddressSet;
  // By pool; addresses are four words each.
  readonly #firsts: Uint32Array;
  readonly #lasts: Uint32Array;
  readonly #unitLengths: Uint8Array;
  readonly #isRandom: readonly boolean[];
  readonly #totals: readonly bigint[];
  /** Number of its range in the bits, LARGE = it has none. */
  readonly #ranges: Int32Array;
  /** By range: numbers of the first and of the last unit. */
  readonly #rangeFirsts: Uint32Array;
  readonly #rangeLasts: Uint32Array;
  readonly #address = new Uint32Array(IPV6_WORDS);

  constructor({ plan, bits, cursors, reserved }: PoolMemory6) {
    const { pools } = plan;
    const { runs, ranges, rangeOfPool } = layOutPools6(plan);
    this.#bits = new PoolSet(bits);
    this.#grids = [...runs].map(([unitLength, list]) => new Grid(unitLength, list));
    this.#large = new LargePools(pools, cursors);
    this.#reserved = new AddressSet(reserved);
    this.#firsts = wordsOf(pools.map(({ first }) => first));
    this.#lasts = wordsOf(pools.map(({ last }) => last));
    this.#unitLengths = Uint8Array.from(pools, ({ unitLength }) => unitLength);
    this.#isRandom = pools.map(({ order }) => order === 'random');
    this.#totals = pools.map(unitsOf);
    this.#ranges = Int32Array.from(rangeOfPool);
    this.#rangeFirsts = Uint32Array.from(ranges, ({ first }) => first);
    this.#rangeLasts = Uint32Array.from(ranges, ({ last }) => last);
  }

  /** Prefix length of what a pool gives; 128 = addresses. */
  unitLength(pool: number): number {
    return this.#unitLengths[pool]!;
  }

  /** How many units a pool has, taken or not. */
  total(pool: number): bigint {
    return this.#totals[pool]!;
  }

  /** Whether a pool is a small one: then a unit whose lease is over is found only after `release`. */
  hasBits(pool: number): boolean {
    return this.#ranges[pool]! !== LARGE;
  }

  /** Writes the first address of a pool's unit. @param index u32, 0 = the first unit; @param out gets 16 octets */
  unitAt(pool: number, index: number, out: Uint8Array): void {
    const address = this.#address;
    for (let word = 0; word < IPV6_WORDS; word++) address[word] = this.#firsts[pool * IPV6_WORDS + word]!;
    addIpv6Units(address, 0, index, this.#unitLengths[pool]!);
    writeIpv6Words(address, 0, out, 0);
  }

  /** Whether a unit of a pool begins with an address: that it has the length `unitLength` is the caller's to know. */
  has(pool: number, bytes: Uint8Array, offset: number): boolean {
    const address = this.#read(bytes, offset);
    const at = pool * IPV6_WORDS;
    if (compareIpv6Words(address, 0, this.#firsts, at) < 0) return false;
    if (compareIpv6Words(address, 0, this.#lasts, at) > 0) return false;
    return isIpv6UnitStart(address, 0, this.#unitLengths[pool]!);
  }

  /** Where an address lies: before a pool (< 0), in one of its units (0) or behind it (> 0). */
  sideOf(pool: number, bytes: Uint8Array, offset: number): number {
    const address = this.#read(bytes, offset);
    const at = pool * IPV6_WORDS;
    if (compareIpv6Words(address, 0, this.#firsts, at) < 0) return -1;
    clearBehindIpv6Unit(address, 0, this.#unitLengths[pool]!);
    return compareIpv6Words(address, 0, this.#lasts, at) > 0 ? 1 : 0;
  }

  /** True when a pool has nothing free left. Of a large one nobody knows that, and it never comes to it. */
  isExhausted(pool: number): boolean {
    const range = this.#ranges[pool]!;
    return range !== LARGE && !this.#bits.hasFree(range);
  }

  /**
   * Finds a unit of a pool that no live row of the table has and that is not reserved, in the pool's order. It stays free
   * until `hold`; the next search finds another one.
   * @param out gets its first address, 16 octets; without a unit they may hold anything
   * @returns false when none is free
   */
  propose(pool: number, table: LeaseTable6, nowSec: number, out: Uint8Array): boolean {
    const range = this.#ranges[pool]!;
    return range === LARGE
      ? this.#proposeLarge(pool, table, nowSec, out)
      : this.#proposeSmall(pool, range, table, nowSec, out);
  }

  #proposeSmall(pool: number, range: number, table: LeaseTable6, nowSec: number, out: Uint8Array): boolean {
    const bits = this.#bits;
    const first = this.#rangeFirsts[range]!;
    if (this.#isRandom[pool]!) bits.startAt(range, first + randomBelow(this.#rangeLasts[range]! - first + 1));
    for (let round = 0; round < ROUNDS; ) {
      const number = bits.findOnward(range);
      if (number === NO_ADDRESS) {
        round++;
        continue;
      }
      this.unitAt(pool, number - first, out);
      if (!isHeld(table, nowSec, out)) return true;
      // The clock was set back: a lease whose unit had been freed is live again.
      bits.take(number);
    }
    return false;
  }

  #proposeLarge(pool: number, table: LeaseTable6, nowSec: number, out: Uint8Array): boolean {
    const address = this.#address;
    const isRandom = this.#isRandom[pool]!;
    for (let look = 0; look < LOOKS_MAX; look++) {
      if (isRandom || look >= NEIGHBOURS) this.#large.jump(pool);
      this.#large.next(pool, address);
      if (isUnspecified(address) || this.#reserved.has(address)) continue;
      writeIpv6Words(address, 0, out, 0);
      if (!isHeld(table, nowSec, out)) return true;
    }
    return false;
  }

  /** Takes the units that begin with an address; nothing happens where there is no bit. */
  hold(bytes: Uint8Array, offset: number): void {
    const address = this.#read(bytes, offset);
    for (let i = 0; i < this.#grids.length; i++) {
      const number = this.#grids[i]!.numberOf(address);
      if (number !== NO_NUMBER) this.#bits.take(number);
    }
  }

  /** Gives the units back that begin with an address. @returns whether a bit is free now that was not */
  release(bytes: Uint8Array, offset: number): boolean {
    const address = this.#read(bytes, offset);
    let isFreed = false;
    for (let i = 0; i < this.#grids.length; i++) {
      const number = this.#grids[i]!.numberOf(address);
      if (number !== NO_NUMBER && this.#bits.release(number)) isFreed = true;
    }
    return isFreed;
  }

  /** Keeps what begins with an address for hosts of the configuration, for ever: no search finds it. */
  reserve(bytes: Uint8Array, offset: number): void {
    const address = this.#read(bytes, offset);
    if (!isUnspecified(address)) this.#reserved.add(address);
    for (let i = 0; i < this.#grids.length; i++) {
      const number = this.#grids[i]!.numberOf(address);
      if (number !== NO_NUMBER) this.#bits.setAside(number);
    }
  }

  /** Whether what begins with an address was reserved, in whatever pool or out of them. */
  isReserved(bytes: Uint8Array, offset: number): boolean {
    return this.#reserved.has(this.#read(bytes, offset));
  }

  /** A word of the allocator's own. @param mark below the number that the memory was made with */
  mark(mark: number): number {
    return this.#bits.mark(mark);
  }

  setMark(mark: number, value: number): void {
    this.#bits.setMark(mark, value);
  }

  #read(bytes: Uint8Array, offset: number): Uint32Array {
    readIpv6Words(bytes, offset, this.#address, 0);
    return this.#address;
  }
}

function isUnspecified(address: Uint32Array): boolean {
  return (address[0]! | address[1]! | address[2]! | address[3]!) === 0;
}

/** Whether a row keeps an address from everybody else. */
function isHeld(table: LeaseTable6, nowSec: number, address: Uint8Array): boolean {
  const slot = table.findByAddress(address, 0);
  return slot !== NO_SLOT && isLiveRow(table.rows, slot, nowSec);
}
