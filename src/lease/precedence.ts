/**
 * Which of two leases stands when two servers of a pair hold different ones at one address. What happened to an address
 * last is told by its cltt: the engine never lets it go back, and lets it grow whenever the address changes hands.
 */
import { INFINITE_LIFETIME_SEC, type Lease4, LeaseState } from './model.ts';

/** How far a cltt may be ahead of our clock: the clocks of a pair, 60 s at most, and some changes in one second. */
export const CLTT_AHEAD_MAX_SEC = 120;

/** `same`: they differ in nothing that a server would act on. */
export type Standing = 'same' | 'ours' | 'theirs';

/**
 * Compares our lease at an address with the other server's.
 *
 * The later cltt stands. Within one second a lease in force stands before one that is over, because an address that is
 * held for nobody does less harm than one that two clients hold; otherwise theirs stands: the other server was serving
 * while this one was away.
 */
export function standingLease(ours: Lease4, theirs: Lease4, nowSec: number): Standing {
  // A clock that was set back: ours says nothing any more, and the other server has gone on by a better one.
  if (ours.clttSec - nowSec > CLTT_AHEAD_MAX_SEC) return isSameLease(ours, theirs) ? 'same' : 'theirs';
  if (ours.clttSec !== theirs.clttSec) return ours.clttSec > theirs.clttSec ? 'ours' : 'theirs';
  if (isSameLease(ours, theirs)) return 'same';
  return isInForce(ours, nowSec) && !isInForce(theirs, nowSec) ? 'ours' : 'theirs';
}

/** Whether a lease keeps its address from other clients at `nowSec` (Unix seconds). */
export function isInForce(lease: Lease4, nowSec: number): boolean {
  if (lease.state !== LeaseState.assigned && lease.state !== LeaseState.declined) return false;
  return lease.validLifetimeSec === INFINITE_LIFETIME_SEC || lease.clttSec + lease.validLifetimeSec > nowSec;
}

/** Whether two leases have the same hardware address and the same client identifier, or both none. */
export function isSameDevice(a: Lease4, b: Lease4): boolean {
  return isSameBytes(a.hwAddress, b.hwAddress) && isSameBytes(a.clientId ?? NO_BYTES, b.clientId ?? NO_BYTES);
}

/** Flags without a host name mean nothing and do not travel. */
function isSameLease(a: Lease4, b: Lease4): boolean {
  return (
    a.state === b.state &&
    a.subnetId === b.subnetId &&
    a.validLifetimeSec === b.validLifetimeSec &&
    a.hostname === b.hostname &&
    (a.hostname === '' || (a.fqdnFwd === b.fqdnFwd && a.fqdnRev === b.fqdnRev)) &&
    a.userContext === b.userContext &&
    isSameDevice(a, b)
  );
}

const NO_BYTES = new Uint8Array(0);

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
