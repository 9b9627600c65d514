/**
 * A shard on a real socket of 127.0.0.1, driven turn by turn from the test's own thread: what it answers, counts and
 * changes can be looked at between two packets. The journal is the test: nothing is durable before it says so.
 */

import { allocateBell } from '../../src/base/bell.ts';
import { ByteRingReader } from '../../src/base/byte-ring.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { formatIpv4, parseIpv4 } from '../../src/base/ipv4.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { ServerConfig } from '../../src/config/model.ts';
import { formatProblem } from '../../src/config/problem.ts';
import type { DurationMemory } from '../../src/engine/figures/durations.ts';
import { allocateRateLimits } from '../../src/engine/figures/rate-limits.ts';
import {
  allocateStatistics,
  type GlobalStatistic,
  type StatisticsMemory,
} from '../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../src/engine/figures/statistics-reader.ts';
import { type LeaseEventWriter4, leaseEvents4 } from '../../src/engine/leases/event-query.ts';
import { Listening } from '../../src/engine/leases/lease-events.ts';
import { limitedCountsOf } from '../../src/engine/leases/limited-scopes.ts';
import { allocateDnsLog } from '../../src/engine/names/dns-log.ts';
import {
  allocateShardLink,
  allocateUpdateLog,
  type ShardLinkMemory,
  ShardWord,
  type UpdateLogMemory,
} from '../../src/engine/parked/shard-link.ts';
import { type Verdict, VerdictWriter } from '../../src/engine/parked/verdicts.ts';
import { allocatePolicies, type Policy, publishPolicy } from '../../src/engine/policy.ts';
import type { ServerSocket } from '../../src/engine/query.ts';
import { allocateServerPools } from '../../src/engine/subnets/pool-plan.ts';
import { poolSeries } from '../../src/engine/subnets/pool-series.ts';
import { createEventFd, signalEventFd } from '../../src/io/eventfd.ts';
import { DatagramReceiver, DatagramSender } from '../../src/io/mmsg.ts';
import { Poller } from '../../src/io/poll.ts';
import { closeFd, localPort, openUdpSocket } from '../../src/io/udp.ts';
import { allocateJournal } from '../../src/journal/memory.ts';
import { allocateChangeLog, ChangeWord } from '../../src/lease/change-log.ts';
import { LeaseBook, type LeaseBookMemory } from '../../src/lease/dhcp4/book.ts';
import { leaseOfRecord } from '../../src/lease/dhcp4/csv-lease.ts';
import { allocateLeaseTable } from '../../src/lease/dhcp4/layout.ts';
import type { Lease4 } from '../../src/lease/dhcp4/model.ts';
import { allocateLeaseEvents } from '../../src/lease/events.ts';
import type { ShardTask } from '../../src/shard/dhcp4/context.ts';
import type { PingTask } from '../../src/shard/dhcp4/ping-checks.ts';
import { openShard4 } from '../../src/shard/dhcp4/shard.ts';
import { allocateSocketTable, writeSocketTable } from '../../src/shard/dhcp4/socket-table.ts';
import type { ShardLoop } from '../../src/shard/loop.ts';
import { type Reply, readReply } from './packets.ts';

const LOOPBACK = parseIpv4('127.0.0.1')!;
const PARKED_MAX = 64;
/** On a busy machine the kernel may take its time even on the loopback: a turn waits 50 ms, and so does a reply. */
const DELIVERY_TURNS_MAX = 200;
const DELIVERY_MS_MAX = 500;
/** Room for any datagram. */
const DATAGRAM_BYTES = 65_536;

/** Nothing is written but by the test. */
const NO_JOURNAL = { journal: allocateJournal(), bells: [], linkBell: allocateBell(-1) };

const OPEN: Policy = {
  serviceEnabled: true,
  activeServers: 0,
  scopes: 0,
  updateMode: 0,
  reusesLeases: true,
  observeOutOfScope: false,
  clientIdBytesMax: 255,
};

/** A complete configuration around the keys that a test is about. */
export function configOf(dhcp4: Record<string, unknown>): ServerConfig {
  const document = {
    Dhcp4: {
      'interfaces-config': { interfaces: ['lo'], 'dhcp-socket-type': 'udp' },
      'lease-database': { type: 'memfile', persist: false },
      'valid-lifetime': 3600,
      subnet4: [
        {
          id: 1,
          subnet: '10.0.0.0/24',
          pools: [{ pool: '10.0.0.10 - 10.0.0.20' }],
          relay: { 'ip-addresses': ['127.0.0.1'] },
        },
      ],
      ...dhcp4,
    },
  };
  const result = parseConfig(JSON.stringify(document), 'test');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

export interface BenchOptions {
  /** By what addresses are checked before they are offered. */
  readonly ping?: PingTask;
  /** Where is measured how long answers take. */
  readonly durations?: DurationMemory;
  readonly clock?: Clock;
  /** Rows of the lease table. */
  readonly capacity?: number;
  readonly changeLogBytes?: number;
  /** What is written down of lease events. */
  readonly listening?: Listening;
  /** What becomes of the configuration before the server gets it. */
  readonly alter?: (config: ServerConfig) => ServerConfig;
}

export class BenchServer {
  readonly config: ServerConfig;
  readonly book: LeaseBook;
  readonly bookMemory: LeaseBookMemory;
  readonly statistics: StatisticsMemory;
  readonly link: ShardLinkMemory;
  /** The update log of the first relationship, and of each. */
  readonly updates: ByteRingReader;
  readonly updateLogs: readonly ByteRingReader[];
  /** For a dispatcher that takes the place of `updates`. */
  readonly updateMemory: UpdateLogMemory;
  readonly observations: ByteRingReader;
  readonly eventMemory = allocateLeaseEvents(1 << 18);
  /** For what changes leases beside the shard, as main does. */
  readonly events: LeaseEventWriter4;
  /** What DNS is to be told. */
  readonly dns = allocateDnsLog(1 << 18);
  /** The socket that datagrams are sent to. */
  readonly socket: ServerSocket;
  readonly #sockets = allocateSocketTable();
  readonly task: ShardTask;
  readonly #clock: Clock;
  #loop: ShardLoop;
  readonly #fd: number;
  readonly #client: number;
  readonly #arrivals: Poller;
  readonly #sender = new DatagramSender(1, 4096, 1);
  readonly #memory = new ArrayBuffer(64 * DATAGRAM_BYTES);
  readonly #receiver = new DatagramReceiver(this.#memory, 0, DATAGRAM_BYTES, 64);
  readonly #reader: StatisticsReader;
  readonly #policy: SharedArrayBuffer;
  readonly #changes: Int32Array;
  readonly #verdicts: VerdictWriter;

  constructor(dhcp4: Record<string, unknown> = {}, options: BenchOptions = {}) {
    const config = configOf(dhcp4);
    this.config = options.alter?.(config) ?? config;
    this.#clock = options.clock ?? systemClock;
    const changes = allocateChangeLog(options.changeLogBytes ?? 1 << 20);
    const table = allocateLeaseTable(options.capacity ?? 4096);
    this.bookMemory = { table, pools: allocateServerPools(this.config), changes };
    const limited = limitedCountsOf(this.config.hooks.limits, table.capacity);
    this.book = new LeaseBook(this.bookMemory, limited);
    this.#changes = new Int32Array(changes.words);
    const relationships = Math.max(1, this.config.relationships.length);
    this.#policy = allocatePolicies(relationships);
    const updates = Array.from({ length: relationships }, () => allocateUpdateLog(1 << 20));
    this.updateMemory = updates[0]!;
    this.updateLogs = updates.map(({ ring }) => new ByteRingReader(ring));
    this.updates = this.updateLogs[0]!;
    this.link = allocateShardLink(createEventFd(), PARKED_MAX);
    this.observations = new ByteRingReader(this.link.observations);
    this.#verdicts = new VerdictWriter(this.link.verdicts);
    this.events = leaseEvents4(this.book, this.eventMemory, options.listening ?? Listening.off);
    const subnetIds = this.config.subnets.map((subnet) => subnet.id);
    this.statistics = allocateStatistics(2, subnetIds, poolSeries(this.config.subnets).series);
    this.#reader = new StatisticsReader(this.statistics);
    this.#fd = openUdpSocket({ address: LOOPBACK, port: 0, broadcast: true });
    this.#client = openUdpSocket({ address: LOOPBACK, port: 0 });
    this.#arrivals = new Poller([this.#client]);
    const one = { fd: this.#fd, replyFd: this.#fd, broadcastFd: this.#fd, joinMax: 0, raw: null };
    this.socket = { ...one, address: LOOPBACK, interfaceName: 'lo', broadcast: false };
    writeSocketTable(this.#sockets, [this.socket]);
    this.task = {
      shard: 0,
      sockets: this.#sockets,
      config: this.config,
      book: this.bookMemory,
      limited,
      rates: allocateRateLimits(this.config.hooks.limits),
      ping: options.ping ?? null,
      durations: options.durations ?? null,
      policies: this.#policy,
      updates,
      events: this.eventMemory,
      handed: [],
      listening: options.listening ?? Listening.off,
      link: this.link,
      ...NO_JOURNAL,
      dns: this.dns,
      statistics: this.statistics,
      parkedMax: PARKED_MAX,
      forcedPort: localPort(this.#client),
    };
    this.#loop = openShard4(this.task, this.#clock);
    for (let relationship = 0; relationship < relationships; relationship++) this.policy({}, relationship);
  }

  policy(changes: Partial<Policy>, relationship = 0): void {
    publishPolicy(new Int32Array(this.#policy), relationship, { ...OPEN, ...changes });
  }

  /** Sends a datagram and runs a turn; more than one only where the kernel has not delivered it yet. */
  send(datagram: Uint8Array): void {
    const received = this.statistic('pkt4-received');
    this.post(datagram);
    for (let turns = 0; turns < DELIVERY_TURNS_MAX; turns++) {
      this.#loop.turn();
      if (this.statistic('pkt4-received') > received) return;
    }
    throw new Error('the kernel has not delivered a datagram');
  }

  /** Sends a datagram that waits in the socket for a turn. */
  post(datagram: Uint8Array): void {
    this.#sender.bytes.set(datagram);
    this.#sender.queue(0, datagram.length, LOOPBACK, localPort(this.#fd), this.#client);
    this.#sender.flush();
  }

  /** One turn that waits for nothing, as after a wake-up by another thread. */
  turn(): void {
    signalEventFd(this.link.eventFd);
    this.#loop.turn();
  }

  /** Gives the running shard other sockets, as main does; it takes them with its next turn. */
  giveSockets(sockets: readonly ServerSocket[]): void {
    writeSocketTable(this.#sockets, sockets);
    Atomics.add(new Int32Array(this.link.words), ShardWord.socketsGiven, 1);
  }

  /** Stops the shard with whatever it has parked and starts another one on the same memory and sockets, as a reload does. */
  restart(changes: Partial<ShardTask> = {}): void {
    Atomics.store(new Int32Array(this.link.words), ShardWord.stop, 1);
    this.#loop.run();
    Atomics.store(new Int32Array(this.link.words), ShardWord.stop, 0);
    this.#loop = openShard4({ ...this.task, ...changes }, this.#clock);
  }

  /** Everything recorded so far is on disk. */
  makeDurable(): void {
    Atomics.store(this.#changes, ChangeWord.durable, Atomics.load(this.#changes, ChangeWord.last));
    this.turn();
  }

  verdict(first: number, count: number, verdict: Verdict): void {
    this.#verdicts.write(first, count, verdict);
    this.turn();
  }

  /** Replies that have arrived at the client. */
  replies(): Reply[] {
    const count = this.#receiver.receive(this.#client);
    return Array.from({ length: count }, (_, i) =>
      readReply(
        new Uint8Array(this.#memory.slice(i * DATAGRAM_BYTES, i * DATAGRAM_BYTES + this.#receiver.length(i))),
      ),
    );
  }

  /** Sends a datagram, makes what it changed durable, and returns the only reply, or null. */
  ask(datagram: Uint8Array): Reply | null {
    const sent = this.statistic('pkt4-sent');
    this.send(datagram);
    this.makeDurable();
    if (this.statistic('pkt4-sent') > sent) this.#arrivals.wait(DELIVERY_MS_MAX);
    const replies = this.replies();
    if (replies.length > 1) throw new Error(`${replies.length} replies to one query`);
    return replies[0] ?? null;
  }

  statistic(name: GlobalStatistic): number {
    return this.#reader.global(name);
  }

  subnetStatistic(name: string): number | undefined {
    return this.#reader.all().get(name);
  }

  /** The row of an address, offers included, or null. */
  lease(address: string): Lease4 | null {
    const slot = this.book.table.findByAddress(parseIpv4(address)!);
    return slot < 0 ? null : leaseOfRecord(this.book.recordOf(slot));
  }

  /** Addresses that have a row. */
  addresses(): string[] {
    const found: string[] = [];
    for (let slot = 0; slot < this.book.table.highWater(); slot++) {
      const address = this.book.table.rows.address(slot);
      if (address !== 0) found.push(formatIpv4(address));
    }
    return found.sort();
  }

  close(): void {
    closeFd(this.#fd);
    closeFd(this.#client);
    closeFd(this.link.eventFd);
  }
}
