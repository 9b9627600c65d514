/** Which of two DHCPv4 leases stands when two servers of a pair hold different ones at one address; see ../precedence.ts. */
import { isRecordInForce, type Standing, standingOf } from '../precedence.ts';
import { recordOfLease } from './csv-lease.ts';
import type { Lease4 } from './model.ts';
import type { LeaseRecord } from './record.ts';

const LIKENESS = { isSame: isSameRecord, isSameClient: isSameDeviceRecord };

/** Compares our lease at an address with the other server's; see `standingOf`. */
export function standingLease(ours: Lease4, theirs: Lease4, nowSec: number): Standing {
  return standingRecord(recordOfLease(ours), recordOfLease(theirs), nowSec);
}

/** The same of two records. */
export function standingRecord(ours: LeaseRecord, theirs: LeaseRecord, nowSec: number): Standing {
  return standingOf(ours, theirs, nowSec, LIKENESS);
}

/** Whether a lease keeps its address from other clients at `nowSec` (Unix seconds). */
export function isInForce(lease: Lease4, nowSec: number): boolean {
  return isRecordInForce(recordOfLease(lease), nowSec);
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
