/**
 * Numbers for addresses, 1 and upwards in the order in which they are first asked for: what a clean-up of DHCPv6 leases
 * knows them by. An open-addressing hash table over 16 octets an address, for leases of a file, which no client chooses.
 */
import type { ByteRange } from '../../base/byte-range.ts';
import type { AddressKeys } from '../row-codec.ts';
import type { LeaseRecord6 } from './record.ts';

const WORDS = 4;
const FIRST_BITS = 12;
/** 2^32 / golden ratio (Knuth's multiplicative hash). */
const MULTIPLIER = 0x9e37_79b1;

export class AddressNumbers implements AddressKeys<LeaseRecord6> {
  #bits = FIRST_BITS;
  /** Four words an address, big-endian, by its number; number 0 is nobody's. */
  #words = new Uint32Array((1 << FIRST_BITS) * WORDS);
  #numbers = new Uint32Array(1 << FIRST_BITS);
  #count = 0;
  readonly #key = new Uint32Array(WORDS);

  keyOf({ address }: LeaseRecord6): number {
    this.#read(address);
    const slot = this.#slotOf();
    const known = this.#numbers[slot]!;
    if (known !== 0) return known;
    const number = ++this.#count;
    this.#numbers[slot] = number;
    this.#words.set(this.#key, number * WORDS);
    if (number * 2 > this.#numbers.length) this.#grow();
    return number;
  }

  sort(keys: Uint32Array): Uint32Array {
    const words = this.#words;
    return keys.sort((a, b) => {
      for (let word = 0; word < WORDS; word++) {
        const difference = words[a * WORDS + word]! - words[b * WORDS + word]!;
        if (difference !== 0) return difference;
      }
      return 0;
    });
  }

  #read({ bytes, offset }: ByteRange): void {
    for (let word = 0; word < WORDS; word++) {
      const at = offset + word * 4;
      this.#key[word] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    }
  }

  /** The slot of the address in `#key`, or the empty one where it belongs. */
  #slotOf(): number {
    const key = this.#key;
    const words = this.#words;
    let hash = 0;
    for (let word = 0; word < WORDS; word++) {
      hash = Math.imul(hash ^ key[word]!, MULTIPLIER);
      hash ^= hash >>> 15;
    }
    const mask = this.#numbers.length - 1;
    for (let slot = Math.imul(hash, MULTIPLIER) >>> (32 - this.#bits); ; slot = (slot + 1) & mask) {
      const at = this.#numbers[slot]! * WORDS;
      if (at === 0) return slot;
      if (words[at] !== key[0] || words[at + 1] !== key[1]) continue;
      if (words[at + 2] === key[2] && words[at + 3] === key[3]) return slot;
    }
  }

  #grow(): void {
    this.#bits++;
    this.#numbers = new Uint32Array(1 << this.#bits);
    const words = new Uint32Array((1 << this.#bits) * WORDS);
    words.set(this.#words);
    this.#words = words;
    for (let number = 1; number <= this.#count; number++) {
      this.#key.set(words.subarray(number * WORDS, (number + 1) * WORDS));
      this.#numbers[this.#slotOf()] = number;
    }
  }
}
