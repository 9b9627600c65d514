/**
 * The limits library, as far as it limits queries: a subnet or a class has so many in any period at most, whichever shard they
 * come to. A period is cut into a thousand parts (query-windows.ts): a limit takes some 4 KiB. One lock guards all limits; of
 * several that a query is under either all count it or none, as in Kea. Of a template each class that it makes has the limit.
 */
import { lock, unlock } from '../../base/lock.ts';
import type { ClassIds } from '../../classes/class-ids.ts';
import type { ClassSet } from '../../classes/class-set.ts';
import type { LimitsConfig, RateLimit, ScopeLimits } from '../../config/hook-model.ts';
import { allocateQueryWindows, QueryWindows, type QueryWindowsMemory } from './query-windows.ts';
import { allocateSpawnedRates, SpawnedRates, type SpawnedRatesMemory } from './spawned-rates.ts';
import type { StatisticsWriter } from './statistics.ts';

const PARTS = 1000;

const NONE = -1;

export interface RateLimitMemory {
  readonly lock: SharedArrayBuffer;
  readonly windows: QueryWindowsMemory;
  /** Null = no template has a rate. */
  readonly spawned: SpawnedRatesMemory | null;
}

/** A subnet of either family. */
interface RatedSubnet {
  /** Position in the configuration. */
  readonly index: number;
  readonly id: number;
}

/** A subnet or class with a limit of queries. */
type Limited<T> = Pick<ScopeLimits<T>, 'key'> & { readonly rate: RateLimit };

function limited<T>(scopes: readonly ScopeLimits<T>[]): Limited<T>[] {
  return scopes.flatMap(({ key, rate }) => (rate === null ? [] : [{ key, rate }]));
}

/** Memory in which nothing has been counted yet; null = nothing is limited. */
export function allocateRateLimits(limits: LimitsConfig | null): RateLimitMemory | null {
  if (limits === null) return null;
  const count = limited(limits.classes).length + limited(limits.subnets).length;
  const hasTemplates = limited(limits.templates).length > 0;
  if (count === 0 && !hasTemplates) return null;
  return {
    lock: new SharedArrayBuffer(4),
    windows: allocateQueryWindows(count, PARTS),
    spawned: hasTemplates ? allocateSpawnedRates() : null,
  };
}

export class RateLimits {
  readonly #lock: Int32Array;
  readonly #windows: QueryWindows;
  /** By limit. */
  readonly #packets: Float64Array;
  readonly #partMs: Float64Array;
  /** Limits by number of the class, and by position of the subnet; NONE = there is none. */
  readonly #ofClass: Int32Array;
  readonly #ofSubnet: Int32Array;
  readonly #spawned: SpawnedRates | null;
  readonly #statistics: StatisticsWriter;
  readonly #forgottenCell: number;

  /** @param classes all that exist @param forgottenCell statistics cell of the classes that were forgotten too early */
  constructor(
    memory: RateLimitMemory,
    config: LimitsConfig,
    subnets: readonly RatedSubnet[],
    classes: ClassIds,
    statistics: StatisticsWriter,
    forgottenCell: number,
  ) {
    this.#lock = new Int32Array(memory.lock);
    this.#windows = new QueryWindows(memory.windows, PARTS);
    this.#spawned = memory.spawned && new SpawnedRates(memory.spawned, limited(config.templates), classes);
    this.#statistics = statistics;
    this.#forgottenCell = forgottenCell;
    const ofClasses = limited(config.classes);
    const ofSubnets = limited(config.subnets);
    const rates = [...ofClasses, ...ofSubnets].map(({ rate }) => rate);
    this.#packets = Float64Array.from(rates, ({ packets }) => packets);
    this.#partMs = Float64Array.from(rates, ({ periodSec }) => (periodSec * 1000) / PARTS);
    this.#ofClass = new Int32Array(classes.count).fill(NONE);
    for (const [limit, { key }] of ofClasses.entries()) this.#ofClass[classes.find(key)] = limit;
    const positions = new Map(subnets.map(({ id, index }) => [id, index]));
    this.#ofSubnet = new Int32Array(subnets.length).fill(NONE);
    for (const [index, { key }] of ofSubnets.entries())
      this.#ofSubnet[positions.get(key)!] = ofClasses.length + index;
  }

  /** Counts a query for all its classes, or for none and says false when one of them has had its share. @param wallMs now */
  admitsClasses(classes: ClassSet, wallMs: number): boolean {
    const { ids, length } = classes;
    const forgotten = this.#spawned === null ? 0 : this.#spawned.forgotten;
    lock(this.#lock, 0);
    let admits = true;
    for (let i = 0; i < length && admits; i++) {
      const limit = this.#ofClass[ids[i]!]!;
      if (limit !== NONE) admits = this.#hasRoom(limit, wallMs);
      if (admits && this.#spawned !== null) admits = this.#spawned.hasRoom(ids[i]!, classes, wallMs);
    }
    for (let i = 0; i < length && admits; i++) {
      const limit = this.#ofClass[ids[i]!]!;
      if (limit !== NONE) this.#windows.count(limit);
      if (this.#spawned !== null) this.#spawned.count(ids[i]!, classes, wallMs);
    }
    unlock(this.#lock, 0);
    if (this.#spawned !== null && this.#spawned.forgotten !== forgotten)
      this.#statistics.add(this.#forgottenCell, this.#spawned.forgotten - forgotten);
    return admits;
  }

  /** Counts a query for its subnet, or says false when that has had its share. @param wallMs now */
  admitsSubnet({ index }: RatedSubnet, wallMs: number): boolean {
    const limit = this.#ofSubnet[index]!;
    if (limit === NONE) return true;
    lock(this.#lock, 0);
    const admits = this.#hasRoom(limit, wallMs);
    if (admits) this.#windows.count(limit);
    unlock(this.#lock, 0);
    return admits;
  }

  #hasRoom(limit: number, wallMs: number): boolean {
    return this.#windows.total(limit, this.#partMs[limit]!, wallMs) < this.#packets[limit]!;
  }
}
