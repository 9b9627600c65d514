/**
 * Which pools have a bit for each of their units, and which number of the bits (src/lease/pool.ts) stands for which unit.
 *
 * Small pools have bits, so that the last free unit of a full one is found at once. In a large one the lease table itself
 * tells what is taken: it has more than twice as many units as the table can have rows, so that at least every other one
 * is free. (Where the small pools have more than 2^28 units together, which is no configuration, the larger ones count as
 * large too, and one of those could fill up.)
 *
 * A search takes 0.4 to 1.2 µs either way, most of it the look at the lease table: in 2^20 addresses with bits, of which
 * 0.1 % and 99.9 % are taken, and in a /64 or 2^28 prefixes without, beside 1,000,000 leases (28 November 2026).
 */
import { IPV6_WORDS } from '../../../base/ipv6.ts';
import type { PoolRange } from '../../pool.ts';
import { LEASES_MAX } from '../layout.ts';
import { type PoolPlan6, type PoolShape, unitSize, unitsOf } from './plan.ts';

const UNITS_MAX = BigInt(2 * LEASES_MAX);
/** Units of all small pools together, the smallest first: 64 MiB of bits in two maps, and only where they are touched. */
const UNITS_ALL_MAX = 8n * UNITS_MAX;
/** 0 is no unit's. */
const FIRST_NUMBER = 1;

/** Units that have bits, of one size and beside each other. */
export interface Run {
  readonly first: bigint;
  readonly last: bigint;
  /** Number of its first unit. */
  readonly number: number;
}

export interface PoolLayout {
  /** Runs by the prefix length of their units, ascending by address. */
  readonly runs: ReadonlyMap<number, readonly Run[]>;
  /** Small pools as ranges of numbers. */
  readonly ranges: readonly PoolRange[];
  /** By pool: position in `ranges`, LARGE = it has no bits. */
  readonly rangeOfPool: readonly number[];
}

/** "This pool has no bits". */
export const LARGE = -1;

export function layOutPools6({ pools }: PoolPlan6): PoolLayout {
  const small = smallPools(pools);
  const runs = new Map<number, Run[]>();
  let number = FIRST_NUMBER;
  for (const unitLength of new Set(small.map((pool) => pool.unitLength))) {
    const made: Run[] = [];
    for (const { first, last } of unionOf(small.filter((pool) => pool.unitLength === unitLength))) {
      made.push({ first, last, number });
      number += Number((last - first) / unitSize(unitLength)) + 1;
    }
    runs.set(unitLength, made);
  }
  const members = new Set(small);
  const ranges: PoolRange[] = [];
  const rangeOfPool = pools.map((pool) => {
    if (!members.has(pool)) return LARGE;
    return ranges.push(rangeOf(pool, runs.get(pool.unitLength)!)) - 1;
  });
  return { runs, ranges, rangeOfPool };
}

function smallPools(pools: readonly PoolShape[]): PoolShape[] {
  const bySize = pools.map((pool) => ({ pool, units: unitsOf(pool) }));
  bySize.sort((a, b) => (a.units < b.units ? -1 : a.units > b.units ? 1 : 0));
  const small: PoolShape[] = [];
  let all = 0n;
  for (const { pool, units } of bySize) {
    all += units;
    if (units > UNITS_MAX || all > UNITS_ALL_MAX) break;
    small.push(pool);
  }
  return small;
}

/** The runs that pools of one unit size cover, ascending; pools that only touch keep runs of their own. */
function unionOf(pools: readonly PoolShape[]): { readonly first: bigint; readonly last: bigint }[] {
  const union: { first: bigint; last: bigint }[] = [];
  const ascending = [...pools].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  for (const { first, last } of ascending) {
    const run = union[union.length - 1];
    if (run === undefined || first > run.last) union.push({ first, last });
    else if (last > run.last) run.last = last;
  }
  return union;
}

function rangeOf({ first, last, unitLength }: PoolShape, runs: readonly Run[]): PoolRange {
  let low = 0;
  for (let high = runs.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if (runs[middle]!.first <= first) low = middle;
    else high = middle - 1;
  }
  const run = runs[low]!;
  const numberOf = (unit: bigint): number => run.number + Number((unit - run.first) / unitSize(unitLength));
  return { first: numberOf(first), last: numberOf(last) };
}

/** Addresses as four words each, the most significant first. */
export function wordsOf(values: readonly bigint[]): Uint32Array {
  const words = new Uint32Array(values.length * IPV6_WORDS);
  for (const [i, value] of values.entries())
    for (let word = 0; word < IPV6_WORDS; word++)
      words[i * IPV6_WORDS + word] = Number((value >> BigInt(32 * (IPV6_WORDS - 1 - word))) & 0xffff_ffffn);
  return words;
}
