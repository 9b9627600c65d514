/**
 * How many leases the classes have that templates made. There are as many of them as clients invent, so that the table keeps a
 * fingerprint of each name and only as long as it counts something:
 *
 *     | low | high | leases |  ...      open addressing; 0 leases = the place is free
 *
 * Each lease counts for as many classes as there are templates at most, so that the places never end, whatever leases say.
 */
import { assert } from '../base/assert.ts';
import type { ByteRange } from '../base/byte-range.ts';
import { allocateHashKey, KeyedHash } from '../base/keyed-hash.ts';

const WORDS = 3;
const HIGH = 1;
const LEASES = 2;
/** A table is never fuller than a half. */
const PLACES_PER_ENTRY = 2;

export interface SpawnedCountsMemory {
  /** How the names begin that count, one for each template. */
  readonly prefixes: readonly string[];
  readonly key: SharedArrayBuffer;
  /** Its places are a power of two. Uint32. */
  readonly places: SharedArrayBuffer;
}

/**
 * Memory for the classes of so many leases; pages that are never touched cost nothing.
 * @param prefixes at least one
 */
export function allocateSpawnedCounts(leasesMax: number, prefixes: readonly string[]): SpawnedCountsMemory {
  const entries = leasesMax * prefixes.length;
  const places = 2 ** Math.ceil(Math.log2(Math.max(2, entries * PLACES_PER_ENTRY)));
  return { prefixes, key: allocateHashKey(), places: new SharedArrayBuffer(places * WORDS * 4) };
}

export class SpawnedCounts {
  /** Names that count in one lease at most. */
  readonly perLease: number;
  /** As JSON without the quotes. */
  readonly #prefixes: readonly Uint8Array[];
  readonly #hash: KeyedHash;
  readonly #places: Uint32Array;
  readonly #mask: number;

  constructor({ prefixes, key, places }: SpawnedCountsMemory) {
    const encoder = new TextEncoder();
    this.perLease = prefixes.length;
    this.#prefixes = prefixes.map((prefix) => encoder.encode(JSON.stringify(prefix).slice(1, -1)));
    this.#hash = new KeyedHash(key);
    this.#places = new Uint32Array(places);
    this.#mask = this.#places.length / WORDS - 1;
  }

  /** Leases of a class now. @param name as JSON without the quotes */
  count(name: ByteRange): number {
    return this.#places[this.#find(name) + LEASES]!;
  }

  /** Whether one of the templates may have made a class. @param name as JSON without the quotes */
  isCounted(name: ByteRange): boolean {
    for (let i = 0; i < this.#prefixes.length; i++) if (startsWith(name, this.#prefixes[i]!)) return true;
    return false;
  }

  /** Counts a lease for a class, or takes it out. @param delta 1 or -1 */
  add(name: ByteRange, delta: number): void {
    const at = this.#find(name);
    const places = this.#places;
    assert(delta > 0 || places[at + LEASES]! > 0, 'a lease that is taken out was counted');
    places[at] = this.#hash.low;
    places[at + HIGH] = this.#hash.high;
    places[at + LEASES]! += delta;
    if (places[at + LEASES] === 0) this.#closeUp(at);
  }

  /** Counts nothing any more. */
  clear(): void {
    this.#places.fill(0);
  }

  /** Where a class is, or the free place where it would come. */
  #find(name: ByteRange): number {
    this.#hash.hash(name);
    const { low, high } = this.#hash;
    const places = this.#places;
    for (let place = low & this.#mask; ; place = (place + 1) & this.#mask) {
      const at = place * WORDS;
      if (places[at + LEASES] === 0 || (places[at] === low && places[at + HIGH] === high)) return at;
    }
  }

  /** Moves those back that a place which is free now has kept from their own. */
  #closeUp(freed: number): void {
    const places = this.#places;
    let free = freed / WORDS;
    for (let place = (free + 1) & this.#mask; places[place * WORDS + LEASES] !== 0; ) {
      const own = places[place * WORDS]! & this.#mask;
      const isBehindFree = ((place - own) & this.#mask) >= ((place - free) & this.#mask);
      if (isBehindFree) {
        places.copyWithin(free * WORDS, place * WORDS, (place + 1) * WORDS);
        places[place * WORDS + LEASES] = 0;
        free = place;
      }
      place = (place + 1) & this.#mask;
    }
  }
}

function startsWith({ bytes, offset, length }: ByteRange, prefix: Uint8Array): boolean {
  if (length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[offset + i] !== prefix[i]) return false;
  return true;
}
