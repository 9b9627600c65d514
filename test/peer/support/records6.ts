/** Lease changes of DHCPv6: addresses and prefixes as they are kept beside leases. */
import { recordOfLease6 } from '../../../src/lease/dhcp6/csv-lease.ts';
import { isPrefixAddress6, leaseAddress6, octetsOfAddress6 } from '../../../src/lease/dhcp6/lease-address.ts';
import type { Lease6 } from '../../../src/lease/dhcp6/model.ts';
import { encodeUpdateRecord6, UPDATE_RECORD_BYTES_MAX_6 } from '../../../src/lease/dhcp6/update-record.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { ip6 } from '../../engine/dhcp6/config.ts';
import { lease6, prefix6 } from '../../lease/dhcp6/support/plain.ts';
import type { RecordKit } from './record-kit.ts';

export interface TestRecord6 {
  readonly address: string;
  readonly isUpdate?: boolean;
  readonly state?: LeaseState;
  /** Makes versions of a lease distinguishable. */
  readonly expireSec?: number;
  readonly userContext?: string;
  readonly hostname?: string;
  readonly subnetId?: number;
  /** Default: one of its own for each address. */
  readonly duid?: Uint8Array;
}

const VALID_SEC = 3600;

/** An address as it is kept beside leases. */
export function address6(text: string): string {
  return leaseAddress6(ip6(text), 0, false);
}

/** A prefix as it is kept beside leases; those of tests are of 56 bits. */
export function prefixAddress6(text: string): string {
  return leaseAddress6(ip6(text), 0, true);
}

export const records6: RecordKit<TestRecord6, Lease6> = { encode: encodeRecord6, leaseOf: leaseOfTest6 };

export function encodeRecord6(change: TestRecord6): Uint8Array {
  const bytes = new Uint8Array(UPDATE_RECORD_BYTES_MAX_6);
  const record = recordOfLease6(leaseOfTest6(change));
  return bytes.slice(0, encodeUpdateRecord6(bytes, 0, record, change.isUpdate ?? true));
}

function leaseOfTest6({ address: key, ...change }: TestRecord6): Lease6 {
  const address = octetsOfAddress6(key);
  const make = isPrefixAddress6(key) ? prefix6 : lease6;
  return make({
    address,
    duid: change.duid ?? Uint8Array.of(0, 3, 0, 1, ...address),
    validLifetimeSec: VALID_SEC,
    clttSec: (change.expireSec ?? 1_800_000_000) - VALID_SEC,
    subnetId: change.subnetId ?? 1,
    state: change.state ?? LeaseState.assigned,
    hostname: change.hostname ?? '',
    userContext: change.userContext ?? '',
  });
}
