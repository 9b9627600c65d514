/** Finds the definition of an option by its space and its code or name: the standard ones, and those of a configuration. */
import { DHCP4_SPACE, type OptionDefinition, STANDARD_DEFINITIONS } from './option-definitions.ts';

/**
 * Codes whose standard definition gives way to one of the configuration: 43 is anybody's, the others became standard in Kea
 * after sites had begun to define them on their own.
 */
const GIVES_WAY: ReadonlySet<number> = new Set([43, 121, 122, 143, 151, 152, 153, 154, 155, 156, 157, 162]);

class DefinitionSet {
  readonly byCode = new Map<number, OptionDefinition>();
  readonly byName = new Map<string, OptionDefinition>();

  add(definition: OptionDefinition): void {
    this.byCode.set(definition.code, definition);
    this.byName.set(definition.name, definition);
  }
}

const standard = new Map<string, DefinitionSet>();
for (const [space, definitions] of STANDARD_DEFINITIONS) {
  const set = new DefinitionSet();
  for (const definition of definitions) set.add(definition);
  standard.set(space, set);
}

/** The standard definition that no configuration can replace; undefined when there is none. */
export function findFixedDefinition(space: string, code: number, name: string): OptionDefinition | undefined {
  if (space !== DHCP4_SPACE) return undefined;
  const found = standard.get(space)?.byCode.get(code) ?? standard.get(space)?.byName.get(name);
  return found === undefined || GIVES_WAY.has(found.code) ? undefined : found;
}

export class OptionSpaces {
  readonly #own = new Map<string, DefinitionSet>();
  readonly #outer: OptionSpaces | null;

  /** @param outer definitions that hold where this set has none */
  constructor(outer: OptionSpaces | null = null) {
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

  /** @returns undefined when nobody defines the code */
  findByCode(space: string, code: number): OptionDefinition | undefined {
    const fixed = standard.get(space)?.byCode.get(code);
    if (fixed !== undefined && !(space === DHCP4_SPACE && GIVES_WAY.has(code))) return fixed;
    return this.#findOwn(space, (set) => set.byCode.get(code)) ?? fixed;
  }

  /** @returns undefined when nobody defines the name, or only for a code that the configuration defines anew */
  findByName(space: string, name: string): OptionDefinition | undefined {
    const fixed = standard.get(space)?.byName.get(name);
    if (fixed !== undefined && !(space === DHCP4_SPACE && GIVES_WAY.has(fixed.code))) return fixed;
    const own = this.#findOwn(space, (set) => set.byName.get(name));
    if (own !== undefined || fixed === undefined) return own;
    return this.findByCode(space, fixed.code) === fixed ? fixed : undefined;
  }

  /** The names of a space, for hints. */
  names(space: string): string[] {
    const names = [
      ...(standard.get(space)?.byName.keys() ?? []),
      ...(this.#own.get(space)?.byName.keys() ?? []),
    ];
    return this.#outer === null ? names : [...names, ...this.#outer.names(space)];
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
