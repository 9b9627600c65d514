/**
 * What becomes of the leases of two servers when one takes over the other's, page by page: each address ends with the
 * lease that stands (lease/precedence.ts), and where that is ours it is kept in mind for the other server, which cannot know
 * of it. A server that served alone, was stopped, and comes back after the other one has served alone has such leases.
 */
import { formatIpv4, type Ipv4 } from '../../base/ipv4.ts';
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import { isInForce, isSameDevice, standingLease } from '../../lease/dhcp4/precedence.ts';
import type { LeaseStore } from '../../lease/dhcp4/store.ts';
import { isLaterByFar } from '../../lease/precedence.ts';
import { LeaseState } from '../../lease/state.ts';
import type { LeaseToSend, SyncCounts } from '../../peer/model.ts';
import { pageAddress, readPageLease } from './lease-page.ts';

interface PageCounts extends SyncCounts {
  pages: number;
}

export interface MergeParts {
  readonly store: LeaseStore;
  /** Null = all. */
  readonly subnets: ReadonlySet<number> | null;
  /** The source gets what it lacks; only then our service is off, and a tie may go to the source. */
  readonly givesBack: boolean;
  /** Unix seconds. */
  readonly nowSec: number;
  readonly onSkipped: (address: Ipv4 | null, reason: string) => void;
}

export class LeaseMerge {
  readonly counts: PageCounts = {
    pages: 0,
    created: 0,
    updated: 0,
    kept: 0,
    foreign: 0,
    skipped: 0,
    given: 0,
    refused: 0,
  };
  readonly #parts: MergeParts;
  /** Our addresses before the first page, ascending, and how many of them the pages have passed. */
  readonly #ours: Uint32Array;
  #passed = 0;
  /** Addresses of the page in work at which the source lacks nothing. */
  #settled = new Set<Ipv4>();
  /** Where the source has nothing, and where it has an older lease. */
  readonly #absent: Ipv4[] = [];
  readonly #older: Ipv4[] = [];

  constructor(parts: MergeParts) {
    this.#parts = parts;
    this.#ours = parts.givesBack ? parts.store.addresses() : new Uint32Array(0);
  }

  /** Takes one entry of a page. @throws Error when its address is just being given to another client here */
  apply(entry: unknown): void {
    const { store, subnets, givesBack, nowSec } = this.#parts;
    const read = readPageLease(entry);
    const address = read.ok ? read.value.address : pageAddress(entry);
    if (address !== null) this.#settled.add(address);
    if (!read.ok) return this.#skip(address, read.error);
    const theirs = read.value;
    if (subnets?.has(theirs.subnetId) === false) {
      this.counts.foreign++;
      return;
    }
    const ours = store.get(theirs.address);
    if (ours === null) return this.#put(theirs);
    if (!givesBack) {
      if (ours.clttSec < theirs.clttSec) return this.#put(theirs);
      this.counts.kept++;
      return;
    }
    const standing = standingLease(ours, theirs, nowSec);
    if (standing === 'theirs') return this.#put(theirs);
    this.counts.kept++;
    if (standing === 'ours') this.#older.push(theirs.address);
  }

  /** Ends a page. @param last its highest address; null when no page follows */
  endPage(last: Ipv4 | null): void {
    for (; this.#passed < this.#ours.length; this.#passed++) {
      const address = this.#ours[this.#passed]!;
      if (last !== null && address > last) break;
      if (!this.#settled.has(address)) this.#absent.push(address);
    }
    this.#settled = new Set();
  }

  /**
   * What makes the source equal to us, once every page has been taken. A client has one lease in a subnet: one that it had
   * before goes, here and there.
   */
  *lacking(): Generator<LeaseToSend> {
    for (const address of this.#absent) yield* this.#give(address, false);
    for (const address of this.#older) yield* this.#give(address, true);
  }

  *#give(address: Ipv4, isThere: boolean): Generator<LeaseToSend> {
    const { store, subnets, nowSec } = this.#parts;
    const lease = store.get(address);
    if (lease === null || subnets?.has(lease.subnetId) === false) return;
    if (!isInForce(lease, nowSec)) {
      if (isThere) yield { lease, isUpdate: false };
      return;
    }
    const others = this.#othersOf(lease);
    if (others.some((other) => isLaterByFar(other, lease))) {
      store.remove(address);
      if (isThere) yield { lease, isUpdate: false };
      return;
    }
    for (const other of others) {
      if (!isLaterByFar(lease, other)) continue;
      store.remove(other.address);
      yield { lease: other, isUpdate: false };
    }
    yield { lease, isUpdate: true };
  }

  /**
   * Leases in force of the same client at other addresses of the subnet. Hardware and identifier must agree: where clients
   * are told apart by hardware alone (match-client-id), others have the same identifier and leases of their own.
   */
  #othersOf(lease: Lease4): Lease4[] {
    if (lease.state !== LeaseState.assigned) return [];
    const { store, nowSec } = this.#parts;
    const found =
      lease.clientId === null
        ? store.findByHwAddress(lease.hwAddress, lease.subnetId)
        : store.findByClientId(lease.clientId, lease.subnetId);
    return found.filter(
      (other) =>
        other.address !== lease.address &&
        other.state === LeaseState.assigned &&
        isInForce(other, nowSec) &&
        isSameDevice(other, lease),
    );
  }

  #put(lease: Lease4): void {
    const { store, givesBack } = this.#parts;
    // Nothing crosses on the way between two silent servers: of two leases of the last seconds the one that stands is put.
    const outcome = store.put(lease, givesBack ? 'synchronization' : 'peer');
    if (outcome === 'full') return this.#skip(lease.address, 'no memory for more leases');
    // Its reply leaves or is refused any moment; who has the address in the end is known when this begins again.
    if (outcome === 'busy') throw new Error(`${formatIpv4(lease.address)} is being given to another client`);
    this.counts[outcome]++;
  }

  /** One bad lease is no reason to do without the others. */
  #skip(address: Ipv4 | null, reason: string): void {
    this.counts.skipped++;
    this.#parts.onSkipped(address, reason);
  }
}
