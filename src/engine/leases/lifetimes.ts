/** Lease time and timers. [RFC2131 4.3.1] [RFC2131 4.4.5] */
import type { LifetimeConfig, SubnetConfig } from '../../config/model.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import { INFINITE_LIFETIME_SEC } from '../../lease/state.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Context } from '../context.ts';
import type { ReplyTimes } from '../reply/reply.ts';

/** What T1 and T2 are made of. */
export type LeaseTimers = Pick<
  SubnetConfig,
  'renewTimerSec' | 'rebindTimerSec' | 'calculateTeeTimes' | 't1Percent' | 't2Percent'
>;

export function timersOf(subnet: LeaseTimers): LeaseTimers {
  const { renewTimerSec, rebindTimerSec, calculateTeeTimes, t1Percent, t2Percent } = subnet;
  return { renewTimerSec, rebindTimerSec, calculateTeeTimes, t1Percent, t2Percent };
}

/**
 * The lease time of the query in work: what its first class says that says anything, else its subnet. The client's wish
 * (option 51) is clamped; without one it is the default.
 */
export function leaseTime(context: Context, subnet: CompiledSubnet): number {
  // [RFC1534 2] A BOOTP client does not know that a lease ends.
  if (context.query.isBootp) return INFINITE_LIFETIME_SEC;
  const { minSec, defaultSec, maxSec } = lifetimeFor(context, subnet);
  const wish = context.query.field(Field.leaseTime) >>> 0;
  return wish === 0 ? defaultSec : Math.min(Math.max(wish, minSec), maxSec);
}

/** The bounds of the lease time of the query in work: those of its first class that has some, else of its subnet. */
export function lifetimeFor({ query, classLifetimes }: Context, subnet: CompiledSubnet): LifetimeConfig {
  const { ids, length } = query.classes;
  for (let i = 0; i < length; i++) {
    const lifetime = classLifetimes[ids[i]!];
    if (lifetime !== undefined) return lifetime;
  }
  return subnet.lifetime;
}

/** Sets T1 and T2 for a lease time: explicit timers first, then percentages; a timer that makes no sense is left out. */
export function setTimes(out: ReplyTimes, leaseSec: number, timers: LeaseTimers): void {
  const t2 = timers.rebindTimerSec ?? shareOf(leaseSec, timers.t2Percent, timers);
  const t1 = timers.renewTimerSec ?? shareOf(leaseSec, timers.t1Percent, timers);
  out.leaseSec = leaseSec;
  out.t2Sec = t2 < leaseSec ? t2 : 0;
  out.t1Sec = t1 < (out.t2Sec > 0 ? out.t2Sec : leaseSec) ? t1 : 0;
}

function shareOf(leaseSec: number, share: number, { calculateTeeTimes }: LeaseTimers): number {
  return calculateTeeTimes ? Math.round(leaseSec * share) : 0;
}
