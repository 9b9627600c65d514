/** The lease table of DHCPv6, for the partner's records. */
import { isInIpv6Prefix } from '../../base/ipv6.ts';
import { indexSubnets6 } from '../../engine/dhcp6/compiled/compiled-configuration.ts';
import { LeaseApplier6 } from '../../engine/dhcp6/leases/lease-applier.ts';
import { outsideSubnet6, unknownSubnet6 } from '../../engine/dhcp6/leases/lease-refusals.ts';
import { StatisticsWriter } from '../../engine/figures/statistics.ts';
import type { Applied } from '../../engine/leases/lease-applier-base.ts';
import { LeaseBook6 } from '../../lease/dhcp6/book.ts';
import { leaseOfRecord6, recordOfLease6 } from '../../lease/dhcp6/csv-lease.ts';
import { leaseAddress6, octetsOfAddress6 } from '../../lease/dhcp6/lease-address.ts';
import { ADDRESS_BYTES, LeaseType } from '../../lease/dhcp6/model.ts';
import type { LeaseRecord6 } from '../../lease/dhcp6/record.ts';
import { LeaseState } from '../../lease/state.ts';
import type { ChangeSource } from '../../lease/store.ts';
import type { LeaseAddress } from '../../lease/update-family.ts';
import type { LinkTable } from '../family.ts';
import { conflict, type Refusal } from '../inbound.ts';
import type { LinkWorkplace6 } from '../messages.ts';
import { LinkTableBase } from '../table-base.ts';

interface Subnet {
  readonly id: number;
  readonly prefix: Uint8Array;
  readonly prefixLength: number;
}

export class LinkTable6 extends LinkTableBase implements LinkTable<LeaseRecord6> {
  readonly #book: LeaseBook6;
  readonly #applier: LeaseApplier6;
  readonly #subnets: ReadonlyMap<number, Subnet>;

  constructor({ book, limited, statistics, config }: LinkWorkplace6, statisticsRow: number) {
    const leases = new LeaseBook6(book, limited);
    const counting = {
      book: leases,
      statistics: new StatisticsWriter(statistics, statisticsRow),
      subnets: indexSubnets6(config),
      subnet: null,
    };
    const applier = new LeaseApplier6(leases, () => counting);
    super(leases, applier);
    this.#book = leases;
    this.#applier = applier;
    this.#subnets = new Map(config.subnets.map((subnet) => [subnet.id, subnet]));
  }

  addressOf({ address, type }: LeaseRecord6): LeaseAddress {
    return leaseAddress6(address.bytes, address.offset, type === LeaseType.pd);
  }

  slotOf({ address }: LeaseRecord6): number {
    return this.#book.table.findByAddress(address.bytes, address.offset);
  }

  slotAt(address: LeaseAddress): number {
    return this.#book.table.findByAddress(octetsOfAddress6(address as string), 0);
  }

  isLease(slot: number): boolean {
    const { rows } = this.#book.table;
    return !rows.isFree(slot) && rows.state(slot) !== LeaseState.offered;
  }

  clttSec(slot: number): number {
    return this.#book.table.rows.clttSec(slot);
  }

  recordOf(slot: number): LeaseRecord6 {
    return this.#book.recordOf(slot);
  }

  copyOf(slot: number): LeaseRecord6 {
    return recordOfLease6(leaseOfRecord6(this.#book.recordOf(slot)));
  }

  /** An identity association may have several leases, as may a client several of those. */
  othersOf(): LeaseRecord6[] {
    return [];
  }

  put(record: LeaseRecord6, source: ChangeSource, nowSec: number): Applied {
    return this.#applier.put(record, source, nowSec);
  }

  remove({ address }: LeaseRecord6, source: ChangeSource, nowSec: number): Applied {
    return this.#applier.remove(address, source, nowSec);
  }

  /** A prefix may lie anywhere: pools of prefixes need not be of their subnet. */
  faultOf({ address: { bytes, offset }, subnetId, type }: LeaseRecord6): Refusal | null {
    const subnet = this.#subnets.get(subnetId);
    if (subnet === undefined) return conflict(unknownSubnet6(subnetId));
    const isWithin =
      type === LeaseType.pd || isInIpv6Prefix(bytes, offset, subnet.prefix, 0, subnet.prefixLength);
    return isWithin ? null : conflict(outsideSubnet6(bytes.slice(offset, offset + ADDRESS_BYTES), subnet));
  }
}
