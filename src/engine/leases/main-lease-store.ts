/** The LeaseStore of the running DHCPv4 server, see main-lease-store-base.ts. */
import type { Clock } from '../../base/clock.ts';
import type { Ipv4 } from '../../base/ipv4.ts';
import { AddressOrder, firstAbove } from '../../lease/dhcp4/address-order.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { leaseOfRecord, recordOfLease } from '../../lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import type { LeaseRecord } from '../../lease/dhcp4/record.ts';
import type { LeaseStore } from '../../lease/dhcp4/store.ts';
import type { LeaseTable } from '../../lease/dhcp4/table.ts';
import type { LeaseAccounting } from './lease-accounting.ts';
import { LeaseApplier } from './lease-applier.ts';
import { type Durability, MainLeaseStoreBase } from './main-lease-store-base.ts';

export interface MainLeaseStoreParts {
  readonly book: LeaseBook;
  readonly accounting: () => LeaseAccounting;
  readonly durability: Durability;
  readonly clock: Clock;
}

export class MainLeaseStore
  extends MainLeaseStoreBase<LeaseTable, LeaseRecord, Lease4, Ipv4, number, Ipv4, Uint32Array>
  implements LeaseStore
{
  readonly #book: LeaseBook;

  constructor({ book, accounting, durability, clock }: MainLeaseStoreParts) {
    const applier = new LeaseApplier(book, accounting);
    super({ book, applier, order: new AddressOrder(book), durability, clock });
    this.#book = book;
  }

  findByHwAddress(hwAddress: Uint8Array, subnetId: number | null): Lease4[] {
    const { table } = this.#book;
    return this.chain((after) => table.findByHw(hwAddress, 0, hwAddress.length, subnetId ?? 0, after));
  }

  findByClientId(clientId: Uint8Array, subnetId: number | null): Lease4[] {
    const { table } = this.#book;
    return this.chain((after) => table.findByClientId(clientId, 0, clientId.length, subnetId ?? 0, after));
  }

  protected override recordOf(lease: Lease4): LeaseRecord {
    return recordOfLease(lease);
  }

  protected override leaseOf(record: LeaseRecord): Lease4 {
    return leaseOfRecord(record);
  }

  protected override keyOf(address: Ipv4): Ipv4 {
    return address;
  }

  protected override find(address: Ipv4): number {
    return this.#book.table.findByAddress(address);
  }

  protected override countOf(addresses: Uint32Array): number {
    return addresses.length;
  }

  protected override addressAt(addresses: Uint32Array, index: number): Ipv4 {
    return addresses[index]!;
  }

  protected override firstAbove(addresses: Uint32Array, from: number): number {
    return firstAbove(addresses, from);
  }
}
