/** What a merge asks of the leases of a family: how they are read, compared, kept and written for a peer. */

import type { Standing } from '../../lease/precedence.ts';
import type { LeaseState } from '../../lease/state.ts';
import type { ChangeSource, PutOutcome } from '../../lease/store.ts';
import type { LeaseAddress, UpdateBytes } from '../../lease/update-family.ts';
import type { Read } from '../commands/arguments.ts';

/** The least that a lease of any family says. */
export interface MergedLease {
  readonly subnetId: number;
  readonly clttSec: number;
  readonly state: LeaseState;
}

export interface LeaseKind<Lease extends MergedLease> {
  /** Reads an entry of a page, as strictly as Kea does. @returns the lease, or what makes it worthless */
  read(entry: unknown): Read<Lease>;
  addressOf(lease: Lease): LeaseAddress;
  /** Which of two leases at one address stands. */
  standing(ours: Lease, theirs: Lease, nowSec: number): Standing;
  /** Whether a lease keeps its address from other clients. */
  isInForce(lease: Lease, nowSec: number): boolean;
  /** Leases in force of the same client which it may not have beside this one. */
  othersOf(lease: Lease, nowSec: number): Lease[];
  get(address: LeaseAddress): Lease | null;
  put(lease: Lease, source: ChangeSource): PutOutcome;
  remove(lease: Lease): void;
  /** Every address that has a lease or an offer, ascending. */
  addresses(): ArrayLike<LeaseAddress>;
  /** The update that makes a peer hold a lease as it stands here, or hold none. */
  encode(lease: Lease, isUpdate: boolean): UpdateBytes;
}
