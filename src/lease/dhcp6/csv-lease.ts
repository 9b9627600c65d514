/** Between leases as objects and rows of the lease file, for the edges: commands, exports, tests. Not for the data plane. */
import type { ByteRange } from '../../base/byte-range.ts';
import { copyOctets, decodeText, encodeText } from '../lease-text.ts';
import type { LeaseState } from '../state.ts';
import { encodeRow6, ROW_BYTES_MAX_6 } from './csv.ts';
import type { Lease6, LeaseType } from './model.ts';
import type { LeaseRecord6 } from './record.ts';

/** The record of a lease; it owns its texts and shares address and identifiers with the lease. */
export function recordOfLease6(lease: Lease6): LeaseRecord6 {
  return {
    address: rangeOf(lease.address),
    type: lease.type,
    prefixLength: lease.prefixLength,
    duid: rangeOf(lease.duid),
    iaid: lease.iaid,
    preferredLifetimeSec: lease.preferredLifetimeSec,
    validLifetimeSec: lease.validLifetimeSec,
    expireSec: Math.max(0, lease.clttSec + lease.validLifetimeSec),
    subnetId: lease.subnetId,
    poolId: lease.poolId,
    state: lease.state,
    fqdnFwd: lease.fqdnFwd,
    fqdnRev: lease.fqdnRev,
    hostname: rangeOf(encodeText(lease.hostname)),
    hw: rangeOf(lease.hwAddress),
    hwType: lease.hwType,
    hwSource: lease.hwSource,
    userContext: rangeOf(encodeText(lease.userContext)),
  };
}

/** The lease of a record, with nothing shared. Octets of a host name that are not UTF-8 become U+FFFD. */
export function leaseOfRecord6(record: LeaseRecord6): Lease6 {
  return {
    address: octetsOf(record.address),
    type: record.type as LeaseType,
    prefixLength: record.prefixLength,
    duid: octetsOf(record.duid),
    iaid: record.iaid,
    preferredLifetimeSec: record.preferredLifetimeSec,
    validLifetimeSec: record.validLifetimeSec,
    clttSec: record.expireSec - record.validLifetimeSec,
    subnetId: record.subnetId,
    poolId: record.poolId,
    fqdnFwd: record.fqdnFwd,
    fqdnRev: record.fqdnRev,
    hostname: textOf(record.hostname),
    hwAddress: octetsOf(record.hw),
    hwType: record.hwType,
    hwSource: record.hwSource,
    state: record.state as LeaseState,
    userContext: textOf(record.userContext),
  };
}

/** One row of the lease file, its newline included; null when no row can stand for this lease (see `encodeRow6`). */
export function encodeLease6(lease: Lease6): Uint8Array | null {
  const row = new Uint8Array(ROW_BYTES_MAX_6);
  const length = encodeRow6(row, 0, recordOfLease6(lease));
  return length === 0 ? null : row.slice(0, length);
}

function rangeOf(bytes: Uint8Array): ByteRange {
  return { bytes, offset: 0, length: bytes.length };
}

function octetsOf({ bytes, offset, length }: ByteRange): Uint8Array {
  return copyOctets(bytes, offset, length);
}

function textOf({ bytes, offset, length }: ByteRange): string {
  return decodeText(bytes, offset, length);
}
