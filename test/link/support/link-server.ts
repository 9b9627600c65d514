/** A link thread with a table, a disk that the test moves, and shards that write when the test says so. */

import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { Test } from 'tap';
import { allocateBell, Bell } from '../../../src/base/bell.ts';
import { ByteRingReader } from '../../../src/base/byte-ring.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import type { SubnetStatistic } from '../../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';
import { UpdateWord } from '../../../src/engine/parked/shard-link.ts';
import { parsePartnerChange } from '../../../src/events/partner-change.ts';
import { EventReader } from '../../../src/events/reader.ts';
import { createEventFd, signalEventFd } from '../../../src/io/eventfd.ts';
import type { SessionSecrets } from '../../../src/io/session-secrets.ts';
import { closeFd } from '../../../src/io/udp.ts';
import { allocateJournal } from '../../../src/journal/memory.ts';
import { ChangeWord } from '../../../src/lease/change-log.ts';
import type { LeaseBook } from '../../../src/lease/dhcp4/book.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import type { LeaseBook6 } from '../../../src/lease/dhcp6/book.ts';
import type { Lease6 } from '../../../src/lease/dhcp6/model.ts';
import { allocateFigures, readFigures } from '../../../src/link/figures.ts';
import { allocateLink } from '../../../src/link/memory.ts';
import type {
  LinkOrder,
  LinkReport,
  LinkWorkplace,
  LinkWorkplace4,
  LinkWorkplace6,
  SyncReport,
} from '../../../src/link/messages.ts';
import type { SyncKind } from '../../../src/link/sync-frames.ts';
import type { LinkTask } from '../../../src/link/task.ts';
import type { TestChange } from '../../peer/support/record-kit.ts';
import type { TestRecord6 } from '../../peer/support/records6.ts';
import { type TestRecord, TestShards } from '../../peer/support/shards.ts';
import { type LinkKit, type Loop, NOW_SEC } from './link-kit.ts';
import { linkKit4 } from './link-kit4.ts';
import { linkKit6 } from './link-kit6.ts';

export { NOW_SEC };

const SHARDS = 2;

export interface LinkServerOptions {
  readonly partner?: string;
  readonly monotonicMs?: () => number;
  readonly changeLogBytes?: number;
}

/** Of either family. */
export class AnyLinkServer<Change extends TestChange, Lease, Book, Workplace extends LinkWorkplace> {
  readonly name: string;
  readonly partner: string;
  readonly shards: TestShards<Change, Lease>;
  readonly reports: LinkReport[] = [];
  readonly book: Book;
  readonly workplace: Workplace;
  protected readonly memory = allocateLink(createEventFd());
  protected readonly changes: Int32Array;
  readonly #kit: LinkKit<Change, Lease, Book, Workplace>;
  readonly #loop: Loop;
  readonly #eventFds = Array.from({ length: SHARDS }, createEventFd);
  readonly #ports = new MessageChannel();
  readonly #rows: ByteRingReader;
  readonly #figures = allocateFigures();
  readonly #words: Int32Array;
  #connection = 0;

  constructor(
    t: Pick<Test, 'teardown'>,
    kit: LinkKit<Change, Lease, Book, Workplace>,
    name: string,
    options: LinkServerOptions = {},
  ) {
    const { partner = name === 'server1' ? 'server2' : 'server1' } = options;
    this.name = name;
    this.partner = partner;
    this.#kit = kit;
    this.shards = new TestShards(SHARDS, 1, kit.records);
    this.#words = new Int32Array(this.shards.updates.words);
    this.workplace = kit.createWorkplace(options.changeLogBytes ?? 1 << 20);
    this.book = kit.openBook(this.workplace);
    const { changes } = this.workplace.book;
    this.changes = new Int32Array(changes.words);
    this.#rows = new ByteRingReader(changes.ring);
    this.#loop = kit.createLoop(this.#task(), {
      ...systemClock,
      wallSec: () => NOW_SEC,
      ...clockOf(options),
    });
    this.attach();
    t.teardown(() => {
      this.#ports.port1.close();
      for (const fd of [...this.#eventFds, this.memory.eventFd]) closeFd(fd);
    });
  }

  #task(): LinkTask {
    return {
      port: this.#ports.port2,
      memory: this.memory,
      workplace: this.workplace,
      // Nobody has opened it: every row is the test's.
      journal: allocateJournal(),
      bells: [],
      statisticsRow: 1,
      shards: this.shards.verdicts.map((linkVerdicts, at) => ({
        linkVerdicts,
        ...allocateBell(this.#eventFds[at]!),
      })),
    };
  }

  /** The relationship begins; again after `detach`. */
  attach(): void {
    const names = { own: this.name, partner: this.partner };
    const { updates } = this.shards;
    this.order({ kind: 'attach', route: 1, names, updates, figures: this.#figures });
  }

  order(order: LinkOrder): void {
    this.#ports.port1.postMessage(order);
    Atomics.add(new Int32Array(this.memory.sent), 0, 1);
    new Bell(this.memory.mail, signalEventFd).ring();
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
  write(records: readonly Change[], awaited = true, shard = 0): number {
    const number = this.shards.write(shard, records, awaited);
    new Bell(this.memory.updates, signalEventFd).ring();
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
    Atomics.store(this.changes, ChangeWord.durable, Atomics.load(this.changes, ChangeWord.last));
    new Bell(this.memory.disk, signalEventFd).ring();
  }

  resume(workplace: Workplace = this.workplace): void {
    this.order({ kind: 'resume', workplace });
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
  put(change: Change): void {
    this.#kit.put(this.book, change);
  }

  /** Every lease, by its address. */
  leases(): Map<Change['address'], Lease> {
    return this.#kit.leases(this.book);
  }

  lease(address: Change['address']): Lease | null {
    return this.#kit.lease(this.book, address);
  }

  assigned(subnetId: number): number {
    const { config, statistics } = this.workplace;
    const at = config.subnets.findIndex(({ id }) => id === subnetId);
    return new StatisticsReader(statistics).subnet(at, this.#kit.assigned as SubnetStatistic);
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

export class LinkServer extends AnyLinkServer<TestRecord, Lease4, LeaseBook, LinkWorkplace4> {
  constructor(t: Pick<Test, 'teardown'>, name: string, options: LinkServerOptions = {}) {
    super(t, linkKit4, name, options);
  }

  /** Reads of what partners have changed, as main does. @returns the addresses */
  listen(): number[] {
    const addresses: number[] = [];
    const reader = new EventReader(this.memory.told, {
      durable: () => Atomics.load(this.changes, ChangeWord.durable),
      parse: (_, bytes) => parsePartnerChange(bytes),
      take: ({ args }) => void addresses.push(parseIpv4(args['ip-address'] as string)!),
      released: () => new Bell(this.memory.room, signalEventFd).ring(),
    });
    reader.drain();
    return addresses;
  }
}

export class LinkServer6 extends AnyLinkServer<TestRecord6, Lease6, LeaseBook6, LinkWorkplace6> {
  constructor(t: Pick<Test, 'teardown'>, name: string, options: LinkServerOptions = {}) {
    super(t, linkKit6, name, options);
  }
}

function clockOf({ monotonicMs }: LinkServerOptions) {
  return monotonicMs === undefined ? {} : { monotonicMs };
}
