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

import { Applied } from '../engine/leases/lease-applier-base.ts';
import { NO_SLOT } from '../lease/hash-chain.ts';
import { clttOf, isAhead } from '../lease/precedence.ts';
import type { LeaseAddress } from '../lease/update-family.ts';
import type { NamedLease, SyncCounts } from '../peer/model.ts';
import type { LinkFamily, LinkRecord } from './family.ts';
import type { RecordTaker, Refusal } from './inbound.ts';
import { NAMED_MAX } from './limits.ts';
import type { TableTaker } from './taker.ts';

export type MergeKind = 'fetch' | 'exchange' | 'given';

type RowCounts = Omit<SyncCounts, 'given' | 'refused'>;

const SUBNET_ID_MAX = 0xfffffffe;

export class RowMerge<Record extends LinkRecord> implements RecordTaker<Record> {
  readonly counts: RowCounts = { created: 0, updated: 0, kept: 0, foreign: 0, skipped: 0 };
  /** The first few of those skipped. */
  readonly skipped: NamedLease[] = [];
  /** Addresses at which the source has an older lease. */
  readonly older = new Set<LeaseAddress>();
  readonly #taker: TableTaker<Record>;
  readonly #kind: MergeKind;
  /** Null = all. */
  readonly #subnets: ReadonlySet<number> | null;
  /** By slot, of those in use at the beginning: whether the source has something at the address of the row. */
  readonly #seen: Uint8Array;

  constructor(taker: TableTaker<Record>, kind: MergeKind, subnets: ReadonlySet<number> | null) {
    this.#taker = taker;
    this.#kind = kind;
    this.#subnets = subnets;
    this.#seen = new Uint8Array(kind === 'exchange' ? taker.table.highWater() : 0);
  }

  get family(): LinkFamily<Record> {
    return this.#taker.family;
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

  take(record: Record, isUpdate: boolean): Refusal | null {
    if (this.#kind === 'given') return this.#takeGiven(record, isUpdate);
    const fault = faultOf(record, isUpdate);
    if (fault !== null) this.#skip(record, fault);
    const isForeign = this.#subnets?.has(record.subnetId) === false;
    if (isForeign) this.counts.foreign++;
    const { table } = this.#taker;
    const isTaken = fault === null && !isForeign;
    table.lock();
    const outcome = isTaken ? this.#merge(record) : null;
    this.#see(record);
    table.unlock();
    if (isTaken) this.#count(record, outcome);
    return null;
  }

  /** Whether a change that the source has made meanwhile is to be taken. */
  follows(record: Record, isUpdate: boolean): boolean {
    if (this.#kind !== 'exchange') return true;
    const { table } = this.#taker;
    table.lock();
    const isOlder = this.#isOlder(record, isUpdate);
    table.unlock();
    if (isOlder) this.#noteOlder(record);
    return !isOlder;
  }

  #isOlder(record: Record, isUpdate: boolean): boolean {
    const { family, table, nowSec } = this.#taker;
    const slot = this.#leaseAt(record);
    if (slot === NO_SLOT) return false;
    const oursSec = table.clttSec(slot);
    // Of two versions of one second that are the source's own the last one wins.
    if (oursSec === clttOf(record)) return false;
    if (isUpdate) return family.standing(table.recordOf(slot), record, nowSec) === 'ours';
    return oursSec > clttOf(record) && !isAhead(oursSec, nowSec);
  }

  /** The source has something at a record's address, or had it a moment ago. */
  see(record: Record): void {
    if (this.#kind !== 'exchange') return;
    const { table } = this.#taker;
    table.lock();
    this.#see(record);
    table.unlock();
  }

  /** @returns an `Applied`, or null: ours stays */
  #merge(record: Record): Applied | null {
    const { family, table, nowSec } = this.#taker;
    const slot = this.#leaseAt(record);
    const source = this.#kind === 'exchange' ? 'synchronization' : 'peer';
    if (slot === NO_SLOT) return table.put(record, source, nowSec);
    if (this.#kind === 'fetch')
      return table.clttSec(slot) < clttOf(record) ? table.put(record, source, nowSec) : null;
    const standing = family.standing(table.recordOf(slot), record, nowSec);
    if (standing === 'theirs') return table.put(record, source, nowSec);
    if (standing === 'ours') this.#noteOlder(record);
    return null;
  }

  #takeGiven(record: Record, isUpdate: boolean): Refusal | null {
    const { family, table, nowSec } = this.#taker;
    table.lock();
    const slot = this.#leaseAt(record);
    // The other way round: whoever gave it has found that it stands before what was here.
    const stands =
      slot === NO_SLOT ||
      (isUpdate
        ? family.standing(record, table.recordOf(slot), nowSec) === 'ours'
        : table.clttSec(slot) <= clttOf(record));
    const refusal = stands ? this.#taker.takeLocked(record, isUpdate) : null;
    table.unlock();
    return refusal;
  }

  #leaseAt(record: Record): number {
    const { table } = this.#taker;
    const slot = table.slotOf(record);
    return slot === NO_SLOT || table.isLease(slot) ? slot : NO_SLOT;
  }

  #noteOlder(record: Record): void {
    this.older.add(this.#taker.table.addressOf(record));
  }

  #see(record: Record): void {
    const slot = this.#taker.table.slotOf(record);
    if (slot !== NO_SLOT && slot < this.#seen.length) this.#seen[slot] = 1;
  }

  #count(record: Record, outcome: Applied | null): void {
    const { counts } = this;
    if (outcome === null) counts.kept++;
    else if (outcome === Applied.created) counts.created++;
    else if (outcome === Applied.updated) counts.updated++;
    else if (outcome === Applied.noRoom) this.#skip(record, 'no memory for more leases');
    else if (outcome === Applied.busy) this.#skip(record, 'it is being given to another client');
  }

  /** One bad lease is no reason to do without the others. */
  #skip(record: Record, reason: string): void {
    this.counts.skipped++;
    if (this.skipped.length >= NAMED_MAX) return;
    const { family, table } = this.#taker;
    this.skipped.push({ address: family.formatAddress(table.addressOf(record)), reason });
  }
}

/** What no lease may be, although its octets are a record: as for a lease on a page. */
function faultOf(record: LinkRecord, isUpdate: boolean): string | null {
  if (!isUpdate) return 'a deletion stands among the leases';
  if (record.subnetId === 0 || record.subnetId > SUBNET_ID_MAX)
    return 'there can be no subnet of that number';
  return clttOf(record) === 0 ? 'it has no time of its last transaction' : null;
}
