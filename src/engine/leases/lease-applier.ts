/** Writes into the table what a peer or an administrator says of a DHCPv4 lease; see lease-applier-base.ts. */
import { emptyRange, setRange } from '../../base/byte-range.ts';
import type { Ipv4 } from '../../base/ipv4.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { hasRow } from '../../lease/dhcp4/csv.ts';
import type { LeaseRecord } from '../../lease/dhcp4/record.ts';
import type { LeaseAccounting } from './lease-accounting.ts';
import { LeaseApplierBase } from './lease-applier-base.ts';

/** All leases are counted alike. */
const ADDRESS = 0;

export class LeaseApplier extends LeaseApplierBase<LeaseRecord, Ipv4> {
  readonly #book: LeaseBook;
  readonly #accounting: () => LeaseAccounting;
  readonly #clientId = emptyRange();
  readonly #hw = emptyRange();

  /** @param accounting where this thread counts; asked for at each change, because a reload brings another one */
  constructor(book: LeaseBook, accounting: () => LeaseAccounting) {
    super(book);
    this.#book = book;
    this.#accounting = accounting;
  }

  protected override hasRow(record: LeaseRecord): boolean {
    return hasRow(record);
  }

  protected override find(address: Ipv4): number {
    return this.#book.table.findByAddress(address);
  }

  protected override addressOf(record: LeaseRecord): Ipv4 {
    return record.address;
  }

  protected override isOwnedBy(slot: number, record: LeaseRecord): boolean {
    const { clientId, clientIdOffset, clientIdLength, hw, hwOffset, hwLength } = record;
    setRange(this.#clientId, clientId, clientIdOffset, clientIdLength);
    setRange(this.#hw, hw, hwOffset, hwLength);
    return this.#book.table.belongsTo(slot, this.#clientId, this.#hw);
  }

  protected override kindOf(): number {
    return ADDRESS;
  }

  protected override kindOfRecord(): number {
    return ADDRESS;
  }

  protected override changed(
    _kind: number,
    subnetId: number,
    address: Ipv4,
    before: number | null,
    after: number | null,
  ): void {
    this.#accounting().changed(subnetId, address, before, after);
  }
}
