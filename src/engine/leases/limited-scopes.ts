/** The subnets and classes whose leases are limited, in the order in which they are counted. */
import { SPAWN_PREFIX } from '../../classes/template.ts';
import type { LimitsConfig, ScopeLimits } from '../../config/hook-model.ts';
import {
  allocateLimitedCounts,
  type LimitedCountsMemory,
  LimitedKind,
  type LimitedMemory,
} from '../../lease/limited-counts.ts';
import { allocateSpawnedCounts } from '../../lease/spawned-counts.ts';

/** A subnet, by its id, or a class, by its name. */
interface LimitedScope<T> {
  readonly key: T;
  /** Leases at most. */
  readonly limit: number;
}

export interface LimitedScopes {
  readonly subnets: readonly LimitedScope<number>[];
  /** Templates too: a reservation may put a client into one without a class of its own. */
  readonly classes: readonly LimitedScope<string>[];
  /** Those of the classes that are templates, by name. */
  readonly templates: readonly string[];
}

/** @param kind a `LimitedKind` */
export function limitedScopesOf(kind: number, { subnets, classes, templates }: LimitsConfig): LimitedScopes {
  const limited = <T>(scopes: readonly ScopeLimits<T>[]): LimitedScope<T>[] =>
    scopes.flatMap(({ key, addressLimit, prefixLimit }) => {
      const limit = kind === LimitedKind.addresses ? addressLimit : prefixLimit;
      return limit === null ? [] : [{ key, limit }];
    });
  const ofTemplates = limited(templates);
  return {
    subnets: limited(subnets),
    classes: limited(classes).concat(ofTemplates),
    templates: ofTemplates.map(({ key }) => key),
  };
}

/** The counts that a configuration needs, or null. @param leasesMax rows of the lease table */
export function limitedCountsOf(limits: LimitsConfig | null, leasesMax: number): LimitedMemory | null {
  if (limits === null) return null;
  const memory = [LimitedKind.addresses, LimitedKind.prefixes].map((kind) =>
    countsOf(limitedScopesOf(kind, limits), leasesMax),
  );
  return memory.every((counts) => counts === null) ? null : memory;
}

function countsOf(
  { subnets, classes, templates }: LimitedScopes,
  leasesMax: number,
): LimitedCountsMemory | null {
  if (subnets.length + classes.length === 0) return null;
  const prefixes = templates.map((name) => SPAWN_PREFIX.concat(name, '_'));
  const spawned = prefixes.length === 0 ? null : allocateSpawnedCounts(leasesMax, prefixes);
  return allocateLimitedCounts(
    subnets.map(({ key }) => key),
    classes.map(({ key }) => key),
    spawned,
  );
}
