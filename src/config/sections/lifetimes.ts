/** Lifetimes and timers of one scope, each key inherited by itself as in Kea. */
import type { LifetimeConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';

export interface LifetimeKeys {
  readonly 'valid-lifetime': number | undefined;
  readonly 'min-valid-lifetime': number | undefined;
  readonly 'max-valid-lifetime': number | undefined;
}

/** What a scope hands down: a bound that nobody has set is null and follows the default of the scope that uses it. */
export interface Lifetime {
  readonly minSec: number | null;
  readonly defaultSec: number;
  readonly maxSec: number | null;
}

/** The keys of a scope over those that it inherits. */
export function readLifetime(values: LifetimeKeys, inherited: Lifetime, at: Path, report: Report): Lifetime {
  const lifetime = {
    minSec: values['min-valid-lifetime'] ?? inherited.minSec,
    defaultSec: values['valid-lifetime'] ?? inherited.defaultSec,
    maxSec: values['max-valid-lifetime'] ?? inherited.maxSec,
  };
  checkOrder(lifetime, values, at, report);
  return lifetime;
}

export function completeLifetime({ minSec, defaultSec, maxSec }: Lifetime): LifetimeConfig {
  // No seconds are no lease.
  return { minSec: Math.max(minSec ?? defaultSec, 1), defaultSec, maxSec: maxSec ?? defaultSec };
}

/** A fault is reported in the scope that makes it, at the bound or, where that is inherited, at the default. */
function checkOrder(lifetime: Lifetime, values: LifetimeKeys, at: Path, report: Report): void {
  const { minSec, defaultSec, maxSec } = completeLifetime(lifetime);
  const check = (key: 'min-valid-lifetime' | 'max-valid-lifetime', bound: number, word: string): void => {
    if (values[key] !== undefined)
      report.error(child(at, key), String(bound), `${word} "valid-lifetime", which is ${defaultSec}`);
    else if (values['valid-lifetime'] !== undefined)
      report.error(
        child(at, 'valid-lifetime'),
        String(defaultSec),
        `${word === 'at most' ? 'at least' : 'at most'} "${key}", which is ${bound}`,
      );
  };
  if (minSec > defaultSec) check('min-valid-lifetime', minSec, 'at most');
  if (maxSec < defaultSec) check('max-valid-lifetime', maxSec, 'at least');
}

/** T1 may not come after T2. A fault is reported in the scope that makes it. */
export function checkTimers(
  values: { readonly 'renew-timer': number | undefined; readonly 'rebind-timer': number | undefined },
  renewSec: number | null,
  rebindSec: number | null,
  at: Path,
  report: Report,
): void {
  if (renewSec === null || rebindSec === null || renewSec <= rebindSec) return;
  if (values['renew-timer'] !== undefined)
    report.error(child(at, 'renew-timer'), String(renewSec), `at most "rebind-timer", which is ${rebindSec}`);
  else if (values['rebind-timer'] !== undefined)
    report.error(
      child(at, 'rebind-timer'),
      String(rebindSec),
      `at least "renew-timer", which is ${renewSec}`,
    );
}
