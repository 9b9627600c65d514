/**
 * A chained hash index over the rows of the lease table: bucket heads in one array, the links inside the rows, so that
 * a lease costs no allocation and a removal touches one chain. Slots are stored plus one; 0 ends a chain.
 *
 * A chain of identifiers is in the order in which its rows were linked, so that of the leases of one client the oldest is
 * found first.
 *
 * A chain is as long as there are rows with one key. Of addresses and client identifiers there are few; of one hardware
 * address a client can have as many as it invents identifiers, so that index has links backwards too, the first row's to
 * the last one: nothing that is linked or removed walks anywhere.
 */
import { assert } from '../base/assert.ts';

/** "No such row". */
export const NO_SLOT = -1;
/** For an index without links backwards. */
const ONE_WAY = -1;

export class HashChain {
  readonly #heads: Int32Array;
  readonly #rows: Int32Array;
  readonly #mask: number;
  readonly #width: number;
  readonly #link: number;
  readonly #back: number;

  /**
   * @param width words of a row; @param link word of a row that holds this index's link
   * @param back word of the link backwards, if it has one
   */
  constructor(heads: Int32Array, rows: Int32Array, width: number, link: number, back = ONE_WAY) {
    this.#heads = heads;
    this.#rows = rows;
    this.#mask = heads.length - 1;
    this.#width = width;
    this.#link = link;
    this.#back = back;
  }

  get buckets(): number {
    return this.#heads.length;
  }

  /** The first row of the chain of a hash, which the number of a bucket is too. */
  first(hash: number): number {
    return this.#heads[hash & this.#mask]! - 1;
  }

  next(slot: number): number {
    return this.#rows[slot * this.#width + this.#link]! - 1;
  }

  /**
   * Adds a row in front of its chain, and touches no other: where a key has one row at most, order says nothing. Of a
   * million leases that saves 0.3 µs of an exchange. Pre: no links backwards.
   */
  linkFirst(hash: number, slot: number): void {
    const bucket = hash & this.#mask;
    this.#rows[slot * this.#width + this.#link] = this.#heads[bucket]!;
    this.#heads[bucket] = slot + 1;
  }

  /** Adds a row behind all others of its chain. */
  link(hash: number, slot: number): void {
    const bucket = hash & this.#mask;
    const first = this.#heads[bucket]! - 1;
    const rows = this.#rows;
    rows[slot * this.#width + this.#link] = 0;
    const last = first < 0 ? NO_SLOT : this.#last(first);
    if (last < 0) this.#heads[bucket] = slot + 1;
    else rows[last * this.#width + this.#link] = slot + 1;
    if (this.#back === ONE_WAY) return;
    rows[slot * this.#width + this.#back] = last + 1;
    rows[(first < 0 ? slot : first) * this.#width + this.#back] = slot + 1;
  }

  #last(first: number): number {
    if (this.#back !== ONE_WAY) return this.#rows[first * this.#width + this.#back]! - 1;
    let at = first;
    for (let next = this.next(at); next >= 0; next = this.next(at)) at = next;
    return at;
  }

  unlink(hash: number, slot: number): void {
    const bucket = hash & this.#mask;
    const rows = this.#rows;
    const first = this.#heads[bucket]! - 1;
    const after = rows[slot * this.#width + this.#link]!;
    rows[slot * this.#width + this.#link] = 0;
    if (first === slot) this.#heads[bucket] = after;
    else rows[this.#before(first, slot) * this.#width + this.#link] = after;
    if (this.#back === ONE_WAY) return;
    // Behind the last row stands the first: its link backwards leads to the last one.
    const behind = after !== 0 ? after - 1 : first;
    rows[behind * this.#width + this.#back] = rows[slot * this.#width + this.#back]!;
  }

  #before(first: number, slot: number): number {
    if (this.#back !== ONE_WAY) return this.#rows[slot * this.#width + this.#back]! - 1;
    let at = first;
    for (let next = this.next(at); next !== slot; next = this.next(at)) {
      assert(next >= 0, 'a row that goes stands in its chain');
      at = next;
    }
    return at;
  }
}

/**
 * Hash of an identifier of at most 255 octets: for each octet a random word that belongs to its place and value, all of
 * them XORed (simple tabulation). Clients choose their identifiers, and without the words they cannot choose two with
 * one hash. A seed would not do for that: of MurmurHash3, which stood here before, everybody can compute identifiers
 * that have one hash whatever the seed.
 * @param words 256 secret random words for each place, see `LeaseTableMemory.hashing` of the family
 */
export function hashBytes(words: Int32Array, bytes: Uint8Array, offset: number, length: number): number {
  let hash = length;
  for (let i = 0; i < length; i++) hash ^= words[(i << 8) | bytes[offset + i]!]!;
  return hash;
}

/** Hash of an address, in the same way. */
export function hashAddress(words: Int32Array, address: number): number {
  return (
    words[address >>> 24]! ^
    words[0x100 | ((address >>> 16) & 255)]! ^
    words[0x200 | ((address >>> 8) & 255)]! ^
    words[0x300 | (address & 255)]!
  );
}
