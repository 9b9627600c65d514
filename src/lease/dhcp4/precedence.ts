/**
 * Which of two leases stands when two servers of a pair hold different ones at one address. What happened to an address
 * last is told by its cltt: the engine never lets it go back, and lets it grow whenever the address changes hands.
 */

import { INFINITE_LIFETIME_SEC, LeaseState } from '../state.ts';
import { recordOfLease } from './csv-lease.ts';
import type { Lease4 } from './model.ts';
import type { LeaseRecord } from './record.ts';

/** How far a cltt may be ahead of our clock: the clocks of a pair, 60 s at most, and some changes in one second. */
export const CLTT_AHEAD_MAX_SEC = 120;

/** Clocks further apart than this, in seconds, make the leases of the two servers incomparable. */
export const SKEW_MAX_SEC = 60;

/** `same`: they differ in nothing that a server would act on. */
export type Standing = 'same' | 'ours' | 'theirs';

/** Compares our lease at an address with the other server's; see `standingRecord`. */
export function standingLease(ours: Lease4, theirs: Lease4, nowSec: number): Standing {
  return standingRecord(recordOfLease(ours), recordOfLease(theirs), nowSec);
}

/**
 * Compares our lease at an address with the other server's.
 *
 * The later cltt stands. Within one second a lease in force stands before one that is over, because an address that is
 * held for nobody does less harm than one that two clients hold; otherwise theirs stands: the other server was serving
 * while this one was away.
 */
export function standingRecord(ours: LeaseRecord, theirs: LeaseRecord, nowSec: number): Standing {
  const oursSec = clttOf(ours);
  const theirsSec = clttOf(theirs);
  if (isAhead(oursSec, nowSec)) return isSameRecord(ours, theirs) ? 'same' : 'theirs';
  if (oursSec !== theirsSec) return oursSec > theirsSec ? 'ours' : 'theirs';
  if (isSameRecord(ours, theirs)) return 'same';
  return isRecordInForce(ours, nowSec) && !isRecordInForce(theirs, nowSec) ? 'ours' : 'theirs';
}

/** Whether a cltt is of a clock that was set back: it says nothing any more, and the other server has a better one. */
export function isAhead(clttSec: number, nowSec: number): boolean {
  return clttSec - nowSec > CLTT_AHEAD_MAX_SEC;
}

/** The client's last transaction time of a record, Unix seconds. */
export function clttOf(record: LeaseRecord): number {
  return record.expireSec - record.validLifetimeSec;
}

/** Whether a lease keeps its address from other clients at `nowSec` (Unix seconds). */
export function isInForce(lease: Lease4, nowSec: number): boolean {
  return isRecordInForce(recordOfLease(lease), nowSec);
}

/** The same of a record. */
export function isRecordInForce(record: LeaseRecord, nowSec: number): boolean {
  if (record.state !== LeaseState.assigned && record.state !== LeaseState.declined) return false;
  return record.validLifetimeSec === INFINITE_LIFETIME_SEC || record.expireSec > nowSec;
}

/** Whether two leases have the same hardware address and the same client identifier, or both none. */
export function isSameDevice(a: Lease4, b: Lease4): boolean {
  return isSameDeviceRecord(recordOfLease(a), recordOfLease(b));
}

/** The same of two records. */
export function isSameDeviceRecord(a: LeaseRecord, b: LeaseRecord): boolean {
  return (
    isSameBytes(a.hw, a.hwOffset, a.hwLength, b.hw, b.hwOffset, b.hwLength) &&
    isSameBytes(
      a.clientId,
      a.clientIdOffset,
      a.clientIdLength,
      b.clientId,
      b.clientIdOffset,
      b.clientIdLength,
    )
  );
}

/**
 * Whether a client had one of its leases clearly after the other one. Each may have been given by another clock; a lease too
 * many runs out by itself, one that a client relies on must not go.
 */
export function isLaterByFar(lease: Lease4, than: Lease4): boolean {
  return lease.clttSec - than.clttSec > SKEW_MAX_SEC;
}

/** Flags without a host name mean nothing and do not travel. */
function isSameRecord(a: LeaseRecord, b: LeaseRecord): boolean {
  return (
    a.state === b.state &&
    a.subnetId === b.subnetId &&
    a.validLifetimeSec === b.validLifetimeSec &&
    isSameBytes(
      a.hostname,
      a.hostnameOffset,
      a.hostnameLength,
      b.hostname,
      b.hostnameOffset,
      b.hostnameLength,
    ) &&
    (a.hostnameLength === 0 || (a.fqdnFwd === b.fqdnFwd && a.fqdnRev === b.fqdnRev)) &&
    isSameBytes(
      a.userContext,
      a.userContextOffset,
      a.userContextLength,
      b.userContext,
      b.userContextOffset,
      b.userContextLength,
    ) &&
    isSameDeviceRecord(a, b)
  );
}

function isSameBytes(
  a: Uint8Array,
  aAt: number,
  aLength: number,
  b: Uint8Array,
  bAt: number,
  bLength: number,
): boolean {
  if (aLength !== bLength) return false;
  for (let i = 0; i < aLength; i++) if (a[aAt + i] !== b[bAt + i]) return false;
  return true;
}
