/**
 * Rates of the classes that templates make. What they are called clients choose, so that there may be any number of them: the
 * table has a window for WINDOWS at one time, found by a fingerprint of the name:
 *
 *     | 16 windows | 16 windows | ...      a class has its place in one set of 16
 *
 * A class that finds its set full gets the window of one whose queries are all over; else of the one that was asked for longest
 * ago, which is forgotten and starts at nothing when it comes again. Whoever invents names has a new class, and its whole rate, for
 * each of them; to refuse instead would let him lock out everybody else. The caller holds the lock of all rates.
 */
import { allocateHashKey, KeyedHash } from '../../base/keyed-hash.ts';
import type { ClassIds } from '../../classes/class-ids.ts';
import type { ClassSet } from '../../classes/class-set.ts';
import type { SpawnedName } from '../../classes/spawned-names.ts';
import type { RateLimit } from '../../config/hook-model.ts';
import { allocateQueryWindows, QueryWindows, type QueryWindowsMemory } from './query-windows.ts';

/** Of 436 octets each, so 28 MB when all are in use. */
export const SPAWNED_WINDOWS = 65_536;
const WAYS = 16;
const SETS = SPAWNED_WINDOWS / WAYS;
const PARTS = 100;

export interface SpawnedRatesMemory {
  readonly key: SharedArrayBuffer;
  /** By window: two words of the fingerprint. Uint32. */
  readonly fingerprints: SharedArrayBuffer;
  /** By window: when it was asked for last, then when all of its queries are over. Wall milliseconds, 0 = free. Float64. */
  readonly times: SharedArrayBuffer;
  readonly windows: QueryWindowsMemory;
}

/** Memory in which nothing has been counted yet; pages that are never touched cost nothing. */
export function allocateSpawnedRates(): SpawnedRatesMemory {
  return {
    key: allocateHashKey(),
    fingerprints: new SharedArrayBuffer(SPAWNED_WINDOWS * 8),
    times: new SharedArrayBuffer(SPAWNED_WINDOWS * 16),
    windows: allocateQueryWindows(SPAWNED_WINDOWS, PARTS),
  };
}

/** The rate of the classes of one template. */
interface TemplateRate {
  readonly packets: number;
  readonly periodMs: number;
  readonly partMs: number;
  /** The window of the class that it has made for the query in work. */
  window: number;
}

export class SpawnedRates {
  /** Classes that were forgotten before their queries were over, by this thread. */
  forgotten = 0;
  readonly #hash: KeyedHash;
  readonly #fingerprints: Uint32Array;
  readonly #times: Float64Array;
  readonly #windows: QueryWindows;
  /** By number of the template. */
  readonly #rates: (TemplateRate | undefined)[] = [];

  /** @param classes all that exist */
  constructor(
    memory: SpawnedRatesMemory,
    templates: readonly { readonly key: string; readonly rate: RateLimit }[],
    classes: ClassIds,
  ) {
    this.#hash = new KeyedHash(memory.key);
    this.#fingerprints = new Uint32Array(memory.fingerprints);
    this.#times = new Float64Array(memory.times);
    this.#windows = new QueryWindows(memory.windows, PARTS);
    for (const { key, rate } of templates) {
      const periodMs = rate.periodSec * 1000;
      const { packets } = rate;
      this.#rates[classes.find(key)] = { packets, periodMs, partMs: periodMs / PARTS, window: 0 };
    }
  }

  /** Whether the class that a template has made has room for one more query. @param template the number of any class */
  hasRoom(template: number, { spawned }: ClassSet, wallMs: number): boolean {
    const rate = this.#rates[template];
    const made = spawned === null ? null : spawned.find(template);
    if (rate === undefined || made === null) return true;
    if (rate.packets === 0) return false;
    rate.window = this.#windowOf(made, wallMs);
    return this.#windows.total(rate.window, rate.partMs, wallMs) < rate.packets;
  }

  /** Counts the query for the class that a template has made, behind `hasRoom`. */
  count(template: number, { spawned }: ClassSet, wallMs: number): void {
    const rate = this.#rates[template];
    if (rate === undefined || spawned === null || spawned.find(template) === null) return;
    this.#windows.count(rate.window);
    this.#times[2 * rate.window + 1] = wallMs + rate.periodMs + rate.partMs;
  }

  /** The window of a class, which has it from now on if it had none. */
  #windowOf({ name }: SpawnedName, wallMs: number): number {
    this.#hash.hash(name);
    const { low, high } = this.#hash;
    const first = (low % SETS) * WAYS;
    let window = first;
    for (let i = first; i < first + WAYS; i++) {
      if (this.#fingerprints[2 * i] === low && this.#fingerprints[2 * i + 1] === high) {
        this.#times[2 * i] = wallMs;
        return i;
      }
      if (this.#worth(i, wallMs) < this.#worth(window, wallMs)) window = i;
    }
    if (this.#worth(window, wallMs) > 0) this.forgotten += 1;
    this.#fingerprints[2 * window] = low;
    this.#fingerprints[2 * window + 1] = high;
    this.#times[2 * window] = wallMs;
    // Another template of the same query must not find it free.
    this.#times[2 * window + 1] = wallMs + 1;
    this.#windows.clear(window);
    return window;
  }

  /** What is given up with a window: nothing when all of its queries are over, else by when it was asked for. */
  #worth(window: number, wallMs: number): number {
    return this.#times[2 * window + 1]! <= wallMs ? 0 : this.#times[2 * window]!;
  }
}
