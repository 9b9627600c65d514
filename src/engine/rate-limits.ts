/**
 * The limits library, as far as it limits queries: a subnet or a class has so many in any period at most, whichever shard they
 * come to. A period is cut into a thousand parts, and each limit has a number for each part, so that its memory is bounded
 * whatever the rate, some 4 KiB:
 *
 *     | 3 | 0 | 1 |  ...  | 2 |      a ring of PARTS + 1; `total` is their sum, `latest` the part of the last query
 *
 * A query counts until its part is wholly over: never fewer than a whole period, and a thousandth of it more at most. One lock
 * guards all limits; of several that a query is under either all count it or none, as in Kea.
 */
import { lock, unlock } from '../base/lock.ts';
import type { ClassIds } from '../classes/class-ids.ts';
import type { ClassSet } from '../classes/class-set.ts';
import type { LimitsConfig, RateLimit, ScopeLimits } from '../config/hook-model.ts';
import type { ServerConfig } from '../config/model.ts';
import type { CompiledSubnet } from './compiled.ts';

const PARTS = 1000;
const RING = PARTS + 1;
/** Shards look at the clock once a batch, one a little before the other; what is further back is a clock that was set. */
const SKEW_MS = 5_000;

const NONE = -1;

export interface RateLimitMemory {
  readonly lock: SharedArrayBuffer;
  /** By limit: the part of its last query, then the queries of all its parts. Float64. */
  readonly latest: SharedArrayBuffer;
  readonly totals: SharedArrayBuffer;
  /** RING numbers for each limit. Uint32. */
  readonly parts: SharedArrayBuffer;
}

/** A subnet or class with a limit of queries. */
type Limited<T> = Pick<ScopeLimits<T>, 'key'> & { readonly rate: RateLimit };

function limited<T>(scopes: readonly ScopeLimits<T>[]): Limited<T>[] {
  return scopes.flatMap(({ key, rate }) => (rate === null ? [] : [{ key, rate }]));
}

/** Memory in which nothing has been counted yet; null = nothing is limited. */
export function allocateRateLimits({ hooks: { limits } }: ServerConfig): RateLimitMemory | null {
  const count = limits === null ? 0 : limited(limits.classes).length + limited(limits.subnets).length;
  if (count === 0) return null;
  return {
    lock: new SharedArrayBuffer(4),
    latest: new SharedArrayBuffer(count * 8),
    totals: new SharedArrayBuffer(count * 8),
    parts: new SharedArrayBuffer(count * RING * 4),
  };
}

export class RateLimits {
  readonly #lock: Int32Array;
  readonly #latest: Float64Array;
  readonly #totals: Float64Array;
  readonly #parts: Uint32Array;
  /** By limit. */
  readonly #packets: Float64Array;
  readonly #partMs: Float64Array;
  /** Limits by number of the class, and by position of the subnet; NONE = there is none. */
  readonly #ofClass: Int32Array;
  readonly #ofSubnet: Int32Array;

  /** @param classes all that exist */
  constructor(
    memory: RateLimitMemory,
    config: LimitsConfig,
    subnets: readonly CompiledSubnet[],
    classes: ClassIds,
  ) {
    this.#lock = new Int32Array(memory.lock);
    this.#latest = new Float64Array(memory.latest);
    this.#totals = new Float64Array(memory.totals);
    this.#parts = new Uint32Array(memory.parts);
    const ofClasses = limited(config.classes);
    const ofSubnets = limited(config.subnets);
    const rates = [...ofClasses, ...ofSubnets].map(({ rate }) => rate);
    this.#packets = Float64Array.from(rates, ({ packets }) => packets);
    this.#partMs = Float64Array.from(rates, ({ periodSec }) => (periodSec * 1000) / PARTS);
    this.#ofClass = new Int32Array(classes.count).fill(NONE);
    for (const [limit, { key }] of ofClasses.entries()) this.#ofClass[classes.find(key)] = limit;
    const positions = new Map(subnets.map(({ config: { id }, index }) => [id, index]));
    this.#ofSubnet = new Int32Array(subnets.length).fill(NONE);
    for (const [index, { key }] of ofSubnets.entries())
      this.#ofSubnet[positions.get(key)!] = ofClasses.length + index;
  }

  /** Counts a query for all its classes, or for none and says false when one of them has had its share. @param wallMs now */
  admitsClasses({ ids, length }: ClassSet, wallMs: number): boolean {
    lock(this.#lock, 0);
    let admits = true;
    for (let i = 0; i < length && admits; i++) {
      const limit = this.#ofClass[ids[i]!]!;
      if (limit !== NONE) admits = this.#hasRoom(limit, wallMs);
    }
    for (let i = 0; i < length && admits; i++) {
      const limit = this.#ofClass[ids[i]!]!;
      if (limit !== NONE) this.#count(limit);
    }
    unlock(this.#lock, 0);
    return admits;
  }

  /** Counts a query for its subnet, or says false when that has had its share. @param wallMs now */
  admitsSubnet({ index }: CompiledSubnet, wallMs: number): boolean {
    const limit = this.#ofSubnet[index]!;
    if (limit === NONE) return true;
    lock(this.#lock, 0);
    const admits = this.#hasRoom(limit, wallMs);
    if (admits) this.#count(limit);
    unlock(this.#lock, 0);
    return admits;
  }

  #hasRoom(limit: number, wallMs: number): boolean {
    this.#advance(limit, wallMs);
    return this.#totals[limit]! < this.#packets[limit]!;
  }

  /** Makes the part of now the latest; what is older than a period counts no longer. */
  #advance(limit: number, wallMs: number): void {
    const partMs = this.#partMs[limit]!;
    const latest = this.#latest[limit]!;
    const part = Math.floor(wallMs / partMs);
    const isSetBack = wallMs < latest * partMs - SKEW_MS;
    if (part <= latest && !isSetBack) return;
    const passed = isSetBack ? RING : Math.min(part - latest, RING);
    const first = limit * RING;
    for (let i = 0; i < passed; i++) {
      const at = first + ((part - i) % RING);
      this.#totals[limit]! -= this.#parts[at]!;
      this.#parts[at] = 0;
    }
    this.#latest[limit] = part;
  }

  #count(limit: number): void {
    this.#parts[limit * RING + (this.#latest[limit]! % RING)]! += 1;
    this.#totals[limit]! += 1;
  }
}
