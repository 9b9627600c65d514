/**
 * The names that templates have made for the query in work, for those who count by them: one a template, as it stands in JSON
 * between the quotes. Classes have numbers only where the configuration refers to them; these are made by what clients send.
 */
import type { ByteRange } from '../base/byte-range.ts';
import type { ClassIds } from './class-ids.ts';
import { SPAWN_PREFIX } from './template.ts';

/**
 * Octets of the value in a name at most, so that a lease has room for it: an option of 255 octets where none has to be
 * escaped, of 85 where all have to. Longer names that differ only behind them are one class to whoever counts.
 */
export const SPAWNED_VALUE_BYTES_MAX = 255;

/** What a template has made for a query. */
export interface SpawnedName {
  /** The name; its length is 0 where the template has made none. */
  readonly name: ByteRange;
  /** Octets before the value. */
  readonly prefixBytes: number;
  /** The configuration refers to the class: its number is in the set of the query's classes too. */
  hasNumber: boolean;
}

export class SpawnedNames {
  /** By number of the template. */
  readonly #ofTemplate: (SpawnedName | undefined)[] = [];
  /** The first `#length` of these have a name. */
  readonly #made: SpawnedName[];
  #length = 0;

  /** @param templates their names. @param classes all that exist */
  constructor(templates: readonly string[], classes: ClassIds) {
    const encoder = new TextEncoder();
    this.#made = templates.map((template) => {
      const prefix = encoder.encode(JSON.stringify(`${SPAWN_PREFIX}${template}_`).slice(1, -1));
      const bytes = new Uint8Array(prefix.length + SPAWNED_VALUE_BYTES_MAX);
      bytes.set(prefix);
      const name = { bytes, offset: 0, length: 0 };
      const spawned = { name, prefixBytes: prefix.length, hasNumber: false };
      this.#ofTemplate[classes.find(template)] = spawned;
      return spawned;
    });
  }

  /**
   * Notes the class that a template has made.
   * @param template its number
   * @param value of letters, digits and signs that JSON does not escape
   */
  put(template: number, value: ByteRange, hasNumber: boolean): void {
    const spawned = this.#ofTemplate[template];
    if (spawned === undefined) return;
    const { name, prefixBytes } = spawned;
    if (name.length === 0) this.#made[this.#length++] = spawned;
    const length = Math.min(value.length, SPAWNED_VALUE_BYTES_MAX);
    for (let i = 0; i < length; i++) name.bytes[prefixBytes + i] = value.bytes[value.offset + i]!;
    name.length = prefixBytes + length;
    spawned.hasNumber = hasNumber;
  }

  /** What a template has made for the query, or null. @param template the number of any class */
  find(template: number): SpawnedName | null {
    const spawned = this.#ofTemplate[template];
    return spawned === undefined || spawned.name.length === 0 ? null : spawned;
  }

  /** Octets of all names in a JSON list, with quotes, comma and blank, when every template makes its longest. */
  get jsonBytesMax(): number {
    return this.#made.reduce((sum, { name }) => sum + name.bytes.length + 4, 0);
  }

  /** Forgets the names. */
  clear(): void {
    for (let i = 0; i < this.#length; i++) this.#made[i]!.name.length = 0;
    this.#length = 0;
  }
}
