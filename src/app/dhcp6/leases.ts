/** The leases of a DHCPv6 server as main has them: the book, the lease file below it, and the expiry timer. */
import type { Clock } from '../../base/clock.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import { DdnsSender } from '../../ddns/sender.ts';
import { indexSubnets6 } from '../../engine/dhcp6/compiled/compiled-configuration.ts';
import { ExpiringLeases6 } from '../../engine/dhcp6/leases/expiring-leases.ts';
import { type CountingLeases, countLoaded } from '../../engine/dhcp6/leases/lease-counts.ts';
import { MainLeaseStore6 } from '../../engine/dhcp6/leases/main-lease-store.ts';
import { readNamedLease6 } from '../../engine/dhcp6/names/named-lease.ts';
import { G6 } from '../../engine/dhcp6/statistics.ts';
import type { StatisticsWriter } from '../../engine/figures/statistics.ts';
import { Reclaimer } from '../../engine/leases/reclaim.ts';
import { DnsLog, type DnsLogMemory } from '../../engine/names/dns-log.ts';
import { MainDns } from '../../engine/names/main-dns.ts';
import { loadLeaseFiles } from '../../journal/load.ts';
import { LeaseBook6, type LeaseBookMemory6 } from '../../lease/dhcp6/book.ts';
import { rowCodec6 } from '../../lease/dhcp6/row-codec.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import type { Log } from '../../log/logger.ts';
import { acceptLoad } from '../leases/accept-load.ts';
import { ExpiryTimer } from '../leases/expiry.ts';
import type { Storage } from '../leases/storage.ts';
import { namesOf6 } from './names-of.ts';

const DDNS_CELLS = {
  sent: G6['tandem-ddns-sent'],
  sendFailed: G6['tandem-ddns-send-failed'],
  lost: G6['tandem-ddns-lost'],
  notAName: G6['tandem-ddns-not-a-name'],
};

export interface LeasesParts6 {
  readonly memory: { readonly book: LeaseBookMemory6; readonly dns: DnsLogMemory };
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
}

export class Leases6 {
  readonly #parts: LeasesParts6;
  readonly #config: ServerConfig6;
  readonly book: LeaseBook6;
  readonly store: MainLeaseStore6;
  /** An address is told by its 16 octets. */
  readonly dns: MainDns<LeaseBook6, Uint8Array>;
  readonly #sender: DdnsSender;
  readonly #counting: CountingLeases;
  #expiry: ExpiryTimer | null = null;

  constructor(parts: LeasesParts6, config: ServerConfig6, statistics: StatisticsWriter) {
    this.#parts = parts;
    this.#config = config;
    this.book = new LeaseBook6(parts.memory.book);
    this.dns = new MainDns({
      book: this.book,
      log: new DnsLog(parts.memory.dns, readNamedLease6),
      find: ({ table }, address) => table.findByAddress(address, 0),
      isEnabled: () => this.#config.ddns.enableUpdates,
    });
    const { clock, log, memory } = parts;
    const sending = { memory: memory.dns, statistics: () => statistics, cells: DDNS_CELLS, clock, log };
    this.#sender = new DdnsSender(sending, config.ddns, namesOf6(config));
    const subnets = indexSubnets6(config);
    this.#counting = { book: this.book, statistics, subnets, subnet: null };
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
    const cleanupDue = this.#config.leaseDatabase.persist && this.#load();
    const { table } = this.book;
    for (let slot = 0; slot < table.highWater(); slot++)
      if (!table.rows.isFree(slot)) countLoaded(this.#counting, slot);
    storage.start(cleanupDue);
    this.#sender.start();
    const expiring = new ExpiringLeases6(
      this.book,
      () => this.#counting,
      () => this.dns.active(),
    );
    const reclaimer = new Reclaimer(expiring, clock);
    this.#expiry = new ExpiryTimer(reclaimer, () => this.#config.expiredLeases, log);
  }

  /** Leases in memory, offers included. */
  count(): number {
    return this.book.table.count();
  }

  /** Stops the expiry timer, the way to DNS and the journal. @returns false when rows did not reach the disk */
  async stop(): Promise<boolean> {
    this.#expiry?.stop();
    await this.#sender.close();
    return await this.#parts.storage.stop();
  }

  /** @returns whether a clean-up is due */
  #load(): boolean {
    const { clock, log } = this.#parts;
    const { book } = this;
    const { path, maxRowErrors } = this.#config.leaseDatabase;
    const nowSec = clock.wallSec();
    const outcome = loadLeaseFiles(
      rowCodec6,
      { path, maxRowErrors },
      {
        put: (record) => (book.write(record, nowSec) === NO_SLOT ? 'full' : 'kept'),
        remove: ({ bytes, offset }) => {
          const slot = book.table.findByAddress(bytes, offset);
          if (slot !== NO_SLOT) book.remove(slot);
        },
      },
      clock,
    );
    if (outcome.kind === 'refused') throw new Error(outcome.reason);
    return acceptLoad(outcome.report, book.table.capacity, log);
  }
}
