/**
 * A server's data plane as it runs in production: shards and journal on threads of their own, one shared memory, a real
 * lease file. What main does besides (expiry, commands) the test does on its own thread.
 */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { allocateBell } from '../../src/base/bell.ts';
import { systemClock } from '../../src/base/clock.ts';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import type { ServerConfig } from '../../src/config/model.ts';
import { allocateStatistics, StatisticsWriter } from '../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../src/engine/figures/statistics-reader.ts';
import { leaseEvents4 } from '../../src/engine/leases/event-query.ts';
import { createReclaimer4 } from '../../src/engine/leases/expiring-leases.ts';
import { LeaseAccounting } from '../../src/engine/leases/lease-accounting.ts';
import { Listening } from '../../src/engine/leases/lease-events.ts';
import { MainLeaseStore } from '../../src/engine/leases/main-lease-store.ts';
import type { Reclaimer } from '../../src/engine/leases/reclaim.ts';
import { allocateShardLink, allocateUpdateLog, ShardWord } from '../../src/engine/parked/shard-link.ts';
import { allocatePolicies, publishPolicy, standalonePolicy } from '../../src/engine/policy.ts';
import type { ServerSocket } from '../../src/engine/query.ts';
import { allocateServerPools } from '../../src/engine/subnets/pool-plan.ts';
import { poolSeries } from '../../src/engine/subnets/pool-series.ts';
import { createEventFd, signalEventFd } from '../../src/io/eventfd.ts';
import { attachClientSteering, closeFd, localPort, openUdpSocket } from '../../src/io/udp.ts';
import { JournalClient } from '../../src/journal/client.ts';
import { allocateJournal, type JournalReport } from '../../src/journal/memory.ts';
import { allocateChangeLog } from '../../src/lease/change-log.ts';
import { LeaseBook } from '../../src/lease/dhcp4/book.ts';
import { allocateLeaseTable } from '../../src/lease/dhcp4/layout.ts';
import { allocateLeaseEvents } from '../../src/lease/events.ts';
import { allocateSocketTable, writeSocketTable } from '../../src/shard/dhcp4/socket-table.ts';
import { LEASE_FILE_HEADER } from '../journal/support/dhcp4.ts';

const LOOPBACK = parseIpv4('127.0.0.1')!;
const PARKED_MAX = 1024;
const THREAD = new URL('./task-thread.js', import.meta.url);

export interface ServerThreadsOptions {
  readonly config: ServerConfig;
  readonly shards: number;
  /** One address for all shards with the kernel's steering, or a port for each shard. */
  readonly steered: boolean;
  readonly leaseFile: string;
  /** Where the replies go. */
  readonly clientPort: number;
}

/** No hook library is loaded. */
const UNHOOKED = { limited: null, rates: null, ping: null, durations: null, handed: [] };

export class ServerThreads {
  /** Where each shard listens; with steering all the same. */
  readonly ports: readonly number[];
  readonly book: LeaseBook;
  readonly statistics: StatisticsReader;
  readonly store: MainLeaseStore;
  readonly reclaimer: Reclaimer;
  readonly #links: readonly ReturnType<typeof allocateShardLink>[];
  readonly #journal: JournalClient;
  readonly #fds: readonly number[];
  readonly #shards: readonly Promise<unknown>[];
  readonly #writing: Promise<unknown>;

  constructor({ config, shards, steered, leaseFile, clientPort }: ServerThreadsOptions) {
    const memory = {
      table: allocateLeaseTable(65_536),
      pools: allocateServerPools(config),
      changes: allocateChangeLog(1 << 22),
    };
    const subnetIds = config.subnets.map(({ id }) => id);
    const statistics = allocateStatistics(shards + 1, subnetIds, poolSeries(config.subnets).series);
    const policy = allocatePolicies(1);
    publishPolicy(new Int32Array(policy), 0, standalonePolicy(true));
    const updates = allocateUpdateLog(1 << 20);
    this.#links = Array.from({ length: shards }, () => allocateShardLink(createEventFd(), PARKED_MAX));
    this.#fds = openSockets(shards, steered);
    this.ports = this.#fds.map(localPort);
    const journal = allocateJournal();
    this.#journal = new JournalClient({ journal, changes: memory.changes });
    this.book = new LeaseBook(memory);
    this.statistics = new StatisticsReader(statistics);
    const accounting = new LeaseAccounting(new StatisticsWriter(statistics, 0), subnetIds);
    this.store = new MainLeaseStore({
      book: this.book,
      accounting: () => accounting,
      durability: this.#journal,
      clock: systemClock,
    });
    const events = allocateLeaseEvents(1 << 18);
    const quiet = leaseEvents4(this.book, events, Listening.off);
    const parts = [() => accounting, () => quiet] as const;
    this.reclaimer = createReclaimer4(this.book, ...parts, systemClock);
    const committing = { journal, bells: this.#links };
    const file = { path: leaseFile, fdatasync: true, header: LEASE_FILE_HEADER };
    this.#writing = start('journal', { ...committing, changes: memory.changes, file, stopGraceMs: 5000 });
    const shared = {
      ...committing,
      config,
      book: memory,
      journal,
      bells: this.#links,
      policies: policy,
      updates: [updates],
      linkBell: allocateBell(-1),
      events,
      listening: Listening.off,
      statistics,
      parkedMax: PARKED_MAX,
      forcedPort: clientPort,
    };
    this.#shards = this.#links.map((link, shard) => {
      const sockets = allocateSocketTable();
      writeSocketTable(sockets, [socketOf(this.#fds[shard]!)]);
      return start('shard', { ...UNHOOKED, ...shared, shard, sockets, link });
    });
  }

  /** Stops shards, then journal. @returns what the journal has done */
  async stop(): Promise<JournalReport> {
    for (const link of this.#links) {
      Atomics.store(new Int32Array(link.words), ShardWord.stop, 1);
      signalEventFd(link.eventFd);
    }
    await Promise.all(this.#shards);
    this.#journal.stop();
    const report = (await this.#writing) as JournalReport;
    for (const fd of this.#fds) closeFd(fd);
    for (const link of this.#links) closeFd(link.eventFd);
    return report;
  }

  /** Turns of each shard's loop so far. */
  turns(): number[] {
    return this.#links.map(({ words }) => Atomics.load(new Int32Array(words), ShardWord.turns));
  }
}

function openSockets(shards: number, steered: boolean): number[] {
  const options = { address: LOOPBACK, broadcast: true, receiveBufferBytes: 4 << 20 };
  if (!steered) return Array.from({ length: shards }, () => openUdpSocket({ ...options, port: 0 }));
  const first = openUdpSocket({ ...options, port: 0, reusePort: true });
  const port = localPort(first);
  const others = Array.from({ length: shards - 1 }, () =>
    openUdpSocket({ ...options, port, reusePort: true }),
  );
  attachClientSteering(first, shards);
  return [first, ...others];
}

function socketOf(fd: number): ServerSocket {
  return {
    fd,
    address: LOOPBACK,
    interfaceName: 'lo',
    broadcast: false,
    replyFd: fd,
    broadcastFd: fd,
    joinMax: 0,
    raw: null,
  };
}

/** Starts a thread. @returns what its task returns; rejects with what it throws */
async function start(kind: 'shard' | 'journal', task: object): Promise<unknown> {
  const thread = new Worker(THREAD, { workerData: { kind, task } });
  const ended = once(thread, 'exit');
  const [answer] = await once(thread, 'message');
  await ended;
  return answer;
}
