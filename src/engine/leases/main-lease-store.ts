/** The LeaseStore of the running server: table, pools, statistics and change log, each call one short locked section. */
import type { Clock } from '../../base/clock.ts';
import type { Ipv4 } from '../../base/ipv4.ts';
import { AddressOrder, firstAbove } from '../../lease/dhcp4/address-order.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { leaseOfRecord, recordOfLease } from '../../lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import type { ChangeSource, LeaseStore, PutOutcome } from '../../lease/dhcp4/store.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LeaseState } from '../../lease/state.ts';
import type { LeaseAccounting } from './lease-accounting.ts';
import { Applied, LeaseApplier } from './lease-applier.ts';
import { NOT_DELETED } from './lease-refusals.ts';

/** Waits for change numbers to become durable; implemented by the journal's client. */
export interface Durability {
  /** @throws (rejects) when the journal has not got there within `timeoutMs` */
  durable(change: number, timeoutMs: number): Promise<void>;
}

/** Leases read under one lock: the shards wait that long, some 0.1 ms. */
const PAGE_LOCK_LEASES = 64;

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
  readonly #applier: LeaseApplier;
  /** Number of the newest change that is not known to be durable, 0 = none. */
  #lastChange = 0;
  #changes = 0;

  constructor(parts: MainLeaseStoreParts) {
    this.#book = parts.book;
    this.#parts = parts;
    this.#order = new AddressOrder(parts.book);
    this.#applier = new LeaseApplier(parts.book, parts.accounting);
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
    const nowSec = this.#parts.clock.wallSec();
    switch (this.#applied(() => this.#applier.put(record, source, nowSec))) {
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

  remove(address: Ipv4, source: ChangeSource = 'peer'): boolean | 'busy' {
    const nowSec = this.#parts.clock.wallSec();
    switch (this.#applied(() => this.#applier.remove(address, source, nowSec))) {
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
      // [Kea] By subnet, and there that which came first.
      return leases.sort((a, b) => a.subnetId - b.subnetId);
    });
  }

  /** An offer is no lease yet: nobody outside the data plane sees it. */
  #read(slot: number): Lease4 | null {
    if (this.#book.table.rows.state(slot) === LeaseState.offered) return null;
    return leaseOfRecord(this.#book.recordOf(slot));
  }

  #applied(change: () => Applied): Applied {
    const outcome = this.#locked(change);
    if (outcome <= Applied.removed) {
      this.#changes += 1;
      this.#lastChange = this.#applier.lastChange;
    }
    return outcome;
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
