/** The leases of a DHCPv6 server as main has them: the book, the lease file below it, and the expiry timer. */
import type { Clock } from '../../base/clock.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import { DdnsSender } from '../../ddns/sender.ts';
import { indexSubnets6 } from '../../engine/dhcp6/compiled/compiled-configuration.ts';
import { type LeaseEventWriter6, leaseEvents6 } from '../../engine/dhcp6/leases/event-query.ts';
import { ExpiringLeases6 } from '../../engine/dhcp6/leases/expiring-leases.ts';
import { type CountingLeases, countLoaded } from '../../engine/dhcp6/leases/lease-counts.ts';
import { MainLeaseStore6 } from '../../engine/dhcp6/leases/main-lease-store.ts';
import { recountLeases } from '../../engine/dhcp6/leases/recount.ts';
import { readNamedLease6 } from '../../engine/dhcp6/names/named-lease.ts';
import { G6 } from '../../engine/dhcp6/statistics.ts';
import { allocateServerPools6 } from '../../engine/dhcp6/subnets/pool-memory.ts';
import type { StatisticNames } from '../../engine/figures/statistic-names.ts';
import type { StatisticsWriter } from '../../engine/figures/statistics.ts';
import type { StatisticsReader } from '../../engine/figures/statistics-reader.ts';
import { limitedCountsOf } from '../../engine/leases/limited-scopes.ts';
import { Reclaimer } from '../../engine/leases/reclaim.ts';
import { DnsLog } from '../../engine/names/dns-log.ts';
import { MainDns } from '../../engine/names/main-dns.ts';
import { LeaseBook6 } from '../../lease/dhcp6/book.ts';
import { allocateLeaseTable6, type LeaseTableMemory6 } from '../../lease/dhcp6/layout.ts';
import { allocatePools6 } from '../../lease/dhcp6/pools/memory.ts';
import { planPools6 } from '../../lease/dhcp6/pools/plan.ts';
import { copyLeaseTable6 } from '../../lease/dhcp6/table-copy.ts';
import type { Log } from '../../log/logger.ts';
import { ExpiryTimer } from '../leases/expiry.ts';
import { loadLeases6 } from './lease-files.ts';
import { namesOf6 } from './names-of.ts';

const DDNS_CELLS = {
  sent: G6['tandem-ddns-sent'],
  sendFailed: G6['tandem-ddns-send-failed'],
  lost: G6['tandem-ddns-lost'],
  notAName: G6['tandem-ddns-not-a-name'],
};

import { LeaseChange, type LeaseTables } from '../leases/lease-change.ts';
import { leaseFileOf, type Storage } from '../leases/storage.ts';
import { listeningOf } from '../libraries/lease-events.ts';
import { keepsContexts6, leaseCapacity6, type ServerMemory6 } from './memory.ts';

export interface LeasesParts6 {
  readonly memory: ServerMemory6;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
}

/** The data plane's statistics, as main sees them. */
interface Statistics {
  readonly reader: StatisticsReader<StatisticNames>;
  readonly writer: StatisticsWriter;
}

type LeaseChange6 = LeaseChange<ServerConfig6, LeaseTableMemory6>;

export class Leases6 {
  readonly #parts: LeasesParts6;
  #config: ServerConfig6;
  readonly book: LeaseBook6;
  readonly store: MainLeaseStore6;
  /** An address is told by its 16 octets. */
  readonly dns: MainDns<LeaseBook6, Uint8Array>;
  readonly #sender: DdnsSender;
  #counting: CountingLeases;
  #events: LeaseEventWriter6;
  #expiry: ExpiryTimer | null = null;

  constructor(parts: LeasesParts6, config: ServerConfig6, statistics: StatisticsWriter) {
    this.#parts = parts;
    this.#config = config;
    this.book = new LeaseBook6(parts.memory.book, parts.memory.limited);
    this.dns = new MainDns({
      book: this.book,
      log: new DnsLog(parts.memory.dns, readNamedLease6),
      find: ({ table }, address) => table.findByAddress(address, 0),
      isEnabled: () => this.#config.ddns.enableUpdates,
    });
    const { clock, log, memory } = parts;
    this.#counting = this.#countingBy(config, statistics);
    this.#events = this.#eventsOf(config);
    const writer = (): StatisticsWriter => this.#counting.statistics;
    const sending = { memory: memory.dns, statistics: writer, cells: DDNS_CELLS, clock, log };
    this.#sender = new DdnsSender(sending, config.ddns, namesOf6(config));
    this.store = new MainLeaseStore6({
      book: this.book,
      counting: () => this.#counting,
      durability: parts.storage.journal,
      clock: parts.clock,
    });
  }

  /** Loads the lease file and starts the journal on it. @throws an Error that says what is wrong with the file */
  start(): void {
    const { storage, clock, log } = this.#parts;
    const { persist } = this.#config.leaseDatabase;
    const cleanupDue = persist && loadLeases6(this.#config, this.book, clock, log);
    const { table } = this.book;
    for (let slot = 0; slot < table.highWater(); slot++)
      if (!table.rows.isFree(slot)) countLoaded(this.#counting, slot);
    storage.start(cleanupDue);
    this.#sender.start();
    const expiring = new ExpiringLeases6(
      this.book,
      () => this.#counting,
      () => this.#events,
      () => this.dns.active(),
    );
    const reclaimer = new Reclaimer(expiring, clock);
    this.#expiry = new ExpiryTimer(reclaimer, () => this.#config.expiredLeases, log);
  }

  /**
   * Makes ready what another configuration wants of the leases, while the server works by the old one.
   * @throws an Error that says what is wrong with the lease file; nothing has changed
   */
  prepare(config: ServerConfig6): Promise<LeaseChange6> {
    const { storage, log } = this.#parts;
    const parts = { tables: leaseTables6(this.#parts), storage, log };
    return LeaseChange.prepare(parts, leaseFileOf(this.#config), config);
  }

  /**
   * Works with another configuration's leases, pools and subnets; no shard runs, and the journal has ended where the
   * change asks for that.
   * @param table of the change
   */
  commit(
    config: ServerConfig6,
    change: LeaseChange6,
    table: LeaseTableMemory6,
    { reader, writer }: Statistics,
  ): void {
    const { memory, clock } = this.#parts;
    this.#config = config;
    this.#events = this.#eventsOf(config);
    const pools = allocateServerPools6(config);
    if (table !== memory.book.table) this.book.replaceTable(table);
    this.book.replacePools(pools, clock.wallSec());
    memory.book = { ...memory.book, table, pools };
    memory.limited = limitedCountsOf(config.hooks.limits, table.capacity);
    this.book.replaceLimited(memory.limited);
    this.#counting = this.#countingBy(config, writer);
    this.#sender.use(config.ddns, namesOf6(config));
    recountLeases(this.#counting, reader);
    change.commit();
  }

  #eventsOf(config: ServerConfig6): LeaseEventWriter6 {
    return leaseEvents6(this.book, this.#parts.memory.events, listeningOf(config));
  }

  #countingBy(config: ServerConfig6, statistics: StatisticsWriter): CountingLeases {
    return { book: this.book, statistics, subnets: indexSubnets6(config), subnet: null };
  }

  /** Leases in memory, offers included. */
  count(): number {
    return this.book.table.count();
  }

  /** Reclaims every lease that is over; rejects when the disk does not take it. @param remove as for leases-reclaim */
  async reclaim(remove: boolean): Promise<void> {
    await this.#expiry?.reclaimAll(remove, this.#parts.storage.journal);
  }

  /** Stops the expiry timer, the way to DNS and the journal. @returns false when rows did not reach the disk */
  async stop(): Promise<boolean> {
    this.#expiry?.stop();
    await this.#sender.close();
    return await this.#parts.storage.stop();
  }
}

function leaseTables6({ memory, clock, log }: LeasesParts6): LeaseTables<ServerConfig6, LeaseTableMemory6> {
  return {
    current: () => memory.book.table,
    capacityFor: leaseCapacity6,
    keepsContexts: keepsContexts6,
    allocate: allocateLeaseTable6,
    copy: copyLeaseTable6,
    load: (config, table) => {
      const pools = allocatePools6(planPools6([]));
      return loadLeases6(config, new LeaseBook6({ ...memory.book, table, pools }), clock, log);
    },
  };
}
