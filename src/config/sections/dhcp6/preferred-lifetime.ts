/** Preferred lifetimes: each key is inherited by itself; where nobody sets one they follow the valid lifetime. */
import type { LifetimeConfig } from '../../model.ts';
import type { Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import type { Rules } from '../../schema/map.ts';
import { integer, UINT32_MAX } from '../../schema/scalars.ts';
import { bounds, checkOrder, type LifetimeKeys } from '../lifetimes.ts';

export const preferredRules = {
  'preferred-lifetime': integer(0, UINT32_MAX),
  'min-preferred-lifetime': integer(0, UINT32_MAX),
  'max-preferred-lifetime': integer(0, UINT32_MAX),
} as const satisfies Rules;

/** What a scope hands down; null = nobody has set the key. */
export interface PreferredLifetime {
  readonly minSec: number | null;
  readonly defaultSec: number | null;
  readonly maxSec: number | null;
}

export const NO_PREFERRED: PreferredLifetime = { minSec: null, defaultSec: null, maxSec: null };

/** [Kea] Where none is set, or one that is none beside the valid lifetime. */
const PART_OF_VALID = 0.625;

/** The keys of a scope over those that it inherits. */
export function readPreferred(
  values: LifetimeKeys<'preferred'>,
  inherited: PreferredLifetime,
  at: Path,
  report: Report,
): PreferredLifetime {
  const preferred = {
    minSec: values['min-preferred-lifetime'] ?? inherited.minSec,
    defaultSec: values['preferred-lifetime'] ?? inherited.defaultSec,
    maxSec: values['max-preferred-lifetime'] ?? inherited.maxSec,
  };
  const defaultSec = preferred.defaultSec ?? preferred.minSec ?? preferred.maxSec;
  if (defaultSec !== null) checkOrder('preferred', bounds({ ...preferred, defaultSec }), values, at, report);
  return preferred;
}

/** The lifetimes of a subnet: a bound alone is the lifetime itself, and none is longer than the valid one. */
export function completePreferred(
  { minSec, defaultSec, maxSec }: PreferredLifetime,
  valid: LifetimeConfig,
): LifetimeConfig {
  const own = defaultSec ?? minSec ?? maxSec;
  return {
    minSec: upTo(minSec ?? own, valid.minSec),
    defaultSec: upTo(own, valid.defaultSec),
    maxSec: upTo(maxSec ?? own, valid.maxSec),
  };
}

function upTo(preferredSec: number | null, validSec: number): number {
  const isRight = preferredSec !== null && preferredSec > 0 && preferredSec <= validSec;
  // What never ends has no part that would.
  if (isRight || validSec === UINT32_MAX) return isRight ? preferredSec : UINT32_MAX;
  return Math.floor(validSec * PART_OF_VALID);
}
