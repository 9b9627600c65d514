/** Writes a partner's records into the table, each under the table's lock: a shard never waits for more than one. */
import type { Clock } from '../base/clock.ts';
import type { Ipv4 } from '../base/ipv4.ts';
import { isWithin } from '../base/prefix-index.ts';
import { StatisticsWriter } from '../engine/figures/statistics.ts';
import { LeaseAccounting } from '../engine/leases/lease-accounting.ts';
import { LeaseApplier } from '../engine/leases/lease-applier.ts';
import { Applied } from '../engine/leases/lease-applier-base.ts';
import {
  ADDRESS_BUSY,
  NO_CLIENT,
  NO_ROOM,
  NOT_DELETED,
  outsideSubnet,
  unknownSubnet,
} from '../engine/leases/lease-refusals.ts';
import { poolSeries } from '../engine/subnets/pool-series.ts';
import { signalEventFd } from '../io/eventfd.ts';
import { Committer } from '../journal/committer.ts';
import { systemFiles } from '../journal/files.ts';
import { LeaseBook } from '../lease/dhcp4/book.ts';
import type { LeaseRecord } from '../lease/dhcp4/record.ts';
import { LeaseState } from '../lease/state.ts';
import { RefusalCode } from './ack.ts';
import type { RecordTaker, Refusal } from './inbound.ts';
import type { LinkWorkplace } from './messages.ts';
import type { LinkTask } from './task.ts';
import { PartnerTeller } from './teller.ts';

interface Subnet {
  readonly id: number;
  readonly prefix: Ipv4;
  readonly prefixLength: number;
}

const BUSY: Refusal = { code: RefusalCode.conflict, reason: ADDRESS_BUSY };
const FULL: Refusal = { code: RefusalCode.failed, reason: NO_ROOM };
const KEPT: Refusal = { code: RefusalCode.failed, reason: NOT_DELETED };

export class TableTaker implements RecordTaker {
  readonly #statisticsRow: number;
  readonly #clock: Pick<Clock, 'wallSec'>;
  readonly #committer: Committer;
  readonly #teller: PartnerTeller;
  #book!: LeaseBook;
  #applier!: LeaseApplier;
  #subnets!: ReadonlyMap<number, Subnet>;
  /** Of the workplaces of before. */
  #changeBefore = 0;
  #committed = 0;
  #rows: SharedArrayBuffer | null = null;
  /** Changes with the table. */
  generation = 0;

  constructor(task: LinkTask, clock: Clock) {
    const { journal, bells, workplace } = task;
    this.#statisticsRow = task.statisticsRow;
    this.#clock = clock;
    const seams = { files: systemFiles, clock, signal: signalEventFd };
    this.#committer = new Committer({ changes: workplace.book.changes, journal, bells }, seams);
    this.#teller = new PartnerTeller(task.memory.told);
    this.use(workplace);
  }

  /** Works on other memory from now on. */
  use({ book, limited, statistics, config, isHeard }: LinkWorkplace): void {
    this.#teller.isOn = isHeard;
    if (this.#applier !== undefined) this.#changeBefore = this.lastChange;
    if (book.table.rows !== this.#rows) this.generation++;
    this.#rows = book.table.rows;
    this.#book = new LeaseBook(book, limited);
    const accounting = new LeaseAccounting(
      new StatisticsWriter(statistics, this.#statisticsRow),
      config.subnets.map(({ id }) => id),
      poolSeries(config.subnets).pools,
    );
    this.#applier = new LeaseApplier(this.#book, () => accounting);
    this.#subnets = new Map(config.subnets.map((subnet) => [subnet.id, subnet]));
  }

  get lastChange(): number {
    return this.#applier.lastChange || this.#changeBefore;
  }

  /** Number of the last change that is on stable storage. */
  durable(): number {
    return this.#book.changes.durable();
  }

  /** Whether every record of one more frame can be taken now. */
  get hasRoom(): boolean {
    return this.#teller.hasRoom;
  }

  get book(): LeaseBook {
    return this.#book;
  }

  /** Writes under the lock of the table, which its caller holds. */
  get applier(): LeaseApplier {
    return this.#applier;
  }

  /** Unix seconds. */
  get nowSec(): number {
    return this.#clock.wallSec();
  }

  take(record: LeaseRecord, isUpdate: boolean): Refusal | null {
    const { table } = this.#book;
    table.lock();
    const refusal = this.takeLocked(record, isUpdate);
    table.unlock();
    return refusal;
  }

  /** As `take`. Pre: the table is locked. */
  takeLocked(record: LeaseRecord, isUpdate: boolean): Refusal | null {
    if (!isUpdate) return this.#remove(record);
    const fault = this.#faultOf(record);
    return fault === null ? this.#put(record) : fault;
  }

  #remove(record: LeaseRecord): Refusal | null {
    const outcome = this.#applier.remove(record.address, 'peer', this.nowSec);
    if (outcome === Applied.removed) this.#teller.tell(record, false, this.lastChange);
    // What is not there needs no deletion.
    return outcome === Applied.noRoom ? KEPT : null;
  }

  #put(record: LeaseRecord): Refusal | null {
    const outcome = this.#applier.put(record, 'peer', this.nowSec);
    if (outcome === Applied.busy) return BUSY;
    if (outcome === Applied.noRoom) return FULL;
    this.#teller.tell(record, true, this.lastChange);
    return null;
  }

  #faultOf(record: LeaseRecord): Refusal | null {
    const subnet = this.#subnets.get(record.subnetId);
    if (subnet === undefined) return conflict(unknownSubnet(record.subnetId));
    if (!isWithin(subnet, record.address)) return conflict(outsideSubnet(record.address, subnet));
    const isNobodys = record.hwLength === 0 && record.clientIdLength === 0;
    if (isNobodys && record.state !== LeaseState.declined)
      return { code: RefusalCode.failed, reason: NO_CLIENT };
    return null;
  }

  /** Has what was logged brought onto the disk: here if it is little, by the journal's thread if not. */
  commit(): void {
    this.#teller.flush();
    const change = this.lastChange;
    if (change === this.#committed) return;
    this.#committed = change;
    this.#committer.commit();
  }
}

function conflict(reason: string): Refusal {
  return { code: RefusalCode.conflict, reason };
}
