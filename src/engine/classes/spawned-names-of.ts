/** Where the names are kept that the templates of a configuration make, of either family. */
import type { ClassIds } from '../../classes/class-ids.ts';
import { SpawnedNames } from '../../classes/spawned-names.ts';
import type { LimitsConfig } from '../../config/hook-model.ts';

interface Templates {
  readonly clientClasses: readonly { readonly name: string; readonly templateTest: unknown }[];
  readonly hooks: { readonly limits: LimitsConfig | null };
}

/** Null where no lease names its classes and no query counts by them. @param classes all that exist */
export function spawnedNamesOf({ clientClasses, hooks }: Templates, classes: ClassIds): SpawnedNames | null {
  const templates = clientClasses.filter(({ templateTest }) => templateTest !== null);
  if (hooks.limits === null || templates.length === 0) return null;
  return new SpawnedNames(
    templates.map(({ name }) => name),
    classes,
  );
}
