/** The LeaseStore6 of the running DHCPv6 server, see ../../leases/main-lease-store-base.ts. */
import type { ByteRange } from '../../../base/byte-range.ts';
import type { Clock } from '../../../base/clock.ts';
import { AddressOrder6, firstAbove6 } from '../../../lease/dhcp6/address-order.ts';
import type { LeaseBook6 } from '../../../lease/dhcp6/book.ts';
import { leaseOfRecord6, recordOfLease6 } from '../../../lease/dhcp6/csv-lease.ts';
import { ADDRESS_BYTES, type Lease6, type LeaseType } from '../../../lease/dhcp6/model.ts';
import type { LeaseRecord6 } from '../../../lease/dhcp6/record.ts';
import type { LeaseStore6 } from '../../../lease/dhcp6/store.ts';
import type { LeaseTable6 } from '../../../lease/dhcp6/table.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { type Durability, MainLeaseStoreBase } from '../../leases/main-lease-store-base.ts';
import { LeaseApplier6 } from './lease-applier.ts';
import type { CountingLeases } from './lease-counts.ts';

export interface MainLeaseStoreParts6 {
  readonly book: LeaseBook6;
  /** Where main counts leases; asked for at each change, because a reload brings another one. */
  readonly counting: () => CountingLeases;
  readonly durability: Durability;
  readonly clock: Clock;
}

export class MainLeaseStore6
  extends MainLeaseStoreBase<
    LeaseTable6,
    LeaseRecord6,
    Lease6,
    Uint8Array,
    Uint8Array | null,
    ByteRange,
    Uint8Array
  >
  implements LeaseStore6
{
  readonly #book: LeaseBook6;

  constructor({ book, counting, durability, clock }: MainLeaseStoreParts6) {
    const applier = new LeaseApplier6(book, counting);
    super({ book, applier, order: new AddressOrder6(book), durability, clock });
    this.#book = book;
  }

  findByDuid(duid: Uint8Array, subnetId: number | null): Lease6[] {
    const { table } = this.#book;
    const client = rangeOf(duid);
    return this.chain((after) => {
      let slot = table.findByDuid(client, after);
      while (slot !== NO_SLOT && subnetId !== null && table.rows.subnetId(slot) !== subnetId)
        slot = table.findByDuid(client, slot);
      return slot;
    });
  }

  findByIa(duid: Uint8Array, iaid: number, type: LeaseType, subnetId: number | null): Lease6[] {
    const { table } = this.#book;
    const client = rangeOf(duid);
    return this.chain((after) => table.findByIa(client, iaid, type, subnetId ?? 0, after));
  }

  protected override recordOf(lease: Lease6): LeaseRecord6 {
    return recordOfLease6(lease);
  }

  protected override leaseOf(record: LeaseRecord6): Lease6 {
    return leaseOfRecord6(record);
  }

  protected override keyOf(address: Uint8Array): ByteRange {
    return rangeOf(address);
  }

  protected override find(address: Uint8Array): number {
    return this.#book.table.findByAddress(address, 0);
  }

  protected override countOf(addresses: Uint8Array): number {
    return addresses.length / ADDRESS_BYTES;
  }

  protected override addressAt(addresses: Uint8Array, index: number): Uint8Array {
    return addresses.subarray(index * ADDRESS_BYTES, (index + 1) * ADDRESS_BYTES);
  }

  protected override firstAbove(addresses: Uint8Array, from: Uint8Array | null): number {
    return firstAbove6(addresses, from);
  }
}

function rangeOf(bytes: Uint8Array): ByteRange {
  return { bytes, offset: 0, length: bytes.length };
}
