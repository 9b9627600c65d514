/** Lifetimes and timers of one scope, each key inherited by itself as in Kea. */
import type { LifetimeConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';

/** A lease is valid, and of DHCPv6 preferred, for some time. */
export type LifetimeKind = 'valid' | 'preferred';

export type LifetimeKeys<K extends LifetimeKind = 'valid'> = {
  readonly [key in `${'' | 'min-' | 'max-'}${K}-lifetime`]: number | undefined;
};

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
  checkOrder('valid', completeLifetime(lifetime), values, at, report);
  return lifetime;
}

/** The lifetime of a client class: it inherits nothing, and a bound alone is the lifetime itself. @returns null when it has none */
export function readClassLifetime<K extends LifetimeKind>(
  kind: K,
  values: LifetimeKeys<K>,
  at: Path,
  report: Report,
): LifetimeConfig | null {
  const { min, own, max } = keysOf(kind, values);
  const lifetime = own ?? min ?? max;
  if (lifetime === undefined) return null;
  if (own === undefined && min !== undefined && max !== undefined)
    report.error(child(at, `${kind}-lifetime`), 'nothing', 'a lifetime between the two bounds');
  const complete = (kind === 'valid' ? completeLifetime : bounds)({
    minSec: min ?? null,
    defaultSec: lifetime,
    maxSec: max ?? null,
  });
  checkOrder(kind, complete, values, at, report);
  return complete;
}

export function completeLifetime({ minSec, defaultSec, maxSec }: Lifetime): LifetimeConfig {
  // No seconds are no lease.
  return bounds({ minSec: Math.max(minSec ?? defaultSec, 1), defaultSec, maxSec });
}

/** The same where no seconds are right, such as of a preferred lifetime. */
export function bounds({ minSec, defaultSec, maxSec }: Lifetime): LifetimeConfig {
  return { minSec: minSec ?? defaultSec, defaultSec, maxSec: maxSec ?? defaultSec };
}

interface Keys {
  readonly min: number | undefined;
  readonly own: number | undefined;
  readonly max: number | undefined;
}

function keysOf<K extends LifetimeKind>(kind: K, values: LifetimeKeys<K>): Keys {
  const byKey: Readonly<Record<string, number | undefined>> = values;
  return {
    min: byKey[`min-${kind}-lifetime`],
    own: byKey[`${kind}-lifetime`],
    max: byKey[`max-${kind}-lifetime`],
  };
}

/** A fault is reported in the scope that makes it, at the bound or, where that is inherited, at the default. */
export function checkOrder<K extends LifetimeKind>(
  kind: K,
  { minSec, defaultSec, maxSec }: LifetimeConfig,
  values: LifetimeKeys<K>,
  at: Path,
  report: Report,
): void {
  const keys = keysOf(kind, values);
  const key = `${kind}-lifetime`;
  const check = (bound: 'min' | 'max', boundSec: number, word: string): void => {
    if (keys[bound] !== undefined)
      report.error(
        child(at, `${bound}-${key}`),
        String(boundSec),
        `${word} "${key}", which is ${defaultSec}`,
      );
    else if (keys.own !== undefined)
      report.error(
        child(at, key),
        String(defaultSec),
        `${word === 'at most' ? 'at least' : 'at most'} "${bound}-${key}", which is ${boundSec}`,
      );
  };
  if (minSec > defaultSec) check('min', minSec, 'at most');
  if (maxSec < defaultSec) check('max', maxSec, 'at least');
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
