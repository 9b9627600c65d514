/** Writes into the table what a peer or an administrator says of a DHCPv6 lease; see ../../leases/lease-applier-base.ts. */
import type { ByteRange } from '../../../base/byte-range.ts';
import type { LeaseBook6 } from '../../../lease/dhcp6/book.ts';
import { hasRow6 } from '../../../lease/dhcp6/csv.ts';
import type { LeaseRecord6 } from '../../../lease/dhcp6/record.ts';
import { LeaseApplierBase } from '../../leases/lease-applier-base.ts';
import { type CountingLeases, countChanged } from './lease-counts.ts';

/** Leases are counted by their type. A deletion names an address alone, so that two kinds of lease cannot stand at one. */
export class LeaseApplier6 extends LeaseApplierBase<LeaseRecord6, ByteRange> {
  readonly #book: LeaseBook6;
  readonly #counting: () => CountingLeases;

  /** @param counting where this thread counts; asked for at each change, because a reload brings another one */
  constructor(book: LeaseBook6, counting: () => CountingLeases) {
    super(book);
    this.#book = book;
    this.#counting = counting;
  }

  protected override hasRow(record: LeaseRecord6): boolean {
    return hasRow6(record);
  }

  protected override find({ bytes, offset }: ByteRange): number {
    return this.#book.table.findByAddress(bytes, offset);
  }

  protected override addressOf(record: LeaseRecord6): ByteRange {
    return record.address;
  }

  protected override isOwnedBy(slot: number, { duid, iaid, type }: LeaseRecord6): boolean {
    return this.#book.table.isOfIa(slot, duid, iaid, type);
  }

  protected override kindOf(slot: number): number {
    return this.#book.table.rows.type(slot);
  }

  protected override kindOfRecord({ type }: LeaseRecord6): number {
    return type;
  }

  protected override changed(
    kind: number,
    subnetId: number,
    { bytes, offset }: ByteRange,
    before: number | null,
    after: number | null,
  ): void {
    countChanged(this.#counting(), kind, subnetId, bytes, offset, before, after);
  }
}
