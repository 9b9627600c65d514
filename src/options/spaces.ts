/** Finds the definition of an option by its space and its code or name: the standard ones, and those of a configuration. */
import type { OptionDefinition } from './definition.ts';
import type { OptionStandard } from './standard.ts';

class DefinitionSet {
  readonly byCode = new Map<number, OptionDefinition>();
  readonly byName = new Map<string, OptionDefinition>();

  constructor(definitions: readonly OptionDefinition[] = []) {
    for (const definition of definitions) this.add(definition);
  }

  add(definition: OptionDefinition): void {
    this.byCode.set(definition.code, definition);
    this.byName.set(definition.name, definition);
  }
}

type Sets = ReadonlyMap<string, DefinitionSet>;

/** The sets of each standard, made once. */
const standards = new WeakMap<OptionStandard, Sets>();

function setsOf(standard: OptionStandard): Sets {
  const known = standards.get(standard);
  if (known !== undefined) return known;
  const made = new Map([...standard.definitions].map(([space, each]) => [space, new DefinitionSet(each)]));
  standards.set(standard, made);
  return made;
}

export class OptionSpaces {
  readonly standard: OptionStandard;
  readonly #fixed: Sets;
  readonly #own = new Map<string, DefinitionSet>();
  readonly #outer: OptionSpaces | null;

  /**
   * @param standard what nobody has to define
   * @param outer definitions that hold where this set has none
   */
  constructor(standard: OptionStandard, outer: OptionSpaces | null = null) {
    this.standard = standard;
    this.#fixed = setsOf(standard);
    this.#outer = outer;
  }

  /** @returns false when the space has the code or the name already, from this set itself */
  add(space: string, definition: OptionDefinition): boolean {
    const set = this.#own.get(space) ?? new DefinitionSet();
    this.#own.set(space, set);
    if (set.byCode.has(definition.code) || set.byName.has(definition.name)) return false;
    set.add(definition);
    return true;
  }

  /** The standard definition that no configuration can replace; undefined when there is none. */
  findFixed(space: string, code: number, name: string): OptionDefinition | undefined {
    if (space !== this.standard.space) return undefined;
    const found = this.#fixed.get(space)?.byCode.get(code) ?? this.#fixed.get(space)?.byName.get(name);
    return found === undefined || this.#givesWay(space, found.code) ? undefined : found;
  }

  /** @returns undefined when nobody defines the code */
  findByCode(space: string, code: number): OptionDefinition | undefined {
    const fixed = this.#fixed.get(space)?.byCode.get(code);
    if (fixed !== undefined && !this.#givesWay(space, code)) return fixed;
    return this.#findOwn(space, (set) => set.byCode.get(code)) ?? fixed;
  }

  /** @returns undefined when nobody defines the name, or only for a code that the configuration defines anew */
  findByName(space: string, name: string): OptionDefinition | undefined {
    const fixed = this.#fixed.get(space)?.byName.get(name);
    if (fixed !== undefined && !this.#givesWay(space, fixed.code)) return fixed;
    const own = this.#findOwn(space, (set) => set.byName.get(name));
    if (own !== undefined || fixed === undefined) return own;
    return this.findByCode(space, fixed.code) === fixed ? fixed : undefined;
  }

  /** The names of a space, for hints. */
  names(space: string): string[] {
    const own = [...(this.#own.get(space)?.byName.keys() ?? [])];
    const outer = this.#outer?.names(space) ?? [...(this.#fixed.get(space)?.byName.keys() ?? [])];
    return [...outer, ...own];
  }

  #givesWay(space: string, code: number): boolean {
    return space === this.standard.space && this.standard.givesWay.has(code);
  }

  #findOwn(
    space: string,
    find: (set: DefinitionSet) => OptionDefinition | undefined,
  ): OptionDefinition | undefined {
    const set = this.#own.get(space);
    const found = set === undefined ? undefined : find(set);
    return found === undefined && this.#outer !== null ? this.#outer.#findOwn(space, find) : found;
  }
}
