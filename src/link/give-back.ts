/**
 * What makes the source of a synchronization equal to the server that asked: leases that only this one has, or has in a later
 * version. A client has one lease in a subnet: one that it had before goes, here and there.
 */
import type { Ipv4 } from '../base/ipv4.ts';
import { leaseOfRecord, recordOfLease } from '../lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../lease/dhcp4/model.ts';
import { isInForce, isSameDevice } from '../lease/dhcp4/precedence.ts';
import { encodeUpdateRecord, UPDATE_RECORD_BYTES_MAX } from '../lease/dhcp4/update-record.ts';
import { NO_SLOT } from '../lease/hash-chain.ts';
import { isLaterByFar } from '../lease/precedence.ts';
import { LeaseState } from '../lease/state.ts';
import type { RowMerge } from './row-merge.ts';
import type { RowSource } from './rows-out.ts';
import { isLease } from './table-walk.ts';
import type { TableTaker } from './taker.ts';

interface Given {
  readonly lease: Lease4;
  readonly isUpdate: boolean;
}

export class GiveBack implements RowSource {
  readonly bytes = new Uint8Array(UPDATE_RECORD_BYTES_MAX);
  readonly #taker: TableTaker;
  readonly #merge: RowMerge;
  readonly #subnets: ReadonlySet<number> | null;
  #slot = 0;
  /** Meets those as well that come while it is under way. */
  readonly #older: Iterator<Ipv4>;
  readonly #due: Given[] = [];

  /** @param subnets null = all */
  constructor(taker: TableTaker, merge: RowMerge, subnets: ReadonlySet<number> | null) {
    this.#taker = taker;
    this.#merge = merge;
    this.#older = merge.older.values();
    this.#subnets = subnets;
  }

  next(): number {
    if (this.#due.length === 0 && !this.#look()) return -1;
    const next = this.#due.shift();
    if (next === undefined) return 0;
    return encodeUpdateRecord(this.bytes, 0, recordOfLease(next.lease), next.isUpdate);
  }

  /** Looks at one address more. @returns false when there is none */
  #look(): boolean {
    const { slots } = this.#merge;
    const { table } = this.#taker.book;
    table.lock();
    const isSlot = this.#slot < slots;
    const slot = isSlot ? this.#slot++ : NO_SLOT;
    if (isSlot && !this.#merge.isSeen(slot) && isLease(this.#taker.book, slot))
      this.#give(table.rows.address(slot), false);
    const older = isSlot ? null : this.#older.next();
    if (older !== null && older.done !== true) this.#give(older.value, true);
    table.unlock();
    return older === null || older.done !== true;
  }

  #give(address: Ipv4, isThere: boolean): void {
    const { applier, nowSec } = this.#taker;
    const lease = this.#leaseAt(address);
    if (lease === null || this.#subnets?.has(lease.subnetId) === false) return;
    if (!isInForce(lease, nowSec)) {
      if (isThere) this.#due.push({ lease, isUpdate: false });
      return;
    }
    const others = this.#othersOf(lease);
    if (others.some((other) => isLaterByFar(other, lease))) {
      applier.remove(address, 'synchronization', nowSec);
      if (isThere) this.#due.push({ lease, isUpdate: false });
      return;
    }
    for (const other of others) {
      if (!isLaterByFar(lease, other)) continue;
      applier.remove(other.address, 'synchronization', nowSec);
      this.#due.push({ lease: other, isUpdate: false });
    }
    this.#due.push({ lease, isUpdate: true });
  }

  #leaseAt(address: Ipv4): Lease4 | null {
    const { book } = this.#taker;
    const slot = book.table.findByAddress(address);
    return slot === NO_SLOT || !isLease(book, slot) ? null : leaseOfRecord(book.recordOf(slot));
  }

  /**
   * Leases in force of the same client at other addresses of the subnet. Hardware and identifier must agree: where clients
   * are told apart by hardware alone (match-client-id), others have the same identifier and leases of their own.
   */
  #othersOf(lease: Lease4): Lease4[] {
    if (lease.state !== LeaseState.assigned) return [];
    const { book, nowSec } = this.#taker;
    const { table } = book;
    const { clientId, hwAddress, subnetId } = lease;
    const others: Lease4[] = [];
    const next = (after: number): number =>
      clientId === null
        ? table.findByHw(hwAddress, 0, hwAddress.length, subnetId, after)
        : table.findByClientId(clientId, 0, clientId.length, subnetId, after);
    for (let slot = next(NO_SLOT); slot !== NO_SLOT; slot = next(slot)) {
      if (!isLease(book, slot) || table.rows.address(slot) === lease.address) continue;
      const other = leaseOfRecord(book.recordOf(slot));
      if (other.state === LeaseState.assigned && isInForce(other, nowSec) && isSameDevice(other, lease))
        others.push(other);
    }
    return others;
  }
}
