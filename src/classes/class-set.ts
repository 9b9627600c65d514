/** The classes of the query in work: one object a shard, emptied for each query. */
import type { ClassIds } from './class-ids.ts';
import type { SpawnedNames } from './spawned-names.ts';

/**
 * What a query must be in: at least one of these classes, by the numbers of class-ids.ts; an empty list is open to
 * everybody.
 */
export type Guard = readonly number[];

/** The guard of what has none. */
const OPEN: Guard = [];

export class ClassSet {
  /** The first `length` are the classes in the order of their assignment. */
  readonly ids: Uint32Array;
  length = 0;
  /** The names that templates have made; null = nobody counts by them. */
  readonly spawned: SpawnedNames | null;
  readonly #words: Uint32Array;

  /** @param capacity number of classes that exist */
  constructor(capacity: number, spawned: SpawnedNames | null = null) {
    this.spawned = spawned;
    this.ids = new Uint32Array(capacity);
    this.#words = new Uint32Array((capacity + 31) >>> 5);
  }

  /** Adds a class behind the others; one that is there stays where it is. @param id below the capacity, or NO_CLASS: nothing */
  add(id: number): void {
    if (id < 0 || this.has(id)) return;
    this.#words[id >>> 5]! |= 1 << (id & 31);
    this.ids[this.length++] = id;
  }

  has(id: number): boolean {
    return id >= 0 && (this.#words[id >>> 5]! & (1 << (id & 31))) !== 0;
  }

  /** Takes out the classes whose bits are set in `mask`, of all templates among them; the others keep their order. */
  removeAll(mask: Uint32Array): void {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      const id = this.ids[i]!;
      const bit = 1 << (id & 31);
      if (((mask[id >>> 5] ?? 0) & bit) === 0) this.ids[kept++] = id;
      else this.#words[id >>> 5]! &= ~bit;
    }
    this.length = kept;
    // Templates are among those that are taken out.
    if (this.spawned !== null) this.spawned.clear();
  }

  /** Takes all classes out. */
  clear(): void {
    for (let i = 0; i < this.length; i++) this.#words[this.ids[i]! >>> 5] = 0;
    this.length = 0;
    if (this.spawned !== null) this.spawned.clear();
  }
}

/** Whether a guard lets a query with these classes pass. */
export function isOpen(guard: Guard, classes: ClassSet): boolean {
  if (guard.length === 0) return true;
  for (let i = 0; i < guard.length; i++) if (classes.has(guard[i]!)) return true;
  return false;
}

/** The guard that a list of class names makes, at compile time. In the class ALL every query is. */
export function guardOf(names: readonly string[], classes: ClassIds): Guard {
  if (names.length === 0 || names.includes('ALL')) return OPEN;
  return names.map((name) => classes.intern(name));
}
