/**
 * What becomes of rows of a synchronization: each address ends with the lease that stands (lease/precedence.ts).
 *
 *     fetch      at the server that asked, which may be serving: what was changed later there
 *     exchange   the same in the state syncing; what stands here, or is not there at all, is kept in mind for the source
 *     given      at the source, which is serving: what the other one has kept in mind, unless something later stands here
 *
 * An exchange also looks at the records of the update log that come meanwhile: one of a lease that was changed before ours
 * is of no use, because the source is about to get ours. A source never lets the cltt of an address go back, so that of its
 * own versions the last one wins.
 */

import { formatIpv4, type Ipv4 } from '../base/ipv4.ts';
import { Applied } from '../engine/leases/lease-applier-base.ts';
import { standingRecord } from '../lease/dhcp4/precedence.ts';
import type { LeaseRecord } from '../lease/dhcp4/record.ts';
import { NO_SLOT } from '../lease/hash-chain.ts';
import { clttOf, isAhead } from '../lease/precedence.ts';
import { LeaseState } from '../lease/state.ts';
import type { NamedLease, SyncCounts } from '../peer/model.ts';
import type { RecordTaker, Refusal } from './inbound.ts';
import { NAMED_MAX } from './limits.ts';
import type { TableTaker } from './taker.ts';

export type MergeKind = 'fetch' | 'exchange' | 'given';

type RowCounts = Omit<SyncCounts, 'given' | 'refused'>;

const SUBNET_ID_MAX = 0xfffffffe;

export class RowMerge implements RecordTaker {
  readonly counts: RowCounts = { created: 0, updated: 0, kept: 0, foreign: 0, skipped: 0 };
  /** The first few of those skipped. */
  readonly skipped: NamedLease[] = [];
  /** Addresses at which the source has an older lease. */
  readonly older = new Set<Ipv4>();
  readonly #taker: TableTaker;
  readonly #kind: MergeKind;
  /** Null = all. */
  readonly #subnets: ReadonlySet<number> | null;
  /** By slot, of those in use at the beginning: whether the source has something at the address of the row. */
  readonly #seen: Uint8Array;

  constructor(taker: TableTaker, kind: MergeKind, subnets: ReadonlySet<number> | null) {
    this.#taker = taker;
    this.#kind = kind;
    this.#subnets = subnets;
    this.#seen = new Uint8Array(kind === 'exchange' ? taker.book.table.highWater() : 0);
  }

  get lastChange(): number {
    return this.#taker.lastChange;
  }

  /** Slots below this one may hold leases that the source does not have. */
  get slots(): number {
    return this.#seen.length;
  }

  isSeen(slot: number): boolean {
    return this.#seen[slot] !== 0;
  }

  take(record: LeaseRecord, isUpdate: boolean): Refusal | null {
    if (this.#kind === 'given') return this.#takeGiven(record, isUpdate);
    const fault = faultOf(record, isUpdate);
    if (fault !== null) this.#skip(record.address, fault);
    const isForeign = this.#subnets?.has(record.subnetId) === false;
    if (isForeign) this.counts.foreign++;
    const { table } = this.#taker.book;
    const isTaken = fault === null && !isForeign;
    table.lock();
    const outcome = isTaken ? this.#merge(record) : null;
    this.#see(record.address);
    table.unlock();
    if (isTaken) this.#count(record.address, outcome);
    return null;
  }

  /** Whether a change that the source has made meanwhile is to be taken. */
  follows(record: LeaseRecord): boolean {
    if (this.#kind !== 'exchange') return true;
    const { book, nowSec } = this.#taker;
    book.table.lock();
    const slot = book.table.findByAddress(record.address);
    const oursSec = slot === NO_SLOT ? 0 : book.table.rows.clttSec(slot);
    book.table.unlock();
    if (oursSec <= clttOf(record) || isAhead(oursSec, nowSec)) return true;
    this.older.add(record.address);
    return false;
  }

  /** The source has something at an address, or had it a moment ago. */
  see(address: Ipv4): void {
    if (this.#kind !== 'exchange') return;
    const { table } = this.#taker.book;
    table.lock();
    this.#see(address);
    table.unlock();
  }

  /** @returns an `Applied`, or null: ours stays */
  #merge(record: LeaseRecord): Applied | null {
    const { book, applier, nowSec } = this.#taker;
    const slot = this.#leaseAt(record.address);
    const source = this.#kind === 'exchange' ? 'synchronization' : 'peer';
    if (slot === NO_SLOT) return applier.put(record, source, nowSec);
    if (this.#kind === 'fetch')
      return book.table.rows.clttSec(slot) < clttOf(record) ? applier.put(record, source, nowSec) : null;
    const standing = standingRecord(book.recordOf(slot), record, nowSec);
    if (standing === 'theirs') return applier.put(record, source, nowSec);
    if (standing === 'ours') this.older.add(record.address);
    return null;
  }

  #takeGiven(record: LeaseRecord, isUpdate: boolean): Refusal | null {
    const { book, nowSec } = this.#taker;
    book.table.lock();
    const slot = this.#leaseAt(record.address);
    // The other way round: whoever gave it has found that it stands before what was here.
    const stands =
      slot === NO_SLOT ||
      (isUpdate
        ? standingRecord(record, book.recordOf(slot), nowSec) === 'ours'
        : book.table.rows.clttSec(slot) <= clttOf(record));
    const refusal = stands ? this.#taker.takeLocked(record, isUpdate) : null;
    book.table.unlock();
    return refusal;
  }

  #leaseAt(address: Ipv4): number {
    const { table } = this.#taker.book;
    const slot = table.findByAddress(address);
    return slot !== NO_SLOT && table.rows.state(slot) === LeaseState.offered ? NO_SLOT : slot;
  }

  #see(address: Ipv4): void {
    const slot = this.#taker.book.table.findByAddress(address);
    if (slot !== NO_SLOT && slot < this.#seen.length) this.#seen[slot] = 1;
  }

  #count(address: Ipv4, outcome: Applied | null): void {
    const { counts } = this;
    if (outcome === null) counts.kept++;
    else if (outcome === Applied.created) counts.created++;
    else if (outcome === Applied.updated) counts.updated++;
    else if (outcome === Applied.noRoom) this.#skip(address, 'no memory for more leases');
    else if (outcome === Applied.busy) this.#skip(address, 'it is being given to another client');
  }

  /** One bad lease is no reason to do without the others. */
  #skip(address: Ipv4, reason: string): void {
    this.counts.skipped++;
    if (this.skipped.length < NAMED_MAX) this.skipped.push({ address: formatIpv4(address), reason });
  }
}

/** What no lease may be, although its octets are a record: as for a lease on a page. */
function faultOf(record: LeaseRecord, isUpdate: boolean): string | null {
  if (!isUpdate) return 'a deletion stands among the leases';
  if (record.subnetId === 0 || record.subnetId > SUBNET_ID_MAX)
    return 'there can be no subnet of that number';
  return clttOf(record) === 0 ? 'it has no time of its last transaction' : null;
}
