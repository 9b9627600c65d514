/**
 * One server of a pair with all that decides what becomes of a lease: packet loop on a real socket, lease table, change
 * log, update dispatcher, state machine and the commands that partners send each other. Disk and clock are models, and
 * the partner is reached by calling its command handlers. A server lives from start to stop or kill; its disk outlives it.
 */

import type { Clock } from '../../src/base/clock.ts';
import type { HaRelationshipConfig } from '../../src/config/ha-model.ts';
import type { ServerConfig } from '../../src/config/model.ts';
import type { CommandHandler } from '../../src/control/answer.ts';
import { createLease4Commands } from '../../src/control/commands/lease4.ts';
import { LeaseSubnets } from '../../src/control/commands/lease4-subnets.ts';
import { StatisticsWriter } from '../../src/engine/figures/statistics.ts';
import { LeaseAccounting } from '../../src/engine/leases/lease-accounting.ts';
import { MainLeaseStore } from '../../src/engine/leases/main-lease-store.ts';
import type { HaService } from '../../src/ha/service/model.ts';
import { createHaService } from '../../src/ha/service/service.ts';
import { createServiceSwitch, type ServiceSwitch } from '../../src/ha/switch/switch.ts';
import { haLeases4 } from '../../src/ha/sync/dhcp4/leases.ts';
import { recordOfLease } from '../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../src/lease/dhcp4/model.ts';
import type { LogId } from '../../src/log/messages.ts';
import { createUpdateDispatcher } from '../../src/peer/dispatcher.ts';
import type { PeerClient, UpdateDispatcher } from '../../src/peer/model.ts';
import { BenchServer } from '../engine/bench-server.ts';
import { ModelDisk } from '../engine/model-disk.ts';
import type { Reply } from '../engine/packets.ts';
import { NO_STREAMS } from '../ha/support/streams.ts';
import type { VirtualTime } from '../ha/support/virtual-time.ts';

/** The clock of one machine: it runs with the others but shows another time. */
class MachineClock implements Clock {
  readonly #time: VirtualTime;
  aheadSec: number;

  constructor(time: VirtualTime, aheadSec: number) {
    this.#time = time;
    this.aheadSec = aheadSec;
  }

  wallSec(): number {
    return this.#time.wallSec() + this.aheadSec;
  }

  wallMs(): number {
    return this.#time.wallMs() + this.aheadSec * 1000;
  }

  monotonicMs(): number {
    return this.#time.monotonicMs();
  }
}

export interface ModelServerOptions {
  readonly dhcp4: Record<string, unknown>;
  readonly alter: (config: ServerConfig) => ServerConfig;
  readonly time: VirtualTime;
  readonly aheadSec: number;
  readonly partner: PeerClient;
  /** What the disk has. */
  readonly leases: readonly Lease4[];
}

export class ModelServer {
  readonly service: HaService;
  readonly store: MainLeaseStore;
  readonly handlers: ReadonlyMap<string, CommandHandler>;
  readonly clock: MachineClock;
  readonly log: string[] = [];
  readonly #bench: BenchServer;
  readonly #disk: ModelDisk;
  readonly #dispatcher: UpdateDispatcher;
  readonly #serviceSwitch: ServiceSwitch;
  #ended = false;

  constructor(options: ModelServerOptions) {
    const { time, partner, alter } = options;
    this.clock = new MachineClock(time, options.aheadSec);
    const { clock } = this;
    const memory = { changeLogBytes: 1 << 21, capacity: 1024 };
    const bench = new BenchServer(options.dhcp4, { clock, ...memory, alter });
    this.#bench = bench;
    const { book, config } = bench;
    const relationship = config.relationships[0] as HaRelationshipConfig;
    for (const lease of options.leases) book.write(recordOfLease(lease), clock.wallSec());
    this.#disk = new ModelDisk(bench, options.leases);
    const subnetIds = config.subnets.map(({ id }) => id);
    const accounting = new LeaseAccounting(new StatisticsWriter(bench.statistics, 0), subnetIds);
    const durability = { durable: async () => this.#disk.sync(Number.POSITIVE_INFINITY) };
    this.store = new MainLeaseStore({ book, accounting: () => accounting, durability, clock });
    const log = (id: LogId, fields: object = {}): void => {
      this.log.push(`${time.monotonicMs()} ${id} ${JSON.stringify(fields)}`);
    };
    const leases = haLeases4(this.store, clock);
    this.#serviceSwitch = createServiceSwitch({ timers: time, log });
    this.service = createHaService({
      config: relationship,
      index: 0,
      clock,
      timers: time,
      log,
      leases,
      peers: [partner],
      serviceSwitch: this.#serviceSwitch,
      synchronizedSubnets: () => null,
      publish: async (policy) => {
        if (this.#ended) return;
        bench.policy(policy);
        bench.turn();
      },
      version: '0.0.0-model',
      yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
      passTime: async () => {},
      streams: NO_STREAMS,
      concerns: () => [],
    });
    this.#dispatcher = createUpdateDispatcher({
      updates: bench.updateMemory,
      verdicts: [bench.link.verdicts],
      wake: () => this.turn(),
      partner,
      backups: [],
      stream: null,
      ...relationship,
      connections: 4,
      sendsUpdates: true,
      listener: this.service,
      family: leases.family,
      standing: (address) => leases.standing(address),
      clock,
      log,
    });
    this.handlers = new Map([...this.#leaseCommands(config), ...this.service.commands]);
  }

  #leaseCommands(config: ServerConfig): ReadonlyMap<string, CommandHandler> {
    const { store, clock } = this;
    const subnets = LeaseSubnets.of(config);
    const nothing = { leaseFile: () => null, yieldTurn: async () => {} };
    return createLease4Commands({ store, subnets: () => subnets, clock, caller: 'peer', ...nothing });
  }

  start(): this {
    this.service.start(this.#dispatcher);
    return this;
  }

  get state(): string {
    return this.service.why().state;
  }

  /** A datagram from a client; what it brings about shows in `replies`. */
  send(datagram: Uint8Array): void {
    this.#bench.send(datagram);
  }

  turn(): void {
    if (!this.#ended) this.#bench.turn();
  }

  /** Writes rows to the disk. */
  sync(rows: number): void {
    if (!this.#ended) this.#disk.sync(rows);
  }

  replies(): Reply[] {
    return this.#bench.replies();
  }

  /** Ends it at once; rows that are not on the disk are lost. @returns what the disk has */
  async kill(): Promise<Lease4[]> {
    this.#ended = true;
    this.service.stop();
    await this.#dispatcher.close();
    this.#serviceSwitch.close();
    this.#bench.close();
    return [...this.#disk.durable.values()];
  }

  /** Ends it in order. */
  async stop(): Promise<Lease4[]> {
    this.service.stop();
    this.sync(Number.POSITIVE_INFINITY);
    return this.kill();
  }
}
