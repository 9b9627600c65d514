/**
 * The classes that matter: those that the configuration defines or names somewhere. Each gets a small number when the
 * configuration is compiled; what a query might be in beside these, nobody would ask for.
 */

/** The number of no class. */
export const NO_CLASS = -1;

export class ClassIds {
  readonly #byName = new Map<string, number>();
  readonly #names: string[] = [];

  /** Classes so far: numbers are 0..count-1. */
  get count(): number {
    return this.#names.length;
  }

  /** The number of a class that the configuration refers to; the next free one at the first time. */
  intern(name: string): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const id = this.#names.length;
    this.#byName.set(name, id);
    this.#names.push(name);
    return id;
  }

  /** The number of a class, or NO_CLASS when nothing refers to it. */
  find(name: string): number {
    return this.#byName.get(name) ?? NO_CLASS;
  }

  /** The name of a class, for reports. @param id 0..count-1 */
  name(id: number): string {
    return this.#names[id]!;
  }

  /** All names, in the order of their numbers. */
  names(): readonly string[] {
    return this.#names;
  }
}
