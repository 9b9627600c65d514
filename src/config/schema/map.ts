/** Tables of the keys that a map may have, and the one function that checks a map against its table. */
import { child, describe, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { freeMap, isMap } from './collections.ts';
import { keaKeys } from './kea-keys.ts';
import { findNearest } from './nearest.ts';
import { accepted, type Rule, rule } from './rule.ts';
import { text } from './scalars.ts';

export type Rules = Readonly<Record<string, Rule>>;

/** The typed values of a map: what each rule yields, or undefined where a key is absent or wrong and has no default. */
export type Values<R extends Rules> = {
  readonly [K in keyof R]: R[K] extends Rule<infer T, infer F> ? T | F : never;
};

export interface MapSchema<R extends Rules = Rules> {
  /** What the map is, for messages and documentation, e.g. "subnet4[]". */
  readonly name: string;
  readonly rules: R;
  /** Kea ignores unknown keys in hook parameters, so there they are only worth a warning. */
  readonly unknownKeys: 'error' | 'warning';
  /** Whether it takes `user-context` and `comment`, as most maps do. */
  readonly takesContext: boolean;
  readonly requiredKeys: readonly string[];
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** The keys of all tables: one of them in a map that does not have it is misplaced, not unheard of. */
const tabled = new Set<string>();

/** Keys that Kea takes in nearly every map. */
const context: Rules = { 'user-context': accepted(freeMap()), comment: accepted(text()) };

export function defineMap<R extends Rules>(
  mapName: string,
  rules: R,
  unknownKeys: 'error' | 'warning' = 'error',
): MapSchema<R> {
  const entries = Object.entries(rules);
  for (const [key] of entries) tabled.add(key);
  return {
    name: mapName,
    rules,
    unknownKeys,
    takesContext: true,
    requiredKeys: entries.filter(([, entry]) => entry.isRequired).map(([key]) => key),
    defaults: Object.fromEntries(entries.map(([key, entry]) => [key, entry.fallback])),
  };
}

/** The same map without `user-context` and `comment`. */
export function withoutContext<R extends Rules>(schema: MapSchema<R>): MapSchema<R> {
  return { ...schema, takesContext: false };
}

/**
 * Checks a map: each key by its rule, unknown keys, missing required keys.
 * @returns the values, or undefined when `value` is not a map
 */
export function readMap<R extends Rules>(
  schema: MapSchema<R>,
  value: unknown,
  at: Path | null,
  report: Report,
): Values<R> | undefined {
  if (!isMap(value)) {
    report.error(at, describe(value), 'a map');
    return undefined;
  }
  // Defaults are inherited, not copied: of the sixty keys of a subnet a file sets about five.
  const values = Object.create(schema.defaults) as Record<string, unknown>;
  for (const key of Object.keys(value)) {
    const member = value[key];
    const place = child(at, key);
    const entry = ruleOf(schema, key);
    if (entry === undefined) reportUnknownKey(schema, key, member, place, report);
    else {
      const read = entry.read(member, place, report);
      if (read !== undefined) values[key] = read;
    }
  }
  for (const key of schema.requiredKeys) {
    if (!Object.hasOwn(value, key))
      report.error(child(at, key), 'nothing', schema.rules[key]?.expected ?? 'a value');
  }
  return values as Values<R>;
}

/** A map with a table of keys as a rule, for maps inside maps. */
export function mapOf<R extends Rules>(schema: MapSchema<R>): Rule<Values<R>, undefined> {
  return {
    ...rule('a map', () => undefined),
    read: (value, at, report) => readMap(schema, value, at, report),
  };
}

function ruleOf(schema: MapSchema, key: string): Rule | undefined {
  if (Object.hasOwn(schema.rules, key)) return schema.rules[key];
  return schema.takesContext && Object.hasOwn(context, key) ? context[key] : undefined;
}

function reportUnknownKey(schema: MapSchema, key: string, member: unknown, at: Path, report: Report): void {
  if (
    schema.unknownKeys === 'error' &&
    keaKeys.has(key) &&
    !tabled.has(key) &&
    !Object.hasOwn(context, key)
  ) {
    report.unsupported(at, member, `no such key in ${schema.name}`);
    return;
  }
  const nearest = report.isFull ? null : findNearest(key, Object.keys(schema.rules));
  const hint = nearest === null ? '' : `, perhaps "${nearest}"`;
  const found = `the unknown key ${quote(key)}`;
  const expected = `a key of ${schema.name}${hint}`;
  if (schema.unknownKeys === 'error') report.error(at, found, expected, 'key');
  else report.warn(at, found, expected, 'key');
}
