/**
 * Which of two leases stands when two servers of a pair hold different ones at one address. What happened to an address
 * last is told by its cltt: the engine never lets it go back, and lets it grow whenever the address changes hands.
 */
import { INFINITE_LIFETIME_SEC, type Lease4, LeaseState } from './model.ts';

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
  if (ours.clttSec !== theirs.clttSec) return ours.clttSec > theirs.clttSec ? 'ours' : 'theirs';
  if (isSameLease(ours, theirs)) return 'same';
  return isInForce(ours, nowSec) && !isInForce(theirs, nowSec) ? 'ours' : 'theirs';
}

/** Whether a lease keeps its address from other clients at `nowSec` (Unix seconds). */
export function isInForce(lease: Lease4, nowSec: number): boolean {
  if (lease.state !== LeaseState.assigned && lease.state !== LeaseState.declined) return false;
  return lease.validLifetimeSec === INFINITE_LIFETIME_SEC || lease.clttSec + lease.validLifetimeSec > nowSec;
}

/** Whether two leases in one subnet are the same client's: by identifier where both have one, else by hardware address. */
export function isSameClient(a: Lease4, b: Lease4): boolean {
  if (a.clientId !== null && b.clientId !== null) return isSameBytes(a.clientId, b.clientId);
  return a.hwAddress.length > 0 && isSameBytes(a.hwAddress, b.hwAddress);
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
    isSameBytes(a.hwAddress, b.hwAddress) &&
    isSameBytes(a.clientId ?? NO_BYTES, b.clientId ?? NO_BYTES)
  );
}

const NO_BYTES = new Uint8Array(0);

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
