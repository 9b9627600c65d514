/** Everything of the running server that holds leases: the book, main's store, expiry, and the lease file below them. */
import type { Clock } from '../../base/clock.ts';
import type { Ipv4 } from '../../base/ipv4.ts';
import { DDNS_DEFAULTS } from '../../config/ddns-model.ts';
import type { ServerConfig } from '../../config/model.ts';
import type { NamesOf } from '../../ddns/request.ts';
import { DdnsSender } from '../../ddns/sender.ts';
import { G, type StatisticsWriter } from '../../engine/figures/statistics.ts';
import type { StatisticsReader } from '../../engine/figures/statistics-reader.ts';
import { type LeaseEventWriter4, leaseEvents4 } from '../../engine/leases/event-query.ts';
import { createReclaimer4 } from '../../engine/leases/expiring-leases.ts';
import { LeaseAccounting } from '../../engine/leases/lease-accounting.ts';
import { limitedCountsOf } from '../../engine/leases/limited-scopes.ts';
import { MainLeaseStore } from '../../engine/leases/main-lease-store.ts';
import { DnsLog } from '../../engine/names/dns-log.ts';
import { MainDns } from '../../engine/names/main-dns.ts';
import { readNamedLease } from '../../engine/names/named-lease.ts';
import { poolAt } from '../../engine/subnets/pool-at.ts';
import { allocateServerPools } from '../../engine/subnets/pool-plan.ts';
import { poolSeries } from '../../engine/subnets/pool-series.ts';
import { LeaseBook } from '../../lease/dhcp4/book.ts';
import { allocateLeaseTable, type LeaseTableMemory } from '../../lease/dhcp4/layout.ts';
import { copyLeaseTable } from '../../lease/dhcp4/table-copy.ts';
import { allocatePools } from '../../lease/pool.ts';
import type { Log } from '../../log/logger.ts';
import { listeningOf } from '../libraries/lease-events.ts';
import { keepsContexts, leaseCapacity, type ServerMemory } from '../memory.ts';
import { ExpiryTimer } from './expiry.ts';
import { LeaseChange, type LeaseTables } from './lease-change.ts';
import { countLeases, loadLeases } from './lease-files.ts';
import { leaseFileOf, type Storage } from './storage.ts';

const DDNS_CELLS = {
  sent: G['tandem-ddns-sent'],
  sendFailed: G['tandem-ddns-send-failed'],
  lost: G['tandem-ddns-lost'],
  notAName: G['tandem-ddns-not-a-name'],
};

export interface LeasesParts {
  readonly memory: ServerMemory;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
}

/** The data plane's statistics, as main sees them. */
interface Statistics {
  readonly reader: StatisticsReader;
  readonly writer: StatisticsWriter;
}

type LeaseChange4 = LeaseChange<ServerConfig, LeaseTableMemory>;

export class Leases {
  readonly #parts: LeasesParts;
  readonly book: LeaseBook;
  readonly store: MainLeaseStore;
  readonly dns: MainDns<LeaseBook, Ipv4>;
  readonly #sender: DdnsSender;
  #writer: StatisticsWriter;
  #accounting: LeaseAccounting;
  #events: LeaseEventWriter4;
  #config: ServerConfig;
  #expiry: ExpiryTimer | null = null;

  constructor(parts: LeasesParts, config: ServerConfig, statistics: StatisticsWriter) {
    this.#parts = parts;
    this.#config = config;
    this.#writer = statistics;
    this.book = new LeaseBook(parts.memory.book, parts.memory.limited);
    this.dns = new MainDns({
      book: this.book,
      log: new DnsLog(parts.memory.dns, readNamedLease),
      find: ({ table }, address) => table.findByAddress(address),
      isEnabled: () => this.#config.ddns.enableUpdates,
    });
    const sending = {
      memory: parts.memory.dns,
      statistics: () => this.#writer,
      cells: DDNS_CELLS,
      clock: parts.clock,
      log: parts.log,
    };
    this.#sender = new DdnsSender(sending, config.ddns, namesOf(config));
    this.#accounting = accountingOf(config, statistics);
    this.#events = this.#eventsOf(config);
    this.store = new MainLeaseStore({
      book: this.book,
      accounting: () => this.#accounting,
      durability: parts.storage.journal,
      clock: parts.clock,
    });
  }

  /** Loads the lease file and starts the journal on it. @throws an Error that says what is wrong with the file */
  start(): void {
    const { storage, clock, log } = this.#parts;
    const { leaseDatabase } = this.#config;
    const cleanupDue = leaseDatabase.persist && loadLeases(this.#config, this.book, clock, log);
    countLeases(this.book, this.#accounting);
    storage.start(cleanupDue);
    this.#sender.start();
    const reclaimer = createReclaimer4(
      this.book,
      () => this.#accounting,
      () => this.#events,
      clock,
      () => this.dns.active(),
    );
    this.#expiry = new ExpiryTimer(reclaimer, () => this.#config.expiredLeases, log);
  }

  /**
   * Makes ready what another configuration wants of the leases, while the server works by the old one.
   * @throws an Error that says what is wrong with the lease file; nothing has changed
   */
  prepare(config: ServerConfig): Promise<LeaseChange4> {
    const { storage, log } = this.#parts;
    const parts = { tables: leaseTables(this.#parts), storage, log };
    return LeaseChange.prepare(parts, leaseFileOf(this.#config), config);
  }

  /**
   * Works with another configuration's leases, pools and subnets; no shard runs, and the journal has ended where the
   * change asks for that.
   * @param table of the change
   */
  commit(config: ServerConfig, change: LeaseChange4, table: LeaseTableMemory, statistics: Statistics): void {
    const { memory, clock } = this.#parts;
    this.#config = config;
    this.#events = this.#eventsOf(config);
    this.#writer = statistics.writer;
    this.#sender.use(config.ddns, namesOf(config));
    this.#accounting = accountingOf(config, statistics.writer);
    const pools = allocateServerPools(config);
    if (table !== memory.book.table) this.book.replaceTable(table);
    this.book.replacePools(pools, clock.wallSec());
    memory.book = { ...memory.book, table, pools };
    memory.limited = limitedCountsOf(config.hooks.limits, table.capacity);
    this.book.replaceLimited(memory.limited);
    this.#accounting.recount(this.book, statistics.reader);
    change.commit();
  }

  #eventsOf(config: ServerConfig): LeaseEventWriter4 {
    return leaseEvents4(this.book, this.#parts.memory.events, listeningOf(config));
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

function leaseTables({ memory, clock, log }: LeasesParts): LeaseTables<ServerConfig, LeaseTableMemory> {
  return {
    current: () => memory.book.table,
    capacityFor: leaseCapacity,
    keepsContexts,
    allocate: allocateLeaseTable,
    copy: copyLeaseTable,
    load: (config, table) => {
      const book = new LeaseBook({ ...memory.book, table, pools: allocatePools([]) });
      return loadLeases(config, book, clock, log);
    },
  };
}

/** The settings of names by subnet id and address; those of a subnet that is gone are Kea's defaults. */
function namesOf(config: ServerConfig): NamesOf {
  const bySubnet = new Map(
    config.subnets.map(({ id, ddns, pools }) => [
      id,
      { ddns, pools: pools.filter((pool) => pool.ddns !== null) },
    ]),
  );
  return (subnetId, address) => {
    const subnet = bySubnet.get(subnetId);
    if (subnet === undefined) return DDNS_DEFAULTS;
    const { buffer, byteOffset } = address;
    return poolAt(subnet.pools, new DataView(buffer, byteOffset).getUint32(0))?.ddns ?? subnet.ddns;
  };
}

function accountingOf(config: ServerConfig, statistics: StatisticsWriter): LeaseAccounting {
  return new LeaseAccounting(
    statistics,
    config.subnets.map((subnet) => subnet.id),
    poolSeries(config.subnets).pools,
  );
}
