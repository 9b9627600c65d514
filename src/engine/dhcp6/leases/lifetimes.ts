/** Lifetimes of leases, and T1 and T2 of their identity associations. [RFC8415 18.3] [RFC8415 21.4] */
import type { LifetimeConfig } from '../../../config/model.ts';
import type { CompiledSubnet6 } from '../compiled/compiled.ts';
import type { Context6 } from '../context.ts';
import type { Binding, PlannedIa } from './ia-plan.ts';

/** "For ever". */
const INFINITE_SEC = 0xffff_ffff;

/** Sets the lifetimes of a lease: what the client wishes within the bounds of its class or subnet, else their default. */
export function setLifetimes(context: Context6, binding: Binding, ia: PlannedIa): void {
  const subnet = binding.subnet!;
  const valid = withinBounds(validFor(context, subnet), ia.validHintSec);
  const preferred = withinBounds(preferredFor(context, subnet), ia.preferredHintSec);
  binding.validSec = valid;
  binding.preferredSec = preferred === 0 || preferred > valid ? partOf(valid) : preferred;
}

/** [Kea] One that outlives the lease, or none, is made from it. What never ends has no part that would. [RFC8415 7.7] */
function partOf(validSec: number): number {
  return validSec === INFINITE_SEC ? INFINITE_SEC : Math.floor((validSec * 5) / 8);
}

function withinBounds({ minSec, defaultSec, maxSec }: LifetimeConfig, wishSec: number): number {
  return wishSec === 0 ? defaultSec : Math.min(Math.max(wishSec, minSec), maxSec);
}

function validFor({ classLifetimes, query }: Context6, subnet: CompiledSubnet6): LifetimeConfig {
  const { ids, length } = query.classes;
  for (let i = 0; i < length; i++) {
    const lifetime = classLifetimes[ids[i]!]?.valid ?? null;
    if (lifetime !== null) return lifetime;
  }
  return subnet.config.validLifetime;
}

function preferredFor({ classLifetimes, query }: Context6, subnet: CompiledSubnet6): LifetimeConfig {
  const { ids, length } = query.classes;
  for (let i = 0; i < length; i++) {
    const lifetime = classLifetimes[ids[i]!]?.preferred ?? null;
    if (lifetime !== null) return lifetime;
  }
  return subnet.config.preferredLifetime;
}

/**
 * Sets T1 and T2 of an identity association by the subnet of its leases: explicit timers first, then shares of the shortest
 * preferred lifetime; a T1 that is not before T2 is left to the client. [Kea]
 */
export function setTimers(ia: PlannedIa, { config }: CompiledSubnet6, preferredSec: number): void {
  const { calculateTeeTimes, rebindTimerSec, renewTimerSec, t1Percent, t2Percent } = config;
  const t1 = renewTimerSec ?? (calculateTeeTimes ? Math.round(preferredSec * t1Percent) : 0);
  ia.t2Sec = rebindTimerSec ?? (calculateTeeTimes ? Math.round(preferredSec * t2Percent) : 0);
  ia.t1Sec = t1 < ia.t2Sec ? t1 : 0;
}
