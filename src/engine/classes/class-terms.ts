/** What classes say about leases, by their numbers. */
import type { ClassIds } from '../../classes/class-ids.ts';
import type { LifetimeConfig, ServerConfig } from '../../config/model.ts';

/** By class number; undefined = the subnet decides. */
export type ClassLifetimes = readonly (LifetimeConfig | undefined)[];

/** The lifetimes of the classes that have one. @param classes gets those classes */
export function classLifetimes(config: ServerConfig, classes: ClassIds): ClassLifetimes {
  const lifetimes: (LifetimeConfig | undefined)[] = [];
  for (const { name, validLifetime } of config.clientClasses)
    if (validLifetime !== null) lifetimes[classes.intern(name)] = validLifetime;
  return lifetimes;
}
