/** Numbers by strings of octets, looked up where the octets stand. */
import { type ByteRange, equalsOctets } from './byte-range.ts';

/** The answer for octets that are not in the map. */
export const NOT_FOUND = -1;

interface Entry {
  readonly octets: Uint8Array;
  readonly value: number;
  readonly next: Entry | null;
}

export class OctetMap {
  readonly #byHash = new Map<number, Entry>();

  size = 0;

  /** Adds octets that are not in the map yet. @param value >= 0 */
  add(octets: Uint8Array, value: number): void {
    const hash = hashOf(octets, 0, octets.length);
    this.size += 1;
    this.#byHash.set(hash, { octets, value, next: this.#byHash.get(hash) ?? null });
  }

  /** The number of a run of octets, or NOT_FOUND. */
  find(range: ByteRange): number {
    let entry = this.#byHash.get(hashOf(range.bytes, range.offset, range.length)) ?? null;
    while (entry !== null && !equalsOctets(range, entry.octets)) entry = entry.next;
    return entry === null ? NOT_FOUND : entry.value;
  }
}

/** FNV-1a. The keys are of the configuration, so that clients cannot choose collisions. */
function hashOf(bytes: Uint8Array, offset: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[offset + i]!, 0x01000193);
  // A small integer, which a map of V8 holds without a box.
  return hash >>> 2;
}
