/** Lease time and timers. [RFC2131 4.3.1] [RFC2131 4.4.5] */
import type { LifetimeConfig, SubnetConfig } from '../config/model.ts';
import { INFINITE_LIFETIME_SEC } from '../lease/model.ts';
import type { ReplyTimes } from './reply.ts';

/** The lease time for a client's wish (option 51), which is clamped; without one the default. */
export function leaseTime(config: LifetimeConfig, wish: number): number {
  if (wish === 0) return config.defaultSec;
  return Math.min(Math.max(wish, config.minSec), config.maxSec);
}

/** Sets T1 and T2 for a lease time: explicit timers first, then percentages; a timer that makes no sense is left out. */
export function setTimes(out: ReplyTimes, leaseSec: number, subnet: SubnetConfig): void {
  const percent = (share: number): number =>
    subnet.calculateTeeTimes && leaseSec !== INFINITE_LIFETIME_SEC ? Math.round(leaseSec * share) : 0;
  const t2 = subnet.rebindTimerSec ?? percent(subnet.t2Percent);
  const t1 = subnet.renewTimerSec ?? percent(subnet.t1Percent);
  out.leaseSec = leaseSec;
  out.t2Sec = t2 < leaseSec ? t2 : 0;
  out.t1Sec = t1 < (out.t2Sec > 0 ? out.t2Sec : leaseSec) ? t1 : 0;
}
