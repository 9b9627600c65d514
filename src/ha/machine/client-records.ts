/**
 * A bounded map from client to a value, kept as an immutable value: the state machine is a pure function, so its
 * records must not change under an older state.
 *
 * Copying one big Map for every batch would cost its whole size, so the records are spread over 256 small Maps and an
 * editor copies only those it touches: a batch of n clients costs O(n) plus the size of at most n small Maps. When the
 * bound is reached an older record of the same small Map makes room, or the new client stays unrecorded.
 */

const BUCKETS = 256;

export interface ClientRecords<V> {
  readonly buckets: readonly (ReadonlyMap<string, V> | undefined)[];
  readonly size: number;
  readonly sizeMax: number;
}

/** @param sizeMax most records ever kept, at least 1 */
export function emptyRecords<V>(sizeMax: number): ClientRecords<V> {
  return { buckets: [], size: 0, sizeMax };
}

/** Changes records without changing the value it started from; `finish` gives the new value. */
export class RecordsEditor<V> {
  readonly #base: ClientRecords<V>;
  readonly #buckets: (ReadonlyMap<string, V> | undefined)[];
  readonly #copied = new Map<number, Map<string, V>>();
  #size: number;

  constructor(base: ClientRecords<V>) {
    this.#base = base;
    this.#buckets = base.buckets.slice();
    this.#size = base.size;
  }

  get(key: string): V | undefined {
    return this.#buckets[bucketOf(key)]?.get(key);
  }

  /**
   * Records a value as the newest of its bucket.
   * @param whenFull at the bound, `evict` gives up the oldest record of the bucket
   * @returns false when there was no room
   */
  set(key: string, value: V, whenFull: 'evict' | 'refuse'): boolean {
    if (this.#isFull && whenFull === 'refuse' && this.get(key) === undefined) return false;
    const bucket = this.#editable(bucketOf(key));
    if (bucket.delete(key)) this.#size--;
    if (this.#isFull && !this.#evictOldest(bucket)) return false;
    bucket.set(key, value);
    this.#size++;
    return true;
  }

  delete(key: string): boolean {
    const index = bucketOf(key);
    if (this.#buckets[index]?.has(key) !== true) return false;
    this.#editable(index).delete(key);
    this.#size--;
    return true;
  }

  finish(): ClientRecords<V> {
    return { buckets: this.#buckets, size: this.#size, sizeMax: this.#base.sizeMax };
  }

  #editable(index: number): Map<string, V> {
    let bucket = this.#copied.get(index);
    if (bucket === undefined) {
      bucket = new Map(this.#buckets[index]);
      this.#copied.set(index, bucket);
      this.#buckets[index] = bucket;
    }
    return bucket;
  }

  get #isFull(): boolean {
    return this.#size >= this.#base.sizeMax;
  }

  #evictOldest(bucket: Map<string, V>): boolean {
    for (const key of bucket.keys()) {
      bucket.delete(key);
      this.#size--;
      return true;
    }
    return false;
  }
}

/** Every record, in no particular order. */
export function* recordEntries<V>(records: ClientRecords<V>): Generator<readonly [string, V]> {
  for (const bucket of records.buckets) {
    if (bucket !== undefined) yield* bucket;
  }
}

/** FNV-1a over the key's UTF-16 units, folded to a bucket number. */
function bucketOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return ((hash >>> 8) ^ hash) & (BUCKETS - 1);
}
