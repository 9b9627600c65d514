/** The leases of a store for high availability: what is alike in both families. */
import type { Clock } from '../../base/clock.ts';
import { LeaseState } from '../../lease/state.ts';
import type { LeaseAddress, UpdateBytes } from '../../lease/update-family.ts';
import type { PeerFamily } from '../../peer/family.ts';
import type { LeaseKind, MergedLease } from './lease-kind.ts';
import type { HaLeases, LeaseMerge, MergeParts } from './leases.ts';
import { PageMerge } from './merge.ts';

export interface StoreLeasesParts<Lease extends MergedLease> {
  readonly family: PeerFamily;
  readonly pageCommand: string;
  readonly pageAddress: (entry: unknown) => LeaseAddress | null;
  readonly kind: LeaseKind<Lease>;
  /** The deletion of what is not there: of it peers read the address only. */
  readonly absence: (address: LeaseAddress) => UpdateBytes;
  readonly longestClient: HaLeases['longestClient'];
  readonly changes: () => number;
  readonly durable: (timeoutMs: number) => Promise<void>;
  readonly clock: Clock;
}

export function storeLeases<Lease extends MergedLease>(parts: StoreLeasesParts<Lease>): HaLeases {
  const { kind, absence, clock, ...words } = parts;
  return {
    ...words,
    standing: (address) => standing(kind, absence, address, clock.wallSec()),
    merge: (merge: MergeParts): LeaseMerge => new PageMerge(words, kind, merge),
  };
}

/**
 * What a peer is owed for an address: the lease, its deletion, or nothing, because a lease that has run out since then runs
 * out at the peer as well.
 */
function standing<Lease extends MergedLease>(
  kind: LeaseKind<Lease>,
  absence: (address: LeaseAddress) => UpdateBytes,
  address: LeaseAddress,
  nowSec: number,
): UpdateBytes | null {
  const lease = kind.get(address);
  if (lease === null) return absence(address);
  if (kind.isInForce(lease, nowSec)) return kind.encode(lease, true);
  return lease.state === LeaseState.released ? kind.encode(lease, false) : null;
}
