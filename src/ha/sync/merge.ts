/**
 * What becomes of the leases of two servers when one takes over the other's, page by page: each address ends with the
 * lease that stands (lease/precedence.ts), and where that is ours it is kept in mind for the other server, which cannot know
 * of it. A server that served alone, was stopped, and comes back after the other one has served alone has such leases.
 */
import { isLaterByFar } from '../../lease/precedence.ts';
import type { LeaseAddress, UpdateBytes } from '../../lease/update-family.ts';
import type { LeaseKind, MergedLease } from './lease-kind.ts';
import type { HaLeases, LeaseMerge, MergeParts, PageCounts } from './leases.ts';

type Pages = Pick<HaLeases, 'family' | 'pageAddress'>;

export class PageMerge<Lease extends MergedLease> implements LeaseMerge {
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
  readonly #pages: Pages;
  readonly #kind: LeaseKind<Lease>;
  /** Our addresses before the first page, ascending, and how many of them the pages have passed. */
  readonly #ours: ArrayLike<LeaseAddress>;
  #passed = 0;
  /** Addresses of the page in work at which the source lacks nothing. */
  #settled = new Set<LeaseAddress>();
  /** Where the source has nothing, and where it has an older lease. */
  readonly #absent: LeaseAddress[] = [];
  readonly #older: LeaseAddress[] = [];

  constructor(pages: Pages, kind: LeaseKind<Lease>, parts: MergeParts) {
    this.#parts = parts;
    this.#pages = pages;
    this.#kind = kind;
    this.#ours = parts.givesBack ? kind.addresses() : [];
  }

  apply(entry: unknown): void {
    const { subnets, givesBack, nowSec } = this.#parts;
    const kind = this.#kind;
    const read = kind.read(entry);
    const address = read.ok ? kind.addressOf(read.value) : this.#pages.pageAddress(entry);
    if (address !== null) this.#settled.add(address);
    if (!read.ok) return this.#skip(address, read.error);
    const theirs = read.value;
    if (subnets?.has(theirs.subnetId) === false) {
      this.counts.foreign++;
      return;
    }
    const ours = kind.get(kind.addressOf(theirs));
    if (ours === null) return this.#put(theirs);
    if (!givesBack) {
      if (ours.clttSec < theirs.clttSec) return this.#put(theirs);
      this.counts.kept++;
      return;
    }
    const standing = kind.standing(ours, theirs, nowSec);
    if (standing === 'theirs') return this.#put(theirs);
    this.counts.kept++;
    if (standing === 'ours') this.#older.push(kind.addressOf(theirs));
  }

  endPage(last: LeaseAddress | null): void {
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
  *lacking(): Generator<UpdateBytes> {
    for (const address of this.#absent) yield* this.#give(address, false);
    for (const address of this.#older) yield* this.#give(address, true);
  }

  *#give(address: LeaseAddress, isThere: boolean): Generator<UpdateBytes> {
    const { subnets, nowSec } = this.#parts;
    const kind = this.#kind;
    const lease = kind.get(address);
    if (lease === null || subnets?.has(lease.subnetId) === false) return;
    if (!kind.isInForce(lease, nowSec)) {
      if (isThere) yield kind.encode(lease, false);
      return;
    }
    const others = kind.othersOf(lease, nowSec);
    if (others.some((other) => isLaterByFar(other, lease, nowSec))) {
      kind.remove(lease);
      if (isThere) yield kind.encode(lease, false);
      return;
    }
    for (const other of others) {
      if (!isLaterByFar(lease, other, nowSec)) continue;
      kind.remove(other);
      yield kind.encode(other, false);
    }
    yield kind.encode(lease, true);
  }

  #put(lease: Lease): void {
    const { givesBack } = this.#parts;
    const address = this.#kind.addressOf(lease);
    // Nothing crosses on the way between two silent servers: of two leases of the last seconds the one that stands is put.
    const outcome = this.#kind.put(lease, givesBack ? 'synchronization' : 'peer');
    if (outcome === 'full') return this.#skip(address, 'no memory for more leases');
    // Its reply leaves or is refused any moment; who has the address in the end is known when this begins again.
    if (outcome === 'busy')
      throw new Error(`${this.#pages.family.formatAddress(address)} is being given to another client`);
    this.counts[outcome]++;
  }

  /** One bad lease is no reason to do without the others. */
  #skip(address: LeaseAddress | null, reason: string): void {
    this.counts.skipped++;
    this.#parts.onSkipped(address, reason);
  }
}
