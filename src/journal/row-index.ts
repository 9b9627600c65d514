/**
 * Where the newest row of each address stands, each known by a number: an open-addressing hash table in typed arrays,
 * 15 bytes an entry, so that a clean-up of ten million leases needs a few hundred megabytes for the time it runs and no
 * object per lease.
 */

/** Where a row stands. */
export interface RowPlace {
  /** Which input, 1..255. */
  source: number;
  offset: number;
  length: number;
}

const EMPTY = 0;
const DELETED = 0;
const FIRST_BITS = 12;
/** 2^32 / golden ratio: consecutive addresses spread over the table (Knuth's multiplicative hash). */
const MULTIPLIER = 0x9e37_79b1;

export class RowIndex {
  #bits = FIRST_BITS;
  #used = 0;
  /** Addresses that have a live row. */
  live = 0;
  #keyAt = new Uint32Array(1 << FIRST_BITS);
  #sources = new Uint8Array(1 << FIRST_BITS);
  #lengths = new Uint16Array(1 << FIRST_BITS);
  #offsets = new Float64Array(1 << FIRST_BITS);

  /** Notes the newest row of an address. @param key never 0; @param length below 65,536 */
  set(key: number, source: number, offset: number, length: number): void {
    const slot = this.#slotOf(key);
    if (this.#keyAt[slot] === EMPTY) this.#used++;
    this.#keyAt[slot] = key;
    if (this.#sources[slot] === DELETED) this.live++;
    this.#sources[slot] = source;
    this.#offsets[slot] = offset;
    this.#lengths[slot] = length;
    if (this.#used * 4 > this.#keyAt.length * 3) this.#grow();
  }

  /** Notes that the newest row of an address is its deletion. */
  delete(key: number): void {
    const slot = this.#slotOf(key);
    if (this.#keyAt[slot] === EMPTY || this.#sources[slot] === DELETED) return;
    this.#sources[slot] = DELETED;
    this.live--;
  }

  /** The keys that have a live row, ascending. */
  keys(): Uint32Array {
    const sorted = new Uint32Array(this.live);
    let count = 0;
    for (let slot = 0; slot < this.#keyAt.length; slot++) {
      if (this.#sources[slot] !== DELETED) sorted[count++] = this.#keyAt[slot]!;
    }
    return sorted.sort();
  }

  /** Fills `place` with where the row of an address stands. Pre: it has one. */
  find(key: number, place: RowPlace): void {
    const slot = this.#slotOf(key);
    place.source = this.#sources[slot]!;
    place.offset = this.#offsets[slot]!;
    place.length = this.#lengths[slot]!;
  }

  /** The slot of an address, or the empty one where it belongs. */
  #slotOf(key: number): number {
    const mask = this.#keyAt.length - 1;
    let slot = Math.imul(key, MULTIPLIER) >>> (32 - this.#bits);
    while (this.#keyAt[slot] !== EMPTY && this.#keyAt[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const keys = this.#keyAt;
    const sources = this.#sources;
    const lengths = this.#lengths;
    const offsets = this.#offsets;
    this.#bits++;
    const size = 1 << this.#bits;
    this.#keyAt = new Uint32Array(size);
    this.#sources = new Uint8Array(size);
    this.#lengths = new Uint16Array(size);
    this.#offsets = new Float64Array(size);
    for (let from = 0; from < keys.length; from++) {
      const key = keys[from]!;
      if (key === EMPTY) continue;
      const slot = this.#slotOf(key);
      this.#keyAt[slot] = key;
      this.#sources[slot] = sources[from]!;
      this.#lengths[slot] = lengths[from]!;
      this.#offsets[slot] = offsets[from]!;
    }
  }
}
