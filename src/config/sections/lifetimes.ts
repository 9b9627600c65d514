/** Lifetimes and timers of one scope, as Kea reads them: the three lifetime keys of a scope belong together. */
import type { LifetimeConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';

export interface LifetimeKeys {
  readonly 'valid-lifetime': number | undefined;
  readonly 'min-valid-lifetime': number | undefined;
  readonly 'max-valid-lifetime': number | undefined;
}

/**
 * Completes the triplet of a scope: what is missing equals the default, and a default that is missing equals the one bound
 * that is given.
 * @returns null when the scope sets none of the three keys or sets them wrongly
 */
export function readLifetime(values: LifetimeKeys, at: Path, report: Report): LifetimeConfig | null {
  const min = values['min-valid-lifetime'];
  const max = values['max-valid-lifetime'];
  const given = values['valid-lifetime'];
  if (given === undefined && min !== undefined && max !== undefined) {
    report.error(
      child(at, 'valid-lifetime'),
      'nothing beside "min-valid-lifetime" and "max-valid-lifetime"',
      `an integer from ${min} to ${max}`,
    );
    return null;
  }
  const defaultSec = given ?? min ?? max;
  if (defaultSec === undefined) return null;
  const lifetime = { minSec: min ?? defaultSec, defaultSec, maxSec: max ?? defaultSec };
  checkOrder(lifetime, at, report);
  return lifetime;
}

function checkOrder(lifetime: LifetimeConfig, at: Path, report: Report): void {
  const { minSec, defaultSec, maxSec } = lifetime;
  if (minSec > defaultSec)
    report.error(
      child(at, 'min-valid-lifetime'),
      String(minSec),
      `at most "valid-lifetime", which is ${defaultSec}`,
    );
  if (maxSec < defaultSec)
    report.error(
      child(at, 'max-valid-lifetime'),
      String(maxSec),
      `at least "valid-lifetime", which is ${defaultSec}`,
    );
}

/** T1 may not come after T2 where one scope sets both. */
export function checkTimers(
  renewSec: number | undefined,
  rebindSec: number | undefined,
  at: Path,
  report: Report,
): void {
  if (renewSec !== undefined && rebindSec !== undefined && renewSec > rebindSec)
    report.error(child(at, 'renew-timer'), String(renewSec), `at most "rebind-timer", which is ${rebindSec}`);
}
