/** Writes a partner's records into the table, each under the table's lock: a shard never waits for more than one. */
import type { Clock } from '../base/clock.ts';
import { Applied } from '../engine/leases/lease-applier-base.ts';
import { ADDRESS_BUSY, NO_ROOM, NOT_DELETED } from '../engine/leases/lease-refusals.ts';
import { signalEventFd } from '../io/eventfd.ts';
import { Committer } from '../journal/committer.ts';
import { systemFiles } from '../journal/files.ts';
import { RefusalCode } from './ack.ts';
import type { LinkFamily, LinkRecord, LinkTable } from './family.ts';
import type { RecordTaker, Refusal } from './inbound.ts';
import type { LinkWorkplace } from './messages.ts';
import type { LinkTask } from './task.ts';
import { PartnerTeller } from './teller.ts';

const BUSY: Refusal = { code: RefusalCode.conflict, reason: ADDRESS_BUSY };
const FULL: Refusal = { code: RefusalCode.failed, reason: NO_ROOM };
const KEPT: Refusal = { code: RefusalCode.failed, reason: NOT_DELETED };

export class TableTaker<Record extends LinkRecord> implements RecordTaker<Record> {
  readonly family: LinkFamily<Record>;
  readonly #statisticsRow: number;
  readonly #clock: Pick<Clock, 'wallSec'>;
  readonly #committer: Committer;
  readonly #teller: PartnerTeller<Record>;
  #table: LinkTable<Record>;
  /** Of the workplaces of before. */
  #changeBefore = 0;
  #committed = 0;
  #rows: SharedArrayBuffer;
  /** Changes with the table. */
  generation = 0;

  constructor(task: LinkTask, family: LinkFamily<Record>, clock: Clock) {
    const { journal, bells, workplace, statisticsRow } = task;
    this.family = family;
    this.#statisticsRow = statisticsRow;
    this.#clock = clock;
    const seams = { files: systemFiles, clock, signal: signalEventFd };
    this.#committer = new Committer({ changes: workplace.book.changes, journal, bells }, seams);
    this.#teller = new PartnerTeller(family, task.memory.told);
    this.#teller.isOn = workplace.isHeard;
    this.#table = family.openTable(workplace, statisticsRow);
    this.#rows = workplace.book.table.rows;
  }

  /** Works on other memory from now on. */
  use(workplace: LinkWorkplace): void {
    const { rows } = workplace.book.table;
    this.#teller.isOn = workplace.isHeard;
    this.#changeBefore = this.lastChange;
    if (rows !== this.#rows) this.generation++;
    this.#rows = rows;
    this.#table = this.family.openTable(workplace, this.#statisticsRow);
  }

  get lastChange(): number {
    return this.#table.lastChange || this.#changeBefore;
  }

  /** Number of the last change that is on stable storage. */
  durable(): number {
    return this.#table.durable();
  }

  /** Whether every record of one more frame can be taken now. */
  get hasRoom(): boolean {
    return this.#teller.hasRoom;
  }

  get table(): LinkTable<Record> {
    return this.#table;
  }

  /** Unix seconds. */
  get nowSec(): number {
    return this.#clock.wallSec();
  }

  take(record: Record, isUpdate: boolean): Refusal | null {
    const table = this.#table;
    table.lock();
    const refusal = this.takeLocked(record, isUpdate);
    table.unlock();
    return refusal;
  }

  /** As `take`. Pre: the table is locked. */
  takeLocked(record: Record, isUpdate: boolean): Refusal | null {
    if (!isUpdate) return this.#remove(record);
    const fault = this.#table.faultOf(record);
    return fault === null ? this.#put(record) : fault;
  }

  #remove(record: Record): Refusal | null {
    const outcome = this.#table.remove(record, 'peer', this.nowSec);
    if (outcome === Applied.removed) this.#teller.tell(record, false, this.lastChange);
    // What is not there needs no deletion.
    return outcome === Applied.noRoom ? KEPT : null;
  }

  #put(record: Record): Refusal | null {
    const outcome = this.#table.put(record, 'peer', this.nowSec);
    if (outcome === Applied.busy) return BUSY;
    if (outcome === Applied.noRoom) return FULL;
    this.#teller.tell(record, true, this.lastChange);
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
