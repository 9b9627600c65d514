/** What two answers to the same command have in common, member by member. */

/** Paths of values of `theirs` that are others in `ours`. */
export function differing(theirs: unknown, ours: unknown, path = ''): string[] {
  if (typeof theirs !== 'object' || theirs === null) return theirs === ours ? [] : [path];
  return Object.entries(theirs).flatMap(([name, value]) =>
    differing(value, memberOf(ours, name), `${path}/${name}`),
  );
}

/** Paths of members that `ours` lacks or that have another type there. */
export function missing(theirs: unknown, ours: unknown, path = ''): string[] {
  if (typeof theirs !== typeof ours || Array.isArray(theirs) !== Array.isArray(ours)) return [path];
  if (typeof theirs !== 'object' || theirs === null) return [];
  return Object.entries(theirs).flatMap(([name, value]) =>
    missing(value, memberOf(ours, name), `${path}/${name}`),
  );
}

function memberOf(value: unknown, name: string): unknown {
  return (Object(value) as Record<string, unknown>)[name];
}
