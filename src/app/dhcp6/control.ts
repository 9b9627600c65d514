/** The control API of a DHCPv6 server: commands, pages for monitoring, and a server for each configured socket. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import type { CommandHandler } from '../../control/answer.ts';
import { createLease6Commands } from '../../control/commands/lease6.ts';
import { LeaseSubnets6 } from '../../control/commands/lease6-subnets.ts';
import { poolTotals6 } from '../../control/commands/pool-totals6.ts';
import { createStatisticsCommands, StatisticValues } from '../../control/commands/statistics.ts';
import { createStatusCommands } from '../../control/commands/status.ts';
import type { HttpPage } from '../../control/http/kea-http.ts';
import { createStatLeaseCommands } from '../../control/library/stat-lease.ts';
import type { ServerFigures } from '../../control/monitoring/figures.ts';
import { POOL_FILLS_6 } from '../../control/monitoring/metric-names.ts';
import { createMetrics } from '../../control/monitoring/metrics.ts';
import { createMonitoringPages } from '../../control/monitoring/pages.ts';
import { SAMPLE_INTERVAL_MS, StatisticHistory } from '../../control/statistic-history.ts';
import { STATISTICS_6 } from '../../engine/dhcp6/statistics.ts';
import { dhcpState, type ServiceSwitch, serviceHeldOff } from '../../ha/switch/switch.ts';
import type { ChangeSource } from '../../lease/store.ts';
import type { Log } from '../../log/logger.ts';
import { BUILD_REPORT, VERSION } from '../../version.ts';
import { ControlPorts } from '../control/control-ports.ts';
import type { CredentialUser } from '../control/credential-files.ts';
import { figuresOf, journalFailures } from '../control/figures.ts';
import type { ListenerSpec } from '../control/listeners.ts';
import type { DataPlane } from '../data-plane.ts';
import type { HighAvailability } from '../ha/high-availability.ts';
import type { Storage } from '../leases/storage.ts';
import type { SocketKinds6 } from '../sockets/dhcp6/sockets.ts';
import type { InterfaceWatch } from '../sockets/interface-watch.ts';
import { addressTotals6 } from './address-totals.ts';
import type { Leases6 } from './leases.ts';
import type { ServerMemory6 } from './memory.ts';
import type { ShardKinds6 } from './shard-family.ts';

export interface ControlParts6 {
  readonly config: ServerConfig6;
  readonly dataPlane: DataPlane<ShardKinds6>;
  readonly interfaces: InterfaceWatch<SocketKinds6>;
  readonly leases: Leases6;
  readonly storage: Storage;
  readonly memory: ServerMemory6;
  readonly serviceSwitch: ServiceSwitch;
  readonly highAvailability: HighAvailability;
  readonly clock: Clock;
  readonly log: Log;
  readonly shutdown: (exitValue: number) => void;
}

export class Control6 {
  readonly #parts: ControlParts6;
  readonly #table = new Map<string, CommandHandler>();
  readonly #history: StatisticHistory;
  /** `subnet[ID].total-nas` and `.total-pds`: what is in the pools. */
  readonly #totals: ReadonlyMap<string, number>;
  readonly #ports: ControlPorts;
  #sampling: NodeJS.Timeout | undefined;

  constructor(parts: ControlParts6) {
    this.#parts = parts;
    const { clock, config, dataPlane, log } = parts;
    this.#totals = poolTotals6(config.subnets);
    const values = new StatisticValues();
    this.#history = new StatisticHistory({
      clock,
      values: (isAllWanted) => values.look(dataPlane.reader, this.#totals, isAllWanted),
      reported: () => new Map(),
      limit: () => config.statisticSamples,
    });
    this.#ports = new ControlPorts({ service: 'dhcp6', log, table: this.#table, pages: this.#createPages() });
    const { highAvailability } = parts;
    const commands = [
      ...this.#statusCommands(),
      ...createStatisticsCommands(this.#history),
      ...this.#leaseCommands('administrator'),
      ...this.#libraryCommands(),
      ...highAvailability.commands,
    ];
    for (const [name, handler] of commands) this.#table.set(name, handler);
    highAvailability.serve(new Map([...this.#table, ...this.#leaseCommands('peer')]));
  }

  #statusCommands(): Map<string, CommandHandler> {
    const { clock, config, interfaces, serviceSwitch, shutdown } = this.#parts;
    const startedMs = clock.monotonicMs();
    return createStatusCommands({
      clock,
      table: () => this.#table,
      version: { version: VERSION, extended: BUILD_REPORT },
      startedMs,
      configuredMs: () => startedMs,
      config: () => config,
      sockets: () => interfaces.status(),
      dhcpState: () => dhcpState(serviceSwitch),
      highAvailability: () => this.#parts.highAvailability.status(),
      shutdown,
    });
  }

  #createPages(): ReadonlyMap<string, HttpPage> {
    const { config, dataPlane, interfaces, log, storage } = this.#parts;
    const metrics = createMetrics({
      version: VERSION,
      names: STATISTICS_6,
      fills: POOL_FILLS_6,
      reader: () => dataPlane.reader,
      totals: () => this.#totals,
      subnetIds: () => config.subnets.map(({ id }) => id),
      showsSubnets: () => config.tandem.subnetMetrics,
      figures: () => this.#figures(),
    });
    return createMonitoringPages({
      log,
      metrics,
      failures: () => journalFailures(storage.journal),
      notReady: () => [...this.#heldOff(), ...interfaces.notReady()],
      why: () => this.#parts.highAvailability.whyText(),
    });
  }

  #figures(): ServerFigures {
    const { config, interfaces, leases, storage } = this.#parts;
    const parts = {
      ...this.#parts,
      leases: { count: leases.count(), max: leases.book.table.capacity },
      interfaces: interfaces.served(),
      journal: config.leaseDatabase.persist ? storage.journal : null,
    };
    return { ...figuresOf(parts), perfmon: null };
  }

  #heldOff(): string[] {
    const { serviceSwitch, highAvailability } = this.#parts;
    const heldOff = serviceHeldOff(serviceSwitch);
    return heldOff.length === 0 ? [] : [...heldOff, ...highAvailability.why()];
  }

  /** Those of its sockets whose certificates and passwords stand in files. */
  credentialUsers(): CredentialUser[] {
    return this.#ports.credentialUsers();
  }

  /** @param caller who reaches them */
  #leaseCommands(caller: ChangeSource): Map<string, CommandHandler> {
    const { clock, config, leases } = this.#parts;
    if (!config.leaseCommands) return new Map();
    const subnets = LeaseSubnets6.of(config);
    return createLease6Commands({
      store: leases.store,
      subnets: () => subnets,
      clock,
      caller,
      leaseFile: () => (config.leaseDatabase.persist ? config.leaseDatabase.path : null),
      yieldTurn: () => nextTurn(),
    });
  }

  #libraryCommands(): Map<string, CommandHandler> {
    const { clock, config, dataPlane } = this.#parts;
    if (!config.commandLibraries.includes('stat_cmds')) return new Map();
    const totals = addressTotals6(config);
    const sources = {
      clock,
      reader: () => {
        const values = dataPlane.reader.all();
        const subnet = (_: number, name: string, id: number) => values.get(`subnet[${id}].${name}`) ?? 0;
        return { subnet };
      },
      totals: () => totals,
      subnetIds: () => config.subnets.map(({ id }) => id),
    };
    return createStatLeaseCommands(sources, 6);
  }

  /** The control sockets that the configuration asks for. */
  listeners(): ListenerSpec[] {
    return this.#ports.listeners(this.#parts.config);
  }

  /** Keeps samples of the statistics from now on. */
  start(): void {
    this.#history.look();
    this.#sampling = setInterval(() => this.#history.look(), SAMPLE_INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#sampling);
  }
}
