/** The classes that leases keep of their clients, where leases are counted by them. */
import type { ClassIds } from '../../classes/class-ids.ts';
import type { HaRelationshipConfig } from '../../config/ha-model.ts';
import type { LimitsConfig } from '../../config/hook-model.ts';

/** What of a configuration says of them. */
interface KeepingConfig {
  readonly hooks: { readonly limits: LimitsConfig | null };
  readonly relationships: readonly HaRelationshipConfig[];
}

/** Gives a number to each class that a lease is to keep, beside those of the file. */
export function internKeptClasses({ hooks, relationships }: KeepingConfig, classes: ClassIds): void {
  if (hooks.limits === null) return;
  for (const name of ['ALL', 'BOOTP', 'KNOWN', 'UNKNOWN']) classes.intern(name);
  for (const { peers } of relationships) for (const { name } of peers) classes.intern(`HA_${name}`);
}
