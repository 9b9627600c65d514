/** The lease table of DHCPv4, for the partner's records. */
import type { Ipv4 } from '../../base/ipv4.ts';
import { isWithin } from '../../base/prefix-index.ts';
import { StatisticsWriter } from '../../engine/figures/statistics.ts';
import { LeaseAccounting } from '../../engine/leases/lease-accounting.ts';
import { LeaseApplier } from '../../engine/leases/lease-applier.ts';
import type { Applied } from '../../engine/leases/lease-applier-base.ts';
import { NO_CLIENT, outsideSubnet, unknownSubnet } from '../../engine/leases/lease-refusals.ts';
import { poolSeries } from '../../engine/subnets/pool-series.ts';
import { LeaseBook } from '../../lease/dhcp4/book.ts';
import { leaseOfRecord, recordOfLease } from '../../lease/dhcp4/csv-lease.ts';
import { isSameDeviceRecord } from '../../lease/dhcp4/precedence.ts';
import type { LeaseRecord } from '../../lease/dhcp4/record.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { isRecordInForce } from '../../lease/precedence.ts';
import { LeaseState } from '../../lease/state.ts';
import type { ChangeSource } from '../../lease/store.ts';
import type { LeaseAddress } from '../../lease/update-family.ts';
import { RefusalCode } from '../ack.ts';
import type { LinkTable } from '../family.ts';
import { conflict, type Refusal } from '../inbound.ts';
import type { LinkWorkplace4 } from '../messages.ts';
import { LinkTableBase } from '../table-base.ts';

interface Subnet {
  readonly id: number;
  readonly prefix: Ipv4;
  readonly prefixLength: number;
}

export class LinkTable4 extends LinkTableBase implements LinkTable<LeaseRecord> {
  readonly #book: LeaseBook;
  readonly #applier: LeaseApplier;
  readonly #subnets: ReadonlyMap<number, Subnet>;

  constructor({ book, limited, statistics, config }: LinkWorkplace4, statisticsRow: number) {
    const leases = new LeaseBook(book, limited);
    const accounting = new LeaseAccounting(
      new StatisticsWriter(statistics, statisticsRow),
      config.subnets.map(({ id }) => id),
      poolSeries(config.subnets).pools,
    );
    const applier = new LeaseApplier(leases, () => accounting);
    super(leases, applier);
    this.#book = leases;
    this.#applier = applier;
    this.#subnets = new Map(config.subnets.map((subnet) => [subnet.id, subnet]));
  }

  addressOf({ address }: LeaseRecord): LeaseAddress {
    return address;
  }

  slotOf({ address }: LeaseRecord): number {
    return this.#book.table.findByAddress(address);
  }

  slotAt(address: LeaseAddress): number {
    return this.#book.table.findByAddress(address as Ipv4);
  }

  isLease(slot: number): boolean {
    const { rows } = this.#book.table;
    return !rows.isFree(slot) && rows.state(slot) !== LeaseState.offered;
  }

  clttSec(slot: number): number {
    return this.#book.table.rows.clttSec(slot);
  }

  recordOf(slot: number): LeaseRecord {
    return this.#book.recordOf(slot);
  }

  copyOf(slot: number): LeaseRecord {
    return recordOfLease(leaseOfRecord(this.#book.recordOf(slot)));
  }

  /**
   * A client has one lease in a subnet. Hardware and identifier must agree: where clients are told apart by hardware alone
   * (match-client-id), others have the same identifier and leases of their own.
   */
  othersOf(record: LeaseRecord, nowSec: number): LeaseRecord[] {
    if (record.state !== LeaseState.assigned) return [];
    const { table } = this.#book;
    const { clientId, clientIdLength, hw, hwLength, subnetId } = record;
    const others: LeaseRecord[] = [];
    const next = (after: number): number =>
      clientIdLength === 0
        ? table.findByHw(hw, record.hwOffset, hwLength, subnetId, after)
        : table.findByClientId(clientId, record.clientIdOffset, clientIdLength, subnetId, after);
    for (let slot = next(NO_SLOT); slot !== NO_SLOT; slot = next(slot)) {
      if (!this.isLease(slot) || table.rows.address(slot) === record.address) continue;
      const other = this.copyOf(slot);
      const isHeld = other.state === LeaseState.assigned && isRecordInForce(other, nowSec);
      if (isHeld && isSameDeviceRecord(other, record)) others.push(other);
    }
    return others;
  }

  put(record: LeaseRecord, source: ChangeSource, nowSec: number): Applied {
    return this.#applier.put(record, source, nowSec);
  }

  remove({ address }: LeaseRecord, source: ChangeSource, nowSec: number): Applied {
    return this.#applier.remove(address, source, nowSec);
  }

  faultOf(record: LeaseRecord): Refusal | null {
    const subnet = this.#subnets.get(record.subnetId);
    if (subnet === undefined) return conflict(unknownSubnet(record.subnetId));
    if (!isWithin(subnet, record.address)) return conflict(outsideSubnet(record.address, subnet));
    const isNobodys = record.hwLength === 0 && record.clientIdLength === 0;
    if (isNobodys && record.state !== LeaseState.declined)
      return { code: RefusalCode.failed, reason: NO_CLIENT };
    return null;
  }
}
