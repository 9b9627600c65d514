/**
 * Where to look in pools that are too large for bits: at the unit behind the last one, or anywhere. Whether a unit is free
 * the lease table says.
 */
import { IPV6_WORDS } from '../../../base/ipv6.ts';
import { addIpv6Units, addIpv6Words, compareIpv6Words } from '../../../base/ipv6-words.ts';
import { randomBelow } from '../../../base/random.ts';
import { wordsOf } from './layout.ts';
import { type PoolShape, unitSize } from './plan.ts';

const WORD_VALUES = 2 ** 32;

/** Octets of the cursors of so many pools. */
export function cursorBytes(pools: number): number {
  return Math.max(1, pools) * IPV6_WORDS * 4;
}

export class LargePools {
  // By pool, four words each. Distances are from the first unit, in addresses.
  readonly #firsts: Uint32Array;
  /** Distance of the last unit. */
  readonly #spans: Uint32Array;
  /** The bits that a distance can have. */
  readonly #masks: Uint32Array;
  /** Distance of the unit that is looked at next. */
  readonly #cursors: Uint32Array;
  readonly #unitLengths: Uint8Array;

  /** @param cursors of `cursorBytes`, shared, zeros at first */
  constructor(pools: readonly PoolShape[], cursors: SharedArrayBuffer) {
    this.#firsts = wordsOf(pools.map(({ first }) => first));
    this.#spans = wordsOf(pools.map(({ first, last }) => last - first));
    this.#masks = wordsOf(pools.map(maskOf));
    this.#cursors = new Uint32Array(cursors);
    this.#unitLengths = Uint8Array.from(pools, ({ unitLength }) => unitLength);
  }

  /** Writes the unit whose turn it is; then it is the turn of the one behind it. @param out four words */
  next(pool: number, out: Uint32Array): void {
    const at = pool * IPV6_WORDS;
    const cursors = this.#cursors;
    for (let word = 0; word < IPV6_WORDS; word++) out[word] = this.#firsts[at + word]!;
    addIpv6Words(out, 0, cursors, at);
    if (compareIpv6Words(cursors, at, this.#spans, at) !== 0)
      addIpv6Units(cursors, at, 1, this.#unitLengths[pool]!);
    else for (let word = 0; word < IPV6_WORDS; word++) cursors[at + word] = 0;
  }

  /** Makes it the turn of any unit. */
  jump(pool: number): void {
    const at = pool * IPV6_WORDS;
    // The distances that the mask has room for are fewer than twice those that there are.
    do {
      for (let word = 0; word < IPV6_WORDS; word++) {
        const mask = this.#masks[at + word]!;
        this.#cursors[at + word] = mask === 0 ? 0 : randomBelow(WORD_VALUES) & mask;
      }
    } while (compareIpv6Words(this.#cursors, at, this.#spans, at) > 0);
  }
}

function maskOf({ first, last, unitLength }: PoolShape): bigint {
  if (first === last) return 0n;
  return (1n << BigInt((last - first).toString(2).length)) - unitSize(unitLength);
}
