/**
 * What becomes of leases whose subnet is not the one that their address is in, at load: after subnets were renumbered,
 * moved or taken out. Kea's `sanity-checks.lease-checks`. What is mended is mended in memory; the next row that is written for
 * the lease has it too.
 */
import type { LeaseChecks } from '../../config/model.ts';
import type { Log } from '../../log/logger.ts';
import type { RowCheck } from './load-leases.ts';

/** A renumbered site must not become a log full of it. */
const LEASES_LOGGED_MAX = 20;
/** No subnet has it: that of a lease whose address is in none. */
const NO_SUBNET = 0;

type Done = 'kept' | 'mended' | 'dropped';
/** The first bits of an address, the same for the same bits. */
type PrefixKey = number | string;

interface PlacedLease {
  subnetId: number;
}

interface PlacingSubnet {
  readonly id: number;
  readonly prefixLength: number;
}

/** What a family says of where its leases are. */
export interface Placement<Lease, Subnet> {
  /** Whether the lease has to be in its subnet. */
  isPlaced(lease: Lease): boolean;
  isIn(lease: Lease, subnet: Subnet): boolean;
  prefixOf(lease: Lease, length: number): PrefixKey;
  prefixOfSubnet(subnet: Subnet): PrefixKey;
  /** Its address, for people. */
  nameOf(lease: Lease): string;
}

export class LeaseCheck<Lease extends PlacedLease, Subnet extends PlacingSubnet> implements RowCheck<Lease> {
  readonly #placement: Placement<Lease, Subnet>;
  readonly #mode: LeaseChecks;
  readonly #log: Log;
  readonly #byId = new Map<number, Subnet>();
  /** By length of the prefix and prefix: the lowest id, which is Kea's choice among subnets that overlap. */
  readonly #byPrefix = new Map<number, Map<PrefixKey, number>>();
  readonly #counts: Record<Done, number> = { kept: 0, mended: 0, dropped: 0 };

  constructor(placement: Placement<Lease, Subnet>, mode: LeaseChecks, subnets: readonly Subnet[], log: Log) {
    this.#placement = placement;
    this.#mode = mode;
    this.#log = log;
    for (const subnet of subnets) {
      const { id, prefixLength } = subnet;
      const prefix = placement.prefixOfSubnet(subnet);
      this.#byId.set(id, subnet);
      const prefixes = this.#byPrefix.get(prefixLength) ?? new Map<PrefixKey, number>();
      this.#byPrefix.set(prefixLength, prefixes.set(prefix, Math.min(id, prefixes.get(prefix) ?? id)));
    }
  }

  /** Judges a row, and corrects its subnet id where that is asked for. @returns false: the lease is not to be kept */
  accepts(lease: Lease): boolean {
    if (this.#mode === 'none' || !this.#placement.isPlaced(lease)) return true;
    const { subnetId } = lease;
    const configured = this.#byId.get(subnetId);
    if (configured !== undefined && this.#placement.isIn(lease, configured)) return true;
    const rightId = this.#subnetOf(lease);
    if (rightId === subnetId) return true;
    const mends = this.#mode === 'fix' || this.#mode === 'fix-del';
    const drops = this.#mode === 'del' || (this.#mode === 'fix-del' && rightId === NO_SUBNET);
    const done = drops ? 'dropped' : mends && rightId !== NO_SUBNET ? 'mended' : 'kept';
    this.#note(lease, rightId, done);
    if (done === 'mended') lease.subnetId = rightId;
    return done !== 'dropped';
  }

  /** Says how many rows there were, when there were any. */
  report(): void {
    const { kept, mended, dropped } = this.#counts;
    if (kept + mended + dropped > 0) this.#log('TDM_JOURNAL_LEASES_MISPLACED', { ...this.#counts });
  }

  #subnetOf(lease: Lease): number {
    let lowest = NO_SUBNET;
    for (const [prefixLength, prefixes] of this.#byPrefix) {
      const id = prefixes.get(this.#placement.prefixOf(lease, prefixLength));
      if (id !== undefined && (lowest === NO_SUBNET || id < lowest)) lowest = id;
    }
    return lowest;
  }

  #note(lease: Lease, rightId: number, done: Done): void {
    const { kept, mended, dropped } = this.#counts;
    this.#counts[done]++;
    if (kept + mended + dropped >= LEASES_LOGGED_MAX) return;
    this.#log('TDM_JOURNAL_LEASE_MISPLACED', {
      address: this.#placement.nameOf(lease),
      subnetId: lease.subnetId,
      rightSubnetId: rightId === NO_SUBNET ? null : rightId,
      done,
    });
  }
}
