/** Between leases as objects and rows of the lease file, for the edges: commands, exports, tests. Not for the data plane. */
import { copyOctets, decodeText, encodeText } from '../lease-text.ts';
import type { LeaseState } from '../state.ts';
import { encodeRow, ROW_BYTES_MAX } from './csv.ts';
import type { Lease4 } from './model.ts';
import type { LeaseRecord } from './record.ts';

const NO_BYTES = new Uint8Array(0);

/** The record of a lease; it owns its texts and shares the identifiers with the lease. */
export function recordOfLease(lease: Lease4): LeaseRecord {
  const hostname = encodeText(lease.hostname);
  const userContext = encodeText(lease.userContext);
  const clientId = lease.clientId ?? NO_BYTES;
  return {
    address: lease.address,
    hw: lease.hwAddress,
    hwOffset: 0,
    hwLength: lease.hwAddress.length,
    clientId,
    clientIdOffset: 0,
    clientIdLength: clientId.length,
    subnetId: lease.subnetId,
    poolId: lease.poolId,
    validLifetimeSec: lease.validLifetimeSec,
    expireSec: Math.max(0, lease.clttSec + lease.validLifetimeSec),
    state: lease.state,
    hostname,
    hostnameOffset: 0,
    hostnameLength: hostname.length,
    fqdnFwd: lease.fqdnFwd,
    fqdnRev: lease.fqdnRev,
    userContext,
    userContextOffset: 0,
    userContextLength: userContext.length,
  };
}

/** The lease of a record, with nothing shared. Octets of a host name that are not UTF-8 become U+FFFD. */
export function leaseOfRecord(record: LeaseRecord): Lease4 {
  const clientId = copyOctets(record.clientId, record.clientIdOffset, record.clientIdLength);
  return {
    address: record.address,
    hwAddress: copyOctets(record.hw, record.hwOffset, record.hwLength),
    clientId: clientId.length === 0 ? null : clientId,
    validLifetimeSec: record.validLifetimeSec,
    clttSec: record.expireSec - record.validLifetimeSec,
    subnetId: record.subnetId,
    poolId: record.poolId,
    fqdnFwd: record.fqdnFwd,
    fqdnRev: record.fqdnRev,
    hostname: decodeText(record.hostname, record.hostnameOffset, record.hostnameLength),
    state: record.state as LeaseState,
    userContext: decodeText(record.userContext, record.userContextOffset, record.userContextLength),
  };
}

/** One row of the lease file, its newline included; null when no row can stand for this lease (see `encodeRow`). */
export function encodeLease(lease: Lease4): Uint8Array | null {
  const row = new Uint8Array(ROW_BYTES_MAX);
  const length = encodeRow(row, 0, recordOfLease(lease));
  return length === 0 ? null : row.slice(0, length);
}
