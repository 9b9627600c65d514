/**
 * A chained hash index over the rows of the lease table: bucket heads in one array, the links inside the rows, so that
 * a lease costs no allocation and a removal touches one chain. Slots are stored plus one; 0 ends a chain.
 *
 * A chain is as long as there are rows with one key. Of addresses and client identifiers there are few; of one hardware
 * address a client can have as many as it invents identifiers, so that index has links backwards too, and a removal
 * walks nowhere.
 */
import { ROW_WORDS } from './layout.ts';

/** "No such row". */
export const NO_SLOT = -1;
/** For an index without links backwards. */
const ONE_WAY = -1;

export class HashChain {
  readonly #heads: Int32Array;
  readonly #rows: Int32Array;
  readonly #mask: number;
  readonly #link: number;
  readonly #back: number;

  /** @param link word of a row that holds this index's link; @param back word of the link backwards, if it has one */
  constructor(heads: Int32Array, rows: Int32Array, link: number, back = ONE_WAY) {
    this.#heads = heads;
    this.#rows = rows;
    this.#mask = heads.length - 1;
    this.#link = link;
    this.#back = back;
  }

  first(hash: number): number {
    return this.#heads[hash & this.#mask]! - 1;
  }

  next(slot: number): number {
    return this.#rows[slot * ROW_WORDS + this.#link]! - 1;
  }

  link(hash: number, slot: number): void {
    const bucket = hash & this.#mask;
    const after = this.#heads[bucket]!;
    this.#rows[slot * ROW_WORDS + this.#link] = after;
    this.#heads[bucket] = slot + 1;
    if (this.#back === ONE_WAY) return;
    this.#rows[slot * ROW_WORDS + this.#back] = 0;
    if (after !== 0) this.#rows[(after - 1) * ROW_WORDS + this.#back] = slot + 1;
  }

  unlink(hash: number, slot: number): void {
    const bucket = hash & this.#mask;
    const after = this.#rows[slot * ROW_WORDS + this.#link]!;
    this.#rows[slot * ROW_WORDS + this.#link] = 0;
    if (this.#heads[bucket]! - 1 === slot) this.#heads[bucket] = after;
    else this.#bridge(bucket, slot, after);
    if (this.#back !== ONE_WAY && after !== 0) {
      this.#rows[(after - 1) * ROW_WORDS + this.#back] = this.#rows[slot * ROW_WORDS + this.#back]!;
    }
  }

  /** Makes the row before `slot` point at the one behind it. */
  #bridge(bucket: number, slot: number, after: number): void {
    if (this.#back !== ONE_WAY) {
      const before = this.#rows[slot * ROW_WORDS + this.#back]! - 1;
      this.#rows[before * ROW_WORDS + this.#link] = after;
      return;
    }
    let at = this.#heads[bucket]! - 1;
    while (at >= 0) {
      const following = this.#rows[at * ROW_WORDS + this.#link]! - 1;
      if (following === slot) {
        this.#rows[at * ROW_WORDS + this.#link] = after;
        return;
      }
      at = following;
    }
  }
}

/**
 * Hash of an identifier of at most 255 octets: for each octet a random word that belongs to its place and value, all of
 * them XORed (simple tabulation). Clients choose their identifiers, and without the words they cannot choose two with
 * one hash. A seed would not do for that: of MurmurHash3, which stood here before, everybody can compute identifiers
 * that have one hash whatever the seed.
 * @param words 256 secret random words for each place, see `LeaseTableMemory.hashing`
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
