/** The LeaseStore of the running server: table, pools, statistics and change log, each call one short locked section. */
import type { Clock } from '../base/clock.ts';
import type { Ipv4 } from '../base/ipv4.ts';
import { AddressOrder, firstAbove } from '../lease/address-order.ts';
import type { LeaseBook } from '../lease/book.ts';
import { hasRow } from '../lease/csv.ts';
import { leaseOfRecord, recordOfLease } from '../lease/csv-lease.ts';
import { NO_SLOT } from '../lease/hash-chain.ts';
import { RowFlag } from '../lease/layout.ts';
import { type Lease4, LeaseState } from '../lease/model.ts';
import { type ByteRange, REFUSED } from '../lease/rows.ts';
import type { ChangeSource, LeaseStore, PutOutcome } from '../lease/store.ts';
import type { LeaseAccounting } from './lease-accounting.ts';
import { PARKED_MS_MAX } from './park.ts';

/** Waits for change numbers to become durable; implemented by the journal's client. */
export interface Durability {
  /** @throws (rejects) when the journal has not got there within `timeoutMs` */
  durable(change: number, timeoutMs: number): Promise<void>;
}

/** Leases read under one lock: the shards wait that long, some 0.1 ms. */
const PAGE_LOCK_LEASES = 64;

const NO_BYTES = new Uint8Array(0);

export interface MainLeaseStoreParts {
  readonly book: LeaseBook;
  readonly accounting: () => LeaseAccounting;
  readonly durability: Durability;
  readonly clock: Clock;
}

export class MainLeaseStore implements LeaseStore {
  readonly #book: LeaseBook;
  readonly #parts: MainLeaseStoreParts;
  readonly #order: AddressOrder;
  #lastChange = 0;
  #changes = 0;

  constructor(parts: MainLeaseStoreParts) {
    this.#book = parts.book;
    this.#parts = parts;
    this.#order = new AddressOrder(parts.book);
  }

  get(address: Ipv4): Lease4 | null {
    return this.#locked(() => {
      const slot = this.#book.table.findByAddress(address);
      return slot === NO_SLOT ? null : this.#read(slot);
    });
  }

  findByHwAddress(hwAddress: Uint8Array, subnetId: number | null): Lease4[] {
    const { table } = this.#book;
    return this.#chain((after) => table.findByHw(hwAddress, 0, hwAddress.length, subnetId ?? 0, after));
  }

  findByClientId(clientId: Uint8Array, subnetId: number | null): Lease4[] {
    const { table } = this.#book;
    return this.#chain((after) => table.findByClientId(clientId, 0, clientId.length, subnetId ?? 0, after));
  }

  put(lease: Lease4, source: ChangeSource = 'peer'): PutOutcome {
    const record = recordOfLease(lease);
    if (!hasRow(record)) return 'full';
    return this.#locked(() => {
      const { table } = this.#book;
      const existing = table.findByAddress(lease.address);
      const before = existing === NO_SLOT ? null : table.rows.state(existing);
      const beforeSubnet = existing === NO_SLOT ? lease.subnetId : table.rows.subnetId(existing);
      if (existing !== NO_SLOT && this.#isBusy(existing, lease, source)) return 'busy';
      if (!this.#hasRoom()) return 'full';
      const slot = this.#book.write(record, this.#parts.clock.wallSec());
      if (slot === NO_SLOT) return 'full';
      this.#logged(this.#book.logRow(slot));
      if (beforeSubnet === lease.subnetId)
        this.#parts.accounting().changed(lease.subnetId, lease.address, before, lease.state);
      else {
        this.#parts.accounting().changed(beforeSubnet, lease.address, before, null);
        this.#parts.accounting().changed(lease.subnetId, lease.address, null, lease.state);
      }
      return before === null || before === LeaseState.offered ? 'created' : 'updated';
    });
  }

  remove(address: Ipv4, source: ChangeSource = 'peer'): boolean | 'busy' {
    return this.#locked(() => {
      const { table } = this.#book;
      const slot = table.findByAddress(address);
      if (slot === NO_SLOT || table.rows.state(slot) === LeaseState.offered) return false;
      if (source === 'administrator' && this.#isBeingGiven(slot)) return 'busy';
      if (!this.#hasRoom())
        throw new Error('the lease file is not being written (see the log): nothing was deleted');
      this.#parts.accounting().changed(table.rows.subnetId(slot), address, table.rows.state(slot), null);
      this.#logged(this.#book.logDeletion(slot));
      this.#book.remove(slot);
      return true;
    });
  }

  page(from: number, limit: number): Lease4[] {
    const leases: Lease4[] = [];
    const addresses = this.#order.addresses();
    let at = firstAbove(addresses, from);
    while (at < addresses.length && leases.length < limit) {
      const end = Math.min(addresses.length, at + PAGE_LOCK_LEASES, at + limit - leases.length);
      this.#locked(() => {
        for (; at < end; at++) {
          const slot = this.#book.table.findByAddress(addresses[at]!);
          const lease = slot === NO_SLOT ? null : this.#read(slot);
          if (lease !== null) leases.push(lease);
        }
      });
    }
    return leases;
  }

  addresses(): Uint32Array {
    return this.#order.addresses();
  }

  all(subnetIds: readonly number[] | null): Lease4[] {
    const leases = this.page(-1, Number.POSITIVE_INFINITY);
    return subnetIds === null ? leases : leases.filter((lease) => subnetIds.includes(lease.subnetId));
  }

  count(): number {
    return this.#book.table.count();
  }

  changes(): number {
    return this.#changes;
  }

  async durable(timeoutMs: number): Promise<void> {
    const change = this.#lastChange;
    if (change === 0) return;
    this.#book.changes.announce();
    await this.#parts.durability.durable(change, timeoutMs);
    // Change numbers wrap: after two thousand million more this one would seem to lie in the future.
    if (this.#lastChange === change) this.#lastChange = 0;
  }

  #chain(next: (after: number) => number): Lease4[] {
    return this.#locked(() => {
      const leases: Lease4[] = [];
      for (let slot = next(NO_SLOT); slot !== NO_SLOT; slot = next(slot)) {
        const lease = this.#read(slot);
        if (lease !== null) leases.push(lease);
      }
      return leases;
    });
  }

  /** An offer is no lease yet: nobody outside the data plane sees it. */
  #read(slot: number): Lease4 | null {
    if (this.#book.table.rows.state(slot) === LeaseState.offered) return null;
    return leaseOfRecord(this.#book.recordOf(slot));
  }

  /** One change needs at most one record of the log, plus the gap at the ring's end. */
  #hasRoom(): boolean {
    return this.#book.changes.free() > 2 * 65_536;
  }

  /** Whether a shard waits with the ACK for this row, which no peer has refused. */
  #isBeingGiven(slot: number): boolean {
    const change = this.#book.table.rows.unsettledChange(slot);
    return change !== 0 && change !== REFUSED && this.#isFreshGrant(slot);
  }

  /** Whether a client got the row here, so lately that its ACK may be parked: beyond that time everything gives way. */
  #isFreshGrant(slot: number): boolean {
    const { rows } = this.#book.table;
    if (rows.state(slot) !== LeaseState.assigned || (rows.flags(slot) & RowFlag.granted) === 0) return false;
    return this.#parts.clock.wallSec() - rows.clttSec(slot) <= Math.ceil(PARKED_MS_MAX / 1000);
  }

  /**
   * Whether the row's address goes to another client than that of `lease` right now: one of the two clients must not get
   * its ACK. For everybody that is so while a shard waits with the ACK. What a partner sends may also have been on the
   * way when the ACK left, unless its client was seen later; others have seen what is there.
   */
  #isBusy(slot: number, lease: Lease4, source: ChangeSource): boolean {
    const { table } = this.#book;
    const mayHaveCrossed =
      source === 'peer' &&
      table.rows.unsettledChange(slot) === 0 &&
      lease.clttSec <= table.rows.clttSec(slot) &&
      this.#isFreshGrant(slot);
    if (!mayHaveCrossed && !this.#isBeingGiven(slot)) return false;
    return !table.belongsTo(slot, rangeOf(lease.clientId ?? NO_BYTES), rangeOf(lease.hwAddress));
  }

  #logged(change: number): void {
    this.#changes += 1;
    this.#lastChange = change;
  }

  #locked<T>(work: () => T): T {
    const { table } = this.#book;
    table.lock();
    try {
      return work();
    } finally {
      table.unlock();
    }
  }
}

function rangeOf(bytes: Uint8Array): ByteRange {
  return { bytes, offset: 0, length: bytes.length };
}
