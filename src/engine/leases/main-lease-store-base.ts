/**
 * The LeaseStore of the running server: table, pools, statistics and change log, each call one short locked section. A
 * family says how its leases are read, found and ordered.
 */
import type { Clock } from '../../base/clock.ts';
import type { AddressOrderBase, OrderedTable } from '../../lease/address-order.ts';
import type { ChangeLog } from '../../lease/change-log.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LeaseState } from '../../lease/state.ts';
import type { AddressWalk, ChangeSource, LeaseStoreOf, PutOutcome } from '../../lease/store.ts';
import { Applied, type AppliedRecord, type LeaseApplierBase } from './lease-applier-base.ts';
import { NOT_DELETED } from './lease-refusals.ts';

/** Waits for change numbers to become durable; implemented by the journal's client. */
export interface Durability {
  /** @throws (rejects) when the journal has not got there within `timeoutMs` */
  durable(change: number, timeoutMs: number): Promise<void>;
}

/** Leases read under one lock: the shards wait that long, some 0.1 ms. */
const PAGE_LOCK_LEASES = 64;

/** What of a book the store needs. */
export interface StoreBook<Record> {
  readonly table: OrderedTable & { readonly rows: { state(slot: number): number }; count(): number };
  readonly changes: ChangeLog;
  recordOf(slot: number): Record;
}

/** What the store of either family works with. */
export interface StoreParts<Table extends OrderedTable, Record extends AppliedRecord, Key, Addresses> {
  readonly book: StoreBook<Record>;
  readonly applier: LeaseApplierBase<Record, Key>;
  readonly order: AddressOrderBase<Table, Addresses>;
  readonly durability: Durability;
  readonly clock: Clock;
}

/** The types of a family: its lease, its address, its address to the applier, and many addresses in their order. */
export abstract class MainLeaseStoreBase<
  Table extends OrderedTable,
  Record extends AppliedRecord,
  Lease extends { readonly subnetId: number },
  Address,
  From,
  Key,
  Addresses,
> implements LeaseStoreOf<Lease, Address, From>
{
  readonly #parts: StoreParts<Table, Record, Key, Addresses>;
  /** Number of the newest change that is not known to be durable, 0 = none. */
  #lastChange = 0;
  #changes = 0;

  constructor(parts: StoreParts<Table, Record, Key, Addresses>) {
    this.#parts = parts;
  }

  protected abstract recordOf(lease: Lease): Record;
  protected abstract leaseOf(record: Record): Lease;
  protected abstract keyOf(address: Address): Key;
  /** The row of an address, or NO_SLOT. */
  protected abstract find(address: Address): number;
  protected abstract countOf(addresses: Addresses): number;
  protected abstract addressAt(addresses: Addresses, index: number): Address;
  /** Number of the first address above `from`. */
  protected abstract firstAbove(addresses: Addresses, from: From): number;

  get(address: Address): Lease | null {
    return this.#locked(() => this.#readAt(address));
  }

  put(lease: Lease, source: ChangeSource = 'peer'): PutOutcome {
    const record = this.recordOf(lease);
    const { applier, clock } = this.#parts;
    const nowSec = clock.wallSec();
    switch (this.#applied(() => applier.put(record, source, nowSec))) {
      case Applied.created:
        return 'created';
      case Applied.busy:
        return 'busy';
      case Applied.noRoom:
        return 'full';
      default:
        return 'updated';
    }
  }

  remove(address: Address, source: ChangeSource = 'peer'): boolean | 'busy' {
    const key = this.keyOf(address);
    const { applier, clock } = this.#parts;
    const nowSec = clock.wallSec();
    switch (this.#applied(() => applier.remove(key, source, nowSec))) {
      case Applied.absent:
        return false;
      case Applied.busy:
        return 'busy';
      case Applied.noRoom:
        throw new Error(NOT_DELETED);
      default:
        return true;
    }
  }

  page(from: From, limit: number): Lease[] {
    const addresses = this.addresses();
    return this.#read(addresses, this.firstAbove(addresses, from), limit);
  }

  addresses(): Addresses {
    return this.#parts.order.addresses();
  }

  walk(): AddressWalk<Address> {
    const addresses = this.addresses();
    return { length: this.countOf(addresses), at: (index) => this.addressAt(addresses, index) };
  }

  all(subnetIds: readonly number[] | null): Lease[] {
    const leases = this.#read(this.addresses(), 0, Number.POSITIVE_INFINITY);
    return subnetIds === null ? leases : leases.filter((lease) => subnetIds.includes(lease.subnetId));
  }

  count(): number {
    return this.#parts.book.table.count();
  }

  changes(): number {
    return this.#changes;
  }

  async durable(timeoutMs: number): Promise<void> {
    const change = this.#lastChange;
    if (change === 0) return;
    const { book, durability } = this.#parts;
    book.changes.announce();
    await durability.durable(change, timeoutMs);
    // Change numbers wrap: after two thousand million more this one would seem to lie in the future.
    if (this.#lastChange === change) this.#lastChange = 0;
  }

  /** The leases of a chain of rows. @param next the row behind another one, NO_SLOT = the first; NO_SLOT = no more */
  protected chain(next: (after: number) => number): Lease[] {
    return this.#locked(() => {
      const leases: Lease[] = [];
      for (let slot = next(NO_SLOT); slot !== NO_SLOT; slot = next(slot)) {
        const lease = this.#readRow(slot);
        if (lease !== null) leases.push(lease);
      }
      // [Kea] By subnet, and there that which came first.
      return leases.sort((a, b) => a.subnetId - b.subnetId);
    });
  }

  #read(addresses: Addresses, at: number, limit: number): Lease[] {
    const leases: Lease[] = [];
    const count = this.countOf(addresses);
    while (at < count && leases.length < limit) {
      const end = Math.min(count, at + PAGE_LOCK_LEASES, at + limit - leases.length);
      this.#locked(() => {
        for (; at < end; at++) {
          const lease = this.#readAt(this.addressAt(addresses, at));
          if (lease !== null) leases.push(lease);
        }
      });
    }
    return leases;
  }

  #readAt(address: Address): Lease | null {
    const slot = this.find(address);
    return slot === NO_SLOT ? null : this.#readRow(slot);
  }

  /** An offer is no lease yet: nobody outside the data plane sees it. */
  #readRow(slot: number): Lease | null {
    const { book } = this.#parts;
    if (book.table.rows.state(slot) === LeaseState.offered) return null;
    return this.leaseOf(book.recordOf(slot));
  }

  #applied(change: () => Applied): Applied {
    const outcome = this.#locked(change);
    if (outcome <= Applied.removed) {
      this.#changes += 1;
      this.#lastChange = this.#parts.applier.lastChange;
    }
    return outcome;
  }

  #locked<T>(work: () => T): T {
    const { table } = this.#parts.book;
    table.lock();
    try {
      return work();
    } finally {
      table.unlock();
    }
  }
}
