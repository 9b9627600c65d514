/**
 * A set of addresses in shared memory, four words each: what is kept for hosts of the configuration. Open addressing, never
 * fuller than a half; `::` marks a free place and is never a member. No client chooses the members, so the hash has no secret.
 */
import { assert } from '../../../base/assert.ts';
import { IPV6_WORDS } from '../../../base/ipv6.ts';
import { compareIpv6Words } from '../../../base/ipv6-words.ts';

const PLACES_PER_MEMBER = 2;
/** 2^32 / golden ratio (Knuth's multiplicative hash). */
const MULTIPLIER = 0x9e37_79b1;

/** @param members how many there will be at most */
export function allocateAddressSet(members: number): SharedArrayBuffer {
  const places = 2 ** Math.ceil(Math.log2(Math.max(2, members * PLACES_PER_MEMBER)));
  return new SharedArrayBuffer(places * IPV6_WORDS * 4);
}

export class AddressSet {
  readonly #words: Uint32Array;
  readonly #places: number;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Uint32Array(memory);
    this.#places = this.#words.length / IPV6_WORDS;
  }

  /** @param address four words */
  has(address: Uint32Array): boolean {
    return !this.#isFree(this.#placeOf(address));
  }

  /** Adds an address, if it is none yet. Pre: there is room for it, and it is not `::`. */
  add(address: Uint32Array): void {
    const at = this.#placeOf(address);
    for (let word = 0; word < IPV6_WORDS; word++) this.#words[at + word] = address[word]!;
    assert(!this.#isFree(at), ':: is nobody’s');
  }

  #isFree(at: number): boolean {
    const words = this.#words;
    return (words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) === 0;
  }

  /** First word of an address, or of the free place where it belongs. */
  #placeOf(address: Uint32Array): number {
    const mask = this.#places - 1;
    let place = hashOf(address) & mask;
    for (let looks = 0; looks < this.#places; looks++) {
      const at = place * IPV6_WORDS;
      if (this.#isFree(at) || compareIpv6Words(this.#words, at, address, 0) === 0) return at;
      place = (place + 1) & mask;
    }
    assert(false, 'a set has room for its members');
    return 0;
  }
}

function hashOf(address: Uint32Array): number {
  let hash = 0;
  for (let word = 0; word < IPV6_WORDS; word++) {
    hash = Math.imul(hash ^ address[word]!, MULTIPLIER);
    hash ^= hash >>> 15;
  }
  return hash;
}
