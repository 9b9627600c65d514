/** Which of two DHCPv6 leases stands when two servers of a pair hold different ones at one address; see ../precedence.ts. */
import { equalRanges } from '../../base/byte-range.ts';
import { isRecordInForce, type Standing, standingOf } from '../precedence.ts';
import { recordOfLease6 } from './csv-lease.ts';
import type { Lease6 } from './model.ts';
import type { LeaseRecord6 } from './record.ts';

const LIKENESS = { isSame: isSameRecord6, isSameClient: isSameIaRecord };

/** Compares our lease at an address, or of a prefix, with the other server's; see `standingOf`. */
export function standingLease6(ours: Lease6, theirs: Lease6, nowSec: number): Standing {
  return standingRecord6(recordOfLease6(ours), recordOfLease6(theirs), nowSec);
}

/** The same of two records. */
export function standingRecord6(ours: LeaseRecord6, theirs: LeaseRecord6, nowSec: number): Standing {
  return standingOf(ours, theirs, nowSec, LIKENESS);
}

/** Whether a lease keeps its address from other clients at `nowSec` (Unix seconds). */
export function isInForce6(lease: Lease6, nowSec: number): boolean {
  return isRecordInForce(recordOfLease6(lease), nowSec);
}

/** Whether two leases are of one identity association: the same DUID, IAID and type. */
export function isSameIa(a: Lease6, b: Lease6): boolean {
  return isSameIaRecord(recordOfLease6(a), recordOfLease6(b));
}

/** The same of two records. */
export function isSameIaRecord(a: LeaseRecord6, b: LeaseRecord6): boolean {
  return a.type === b.type && a.iaid === b.iaid && equalRanges(a.duid, b.duid);
}

/**
 * Whether two records differ in nothing that a server would act on. Flags without a host name mean nothing and do not
 * travel; nor do type and source of a hardware address to a Kea, which takes every one for Ethernet.
 */
export function isSameRecord6(a: LeaseRecord6, b: LeaseRecord6): boolean {
  return (
    a.state === b.state &&
    a.subnetId === b.subnetId &&
    a.prefixLength === b.prefixLength &&
    a.preferredLifetimeSec === b.preferredLifetimeSec &&
    a.validLifetimeSec === b.validLifetimeSec &&
    (a.hostname.length === 0 || (a.fqdnFwd === b.fqdnFwd && a.fqdnRev === b.fqdnRev)) &&
    equalRanges(a.hostname, b.hostname) &&
    equalRanges(a.hw, b.hw) &&
    equalRanges(a.userContext, b.userContext) &&
    isSameIaRecord(a, b)
  );
}
