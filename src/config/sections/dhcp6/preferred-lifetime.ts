/**
 * Preferred lifetimes: each key is inherited by itself. How long one is beside the valid lifetime is settled with each lease, when
 * it is known what its client wishes and which class it is in.
 */
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

/** The lifetimes of a subnet: one alone stands for all three; 0 = nobody has set any, and each lease has its part of the valid one. */
export function completePreferred({ minSec, defaultSec, maxSec }: PreferredLifetime): LifetimeConfig {
  const own = defaultSec ?? minSec ?? maxSec ?? 0;
  return { minSec: minSec ?? own, defaultSec: own, maxSec: maxSec ?? own };
}
