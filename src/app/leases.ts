/** Everything of the running server that holds leases: the book, main's store, expiry, and the lease file below them. */
import type { Clock } from '../base/clock.ts';
import type { ServerConfig } from '../config/model.ts';
import { poolRanges } from '../engine/compiled.ts';
import { LeaseAccounting } from '../engine/lease-accounting.ts';
import { MainLeaseStore } from '../engine/main-lease-store.ts';
import { Reclaimer } from '../engine/reclaim.ts';
import type { StatisticsReader, StatisticsWriter } from '../engine/statistics.ts';
import { LeaseBook } from '../lease/book.ts';
import { allocatePools, type PoolMemory } from '../lease/pool.ts';
import type { Log } from '../log/logger.ts';
import { ExpiryTimer } from './expiry.ts';
import { countLeases, loadLeases } from './lease-files.ts';
import type { ServerMemory } from './memory.ts';
import type { Storage } from './storage.ts';

export interface LeasesParts {
  readonly memory: ServerMemory;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
}

export class Leases {
  readonly #parts: LeasesParts;
  readonly book: LeaseBook;
  readonly store: MainLeaseStore;
  #accounting: LeaseAccounting;
  #config: ServerConfig;
  #expiry: ExpiryTimer | null = null;

  constructor(parts: LeasesParts, config: ServerConfig, statistics: StatisticsWriter) {
    this.#parts = parts;
    this.#config = config;
    this.book = new LeaseBook(parts.memory.book);
    this.#accounting = accountingOf(config, statistics);
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
    const cleanupDue = leaseDatabase.persist && loadLeases(leaseDatabase, this.book, clock, log);
    countLeases(this.book, this.#accounting);
    storage.start(cleanupDue);
    const reclaimer = new Reclaimer(this.book, () => this.#accounting, clock);
    this.#expiry = new ExpiryTimer(reclaimer, () => this.#config.expiredLeases, log);
  }

  /**
   * Works with another configuration's pools and subnets; no shard runs.
   * @param reader the statistics that `statistics` writes to
   * @returns the pools for the shards
   */
  reconfigure(config: ServerConfig, statistics: StatisticsWriter, reader: StatisticsReader): PoolMemory {
    this.#config = config;
    this.#accounting = accountingOf(config, statistics);
    const pools = allocatePools(poolRanges(config));
    this.book.replacePools(pools, this.#parts.clock.wallSec());
    this.#accounting.recount(this.book, reader);
    return pools;
  }

  /** Stops the expiry timer and the journal. @returns false when rows did not reach the disk */
  async stop(): Promise<boolean> {
    this.#expiry?.stop();
    return await this.#parts.storage.stop();
  }
}

function accountingOf(config: ServerConfig, statistics: StatisticsWriter): LeaseAccounting {
  return new LeaseAccounting(
    statistics,
    config.subnets.map((subnet) => subnet.id),
  );
}
