/**
 * What makes the source of a synchronization equal to the server that asked: leases that only this one has, or has in a later
 * version. Of leases that a client may not have together the one that it had before goes, here and there.
 */
import { NO_SLOT } from '../lease/hash-chain.ts';
import { clttOf, isLaterByFar, isRecordInForce } from '../lease/precedence.ts';
import type { LeaseAddress } from '../lease/update-family.ts';
import type { LinkRecord } from './family.ts';
import type { RowMerge } from './row-merge.ts';
import type { RowSource } from './rows-out.ts';
import type { TableTaker } from './taker.ts';

interface Given<Record> {
  readonly record: Record;
  readonly isUpdate: boolean;
}

export class GiveBack<Record extends LinkRecord> implements RowSource {
  readonly bytes: Uint8Array;
  readonly #taker: TableTaker<Record>;
  readonly #merge: RowMerge<Record>;
  readonly #subnets: ReadonlySet<number> | null;
  #slot = 0;
  /** Meets those as well that come while it is under way. */
  readonly #older: Iterator<LeaseAddress>;
  readonly #due: Given<Record>[] = [];

  /** @param subnets null = all */
  constructor(taker: TableTaker<Record>, merge: RowMerge<Record>, subnets: ReadonlySet<number> | null) {
    this.bytes = new Uint8Array(taker.family.recordBytesMax);
    this.#taker = taker;
    this.#merge = merge;
    this.#older = merge.older.values();
    this.#subnets = subnets;
  }

  next(): number {
    if (this.#due.length === 0 && !this.#look()) return -1;
    const next = this.#due.shift();
    if (next === undefined) return 0;
    return this.#taker.family.encode(this.bytes, 0, next.record, next.isUpdate);
  }

  /** Looks at one address more. @returns false when there is none */
  #look(): boolean {
    const { slots } = this.#merge;
    const { table } = this.#taker;
    table.lock();
    const isSlot = this.#slot < slots;
    const slot = isSlot ? this.#slot++ : NO_SLOT;
    if (isSlot && !this.#merge.isSeen(slot)) this.#give(slot, false);
    const older = isSlot ? null : this.#older.next();
    if (older !== null && older.done !== true) this.#give(table.slotAt(older.value), true);
    table.unlock();
    return older === null || older.done !== true;
  }

  #give(slot: number, isThere: boolean): void {
    const { table, nowSec } = this.#taker;
    if (slot === NO_SLOT || !table.isLease(slot)) return;
    const record = table.copyOf(slot);
    if (this.#subnets?.has(record.subnetId) === false) return;
    if (!isRecordInForce(record, nowSec)) {
      if (isThere) this.#due.push({ record, isUpdate: false });
      return;
    }
    const others = table.othersOf(record, nowSec);
    if (others.some((other) => isLater(other, record, nowSec))) {
      table.remove(record, 'synchronization', nowSec);
      if (isThere) this.#due.push({ record, isUpdate: false });
      return;
    }
    for (const other of others) {
      if (!isLater(record, other, nowSec)) continue;
      table.remove(other, 'synchronization', nowSec);
      this.#due.push({ record: other, isUpdate: false });
    }
    this.#due.push({ record, isUpdate: true });
  }
}

function isLater(record: LinkRecord, than: LinkRecord, nowSec: number): boolean {
  return isLaterByFar({ clttSec: clttOf(record) }, { clttSec: clttOf(than) }, nowSec);
}
