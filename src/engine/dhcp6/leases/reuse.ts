/**
 * Leases that are answered as they are, without a row: Kea's `cache-threshold` and `cache-max-age`. What is left of their
 * lifetimes is sent.
 */
import { OptionCode } from '../../../dhcp6/codes.ts';
import { INFINITE_LIFETIME_SEC, LeaseState } from '../../../lease/state.ts';
import { isFresh } from '../../leases/lease-cache.ts';
import type { Context6 } from '../context.ts';
import { hasItsName } from '../names/name-lease.ts';
import { G6, S6 } from '../statistics.ts';
import { type Binding, Fate, type PlannedIa } from './ia-plan.ts';
import { hasNewHardware } from './keep-hardware.ts';
import { setTimers } from './lifetimes.ts';

/** Takes out of the changes of a planned message what need not be written. */
export function reuseLeases(context: Context6): void {
  const { plan } = context;
  for (let i = 0; i < plan.iaCount; i++) reuseOf(context, plan.ias[i]!);
}

function reuseOf(context: Context6, ia: PlannedIa): void {
  const { plan } = context;
  let shortestSec = Number.POSITIVE_INFINITY;
  let last: Binding | null = null;
  let isAny = false;
  for (let i = ia.first; i < ia.end; i++) {
    const binding = plan.bindings[i]!;
    if (binding.fate !== Fate.granted && binding.fate !== Fate.kept) continue;
    if (isReusable(context, binding)) {
      reuse(context, ia, binding);
      isAny = true;
    }
    shortestSec = Math.min(shortestSec, binding.preferredSec);
    last = binding;
  }
  if (isAny) setTimers(ia, last!.subnet!, shortestSec);
}

/** Whether nothing about a lease would change but its times, which are fresh. Pre: the client's name is settled. */
function isReusable(context: Context6, binding: Binding): boolean {
  const { book, extendedInfo, nowSec, policy } = context;
  const { fate, preferredSec, slot, subnet, validSec } = binding;
  if (fate !== Fate.kept || policy.reusesLeases === 0) return false;
  const { rows } = book.table;
  // A REPLY tells that the lease is on disk and with the partner: a client that asks again does not change that.
  if (rows.state(slot) !== LeaseState.assigned || rows.unsettledChange(slot) !== 0) return false;
  if (rows.isExpired(slot, nowSec) || rows.subnetId(slot) !== subnet!.id) return false;
  if (rows.validLifetimeSec(slot) !== validSec || rows.preferredLifetimeSec(slot) !== preferredSec)
    return false;
  if (!hasItsName(context, slot) || hasNewHardware(context, slot)) return false;
  if (extendedInfo?.isNews(context, binding) === true) return false;
  const { cacheMaxAgeSec, cacheThreshold } = subnet!.config;
  return isFresh(cacheThreshold, cacheMaxAgeSec, validSec, nowSec - rows.clttSec(slot));
}

function reuse({ book, nowSec, plan, statistics }: Context6, { code }: PlannedIa, binding: Binding): void {
  const ageSec = nowSec - book.table.rows.clttSec(binding.slot);
  binding.isReused = true;
  binding.preferredSec = remaining(binding.preferredSec, ageSec);
  binding.validSec = remaining(binding.validSec, ageSec);
  plan.changeCount--;
  const name = code === OptionCode.iaNa ? 'v6-ia-na-lease-reuses' : 'v6-ia-pd-lease-reuses';
  statistics.add(G6[name]);
  statistics.addSubnet(binding.subnet!.index, S6[name]);
}

function remaining(lifetimeSec: number, ageSec: number): number {
  return lifetimeSec === INFINITE_LIFETIME_SEC ? lifetimeSec : Math.max(0, lifetimeSec - ageSec);
}
