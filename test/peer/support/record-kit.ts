/** Lease changes as tests write them down, and the records of a family that are made of them. */
import type { LeaseAddress } from '../../../src/lease/update-family.ts';

export interface TestChange {
  readonly address: LeaseAddress;
  /** Default: an update, not a deletion. */
  readonly isUpdate?: boolean;
}

export interface RecordKit<Change extends TestChange, Lease> {
  /** The payload of a record. */
  encode(change: Change): Uint8Array;
  /** What an update leaves at its address. */
  leaseOf(change: Change): Lease;
}
