/** The units of one size that have bits, and the number of each in them. Runs ascend and do not overlap. */
import { IPV6_WORDS } from '../../../base/ipv6.ts';
import { compareIpv6Words, ipv6UnitsBetween, isIpv6UnitStart } from '../../../base/ipv6-words.ts';
import { type Run, wordsOf } from './layout.ts';

/** "No unit that has a bit". */
export const NO_NUMBER = 0;

export class Grid {
  /** Prefix length of a unit. */
  readonly #unitLength: number;
  // Of the runs: four words each, and the number of the first unit.
  readonly #firsts: Uint32Array;
  readonly #lasts: Uint32Array;
  readonly #numbers: Uint32Array;

  /** @param runs at least one */
  constructor(unitLength: number, runs: readonly Run[]) {
    this.#unitLength = unitLength;
    this.#firsts = wordsOf(runs.map(({ first }) => first));
    this.#lasts = wordsOf(runs.map(({ last }) => last));
    this.#numbers = Uint32Array.from(runs, ({ number }) => number);
  }

  /** The number of the unit that begins with an address, or NO_NUMBER. @param address four words */
  numberOf(address: Uint32Array): number {
    if (!isIpv6UnitStart(address, 0, this.#unitLength)) return NO_NUMBER;
    let low = 0;
    for (let high = this.#numbers.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if (compareIpv6Words(this.#firsts, middle * IPV6_WORDS, address, 0) <= 0) low = middle;
      else high = middle - 1;
    }
    const at = low * IPV6_WORDS;
    if (compareIpv6Words(address, 0, this.#firsts, at) < 0) return NO_NUMBER;
    if (compareIpv6Words(address, 0, this.#lasts, at) > 0) return NO_NUMBER;
    return this.#numbers[low]! + ipv6UnitsBetween(this.#firsts, at, address, 0, this.#unitLength);
  }
}
