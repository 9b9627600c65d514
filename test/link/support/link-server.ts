/** A link thread with a table, a disk that the test moves, and shards that write when the test says so. */

import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { Test } from 'tap';
import { allocateBell, Bell } from '../../../src/base/bell.ts';
import { ByteRingReader } from '../../../src/base/byte-ring.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import type { ServerConfig } from '../../../src/config/model.ts';
import { allocateStatistics } from '../../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';
import { UpdateWord } from '../../../src/engine/parked/shard-link.ts';
import { allocateServerPools } from '../../../src/engine/subnets/pool-plan.ts';
import { poolSeries } from '../../../src/engine/subnets/pool-series.ts';
import { parsePartnerChange } from '../../../src/events/partner-change.ts';
import { EventReader } from '../../../src/events/reader.ts';
import { createEventFd, signalEventFd } from '../../../src/io/eventfd.ts';
import type { SessionSecrets } from '../../../src/io/session-secrets.ts';
import { closeFd } from '../../../src/io/udp.ts';
import { allocateJournal } from '../../../src/journal/memory.ts';
import { allocateChangeLog, ChangeWord } from '../../../src/lease/change-log.ts';
import { LeaseBook } from '../../../src/lease/dhcp4/book.ts';
import { leaseOfRecord } from '../../../src/lease/dhcp4/csv-lease.ts';
import { allocateLeaseTable } from '../../../src/lease/dhcp4/layout.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import type { LeaseRecord } from '../../../src/lease/dhcp4/record.ts';
import { emptyRecord } from '../../../src/lease/dhcp4/record.ts';
import { decodeUpdateRecord } from '../../../src/lease/dhcp4/update-record.ts';
import { linkFamily4 } from '../../../src/link/dhcp4/family.ts';
import { allocateFigures, readFigures } from '../../../src/link/figures.ts';
import { LinkLoop } from '../../../src/link/loop.ts';
import { allocateLink } from '../../../src/link/memory.ts';
import type { LinkOrder, LinkReport, LinkWorkplace4, SyncReport } from '../../../src/link/messages.ts';
import type { SyncKind } from '../../../src/link/sync-frames.ts';
import { configOf } from '../../engine/bench-server.ts';
import { encodeRecord, type TestRecord, TestShards } from '../../peer/support/shards.ts';

/** The time of all of them, Unix seconds. */
export const NOW_SEC = 1_799_999_000;
const SHARDS = 2;
const SUBNETS = {
  subnet4: [
    { id: 1, subnet: '10.0.0.0/16', pools: [{ pool: '10.0.0.10 - 10.0.200.20' }] },
    { id: 2, subnet: '10.1.0.0/16', pools: [{ pool: '10.1.0.10 - 10.1.0.20' }] },
  ],
};

export interface LinkServerOptions {
  readonly partner?: string;
  readonly dhcp4?: Record<string, unknown>;
  readonly monotonicMs?: () => number;
  readonly changeLogBytes?: number;
}

export class LinkServer {
  readonly name: string;
  readonly partner: string;
  readonly shards = new TestShards(SHARDS);
  readonly reports: LinkReport[] = [];
  readonly book: LeaseBook;
  readonly config: ServerConfig;
  readonly #loop: LinkLoop<LeaseRecord>;
  readonly #memory = allocateLink(createEventFd());
  readonly #eventFds = Array.from({ length: SHARDS }, createEventFd);
  readonly #ports = new MessageChannel();
  readonly #changes: Int32Array;
  readonly #rows: ByteRingReader;
  readonly #figures = allocateFigures();
  readonly #workplace: LinkWorkplace4;
  readonly #words = new Int32Array(this.shards.updates.words);
  #connection = 0;

  constructor(t: Pick<Test, 'teardown'>, name: string, options: LinkServerOptions = {}) {
    const { partner = name === 'server1' ? 'server2' : 'server1', dhcp4 = SUBNETS } = options;
    this.name = name;
    this.partner = partner;
    this.config = configOf(dhcp4);
    this.#workplace = workplaceOf(this.config, options.changeLogBytes ?? 1 << 20);
    this.book = new LeaseBook(this.#workplace.book);
    this.#changes = new Int32Array(this.#workplace.book.changes.words);
    this.#rows = new ByteRingReader(this.#workplace.book.changes.ring);
    const shards = this.shards.verdicts.map((linkVerdicts, at) => ({
      linkVerdicts,
      ...allocateBell(this.#eventFds[at]!),
    }));
    const task = {
      port: this.#ports.port2,
      memory: this.#memory,
      workplace: this.#workplace,
      // Nobody has opened it: every row is the test's.
      journal: allocateJournal(),
      bells: [],
      statisticsRow: 1,
      shards,
    };
    const clock = { ...systemClock, wallSec: () => NOW_SEC, ...clockOf(options) };
    this.#loop = new LinkLoop(task, linkFamily4, () => {}, clock);
    this.attach();
    t.teardown(() => {
      this.#ports.port1.close();
      for (const fd of [...this.#eventFds, this.#memory.eventFd]) closeFd(fd);
    });
  }

  /** The relationship begins; again after `detach`. */
  attach(): void {
    const names = { own: this.name, partner: this.partner };
    const { updates } = this.shards;
    this.order({ kind: 'attach', route: 1, names, updates, figures: this.#figures });
  }

  order(order: LinkOrder): void {
    this.#ports.port1.postMessage(order);
    Atomics.add(new Int32Array(this.#memory.sent), 0, 1);
    new Bell(this.#memory.mail, signalEventFd).ring();
  }

  open(fd: number, head: Uint8Array = new Uint8Array(0), secrets: SessionSecrets | null = null): number {
    this.order({ kind: 'open', route: 1, connection: ++this.#connection, fd, secrets, head });
    return this.#connection;
  }

  lend(): void {
    Atomics.store(this.#words, UpdateWord.isLent, 1);
    this.order({ kind: 'lend', route: 1, connection: this.#connection });
  }

  get isLent(): boolean {
    return Atomics.load(this.#words, UpdateWord.isLent) === 1;
  }

  /** Writes a transaction. @returns its number */
  write(records: readonly TestRecord[], awaited = true, shard = 0): number {
    const number = this.shards.write(shard, records, awaited);
    new Bell(this.#memory.updates, signalEventFd).ring();
    return number;
  }

  /** One turn that waits for nothing; takes over its reports and what it has told the shards. */
  turn(): void {
    this.#loop.turn(0);
    this.hear();
  }

  /** One turn as in life. */
  sleep(): void {
    this.#loop.turn();
    this.hear();
  }

  hear(): void {
    for (let next = receiveMessageOnPort(this.#ports.port1); next !== undefined; ) {
      this.reports.push(next.message);
      next = receiveMessageOnPort(this.#ports.port1);
    }
    for (let shard = 0; shard < SHARDS; shard++) this.shards.wake(shard);
  }

  run(): void {
    while (!this.#loop.isStopping) this.#loop.turn();
    this.#loop.end();
    this.hear();
  }

  /** Everything logged so far is on stable storage, and out of the log. */
  makeDurable(): void {
    while (this.#rows.next({ kind: 0, sequence: 0, offset: 0, length: 0 }));
    this.#rows.release();
    Atomics.store(this.#changes, ChangeWord.durable, Atomics.load(this.#changes, ChangeWord.last));
    new Bell(this.#memory.disk, signalEventFd).ring();
  }

  resume(workplace: LinkWorkplace4 = this.#workplace): void {
    this.order({ kind: 'resume', workplace });
  }

  /** Reads of what partners have changed, as main does. @returns the addresses */
  listen(): number[] {
    const addresses: number[] = [];
    const reader = new EventReader(this.#memory.told, {
      durable: () => Atomics.load(this.#changes, ChangeWord.durable),
      parse: (_, bytes) => parsePartnerChange(bytes),
      take: ({ args }) => void addresses.push(parseIpv4(args['ip-address'] as string)!),
      released: () => new Bell(this.#memory.room, signalEventFd).ring(),
    });
    reader.drain();
    return addresses;
  }

  get workplace(): LinkWorkplace4 {
    return this.#workplace;
  }

  /** Asks the partner for its leases. */
  synchronize(how: SyncKind, subnets: ReadonlySet<number> | null = null): void {
    this.order({ kind: 'synchronize', route: 1, connection: this.#connection, how, subnets });
  }

  /** What main answers to a partner that asks. */
  answer(refused: string | null = null): void {
    this.order({ kind: 'answer', route: 1, connection: this.#connection, refused });
  }

  abandon(): void {
    this.order({ kind: 'abandon', route: 1, connection: this.#connection, reason: 'it was cancelled' });
  }

  /** What synchronizations have come to. */
  synced(): SyncReport[] {
    return this.heard('synchronized').map(({ report }) => report);
  }

  /** Changes a lease as a shard does, without telling anybody. */
  put(record: TestRecord): void {
    const { book } = this;
    const bytes = encodeRecord(record);
    const source = emptyRecord();
    if (decodeUpdateRecord(bytes, 0, bytes.length, source) !== null) throw new Error('no record');
    const slot = book.table.findByAddress(record.address);
    if (record.isUpdate !== false) book.logRow(book.write(source, NOW_SEC));
    else if (slot >= 0) book.remove(slot);
  }

  /** Every lease, by its address. */
  leases(): Map<number, Lease4> {
    const all = new Map<number, Lease4>();
    const { table } = this.book;
    for (let slot = 0; slot < table.highWater(); slot++)
      if (table.rows.address(slot) !== 0)
        all.set(table.rows.address(slot), leaseOfRecord(this.book.recordOf(slot)));
    return all;
  }

  lease(address: number): Lease4 | null {
    const slot = this.book.table.findByAddress(address);
    return slot < 0 ? null : leaseOfRecord(this.book.recordOf(slot));
  }

  assigned(subnetId: number): number {
    const reader = new StatisticsReader(this.#workplace.statistics);
    return reader.subnet(
      this.config.subnets.findIndex(({ id }) => id === subnetId),
      'assigned-addresses',
    );
  }

  figures() {
    return readFigures(this.#figures);
  }

  /** Reports of a kind so far. */
  heard<Kind extends LinkReport['kind']>(kind: Kind): Extract<LinkReport, { kind: Kind }>[] {
    return this.reports.filter(
      (report): report is Extract<LinkReport, { kind: Kind }> => report.kind === kind,
    );
  }
}

function clockOf({ monotonicMs }: LinkServerOptions) {
  return monotonicMs === undefined ? {} : { monotonicMs };
}

function workplaceOf(config: ServerConfig, changeLogBytes: number): LinkWorkplace4 {
  const ids = config.subnets.map(({ id }) => id);
  return {
    family: 4,
    config,
    book: {
      table: allocateLeaseTable(65_536),
      pools: allocateServerPools(config),
      changes: allocateChangeLog(changeLogBytes),
    },
    limited: null,
    isHeard: false,
    statistics: allocateStatistics(2, ids, poolSeries(config.subnets).series),
  };
}
