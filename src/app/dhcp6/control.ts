/**
 * The control API of a DHCPv6 server: one table of its commands, for state, statistics, configuration and what libraries bring, and
 * a server for each configured socket.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { completeDocument6 } from '../../config/complete/dhcp6.ts';
import type { CommandLibrary } from '../../config/control-model.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import { isServerText } from '../../config/read.ts';
import type { CommandHandler } from '../../control/answer.ts';
import { createConfigurationCommands } from '../../control/commands/configuration.ts';
import { createLease6Commands } from '../../control/commands/lease6.ts';
import { LeaseSubnets6 } from '../../control/commands/lease6-subnets.ts';
import { createMaintenanceCommands } from '../../control/commands/maintenance.ts';
import { poolTotals6 } from '../../control/commands/pool-totals6.ts';
import { createStatisticsCommands, StatisticValues } from '../../control/commands/statistics.ts';
import { createStatusCommands } from '../../control/commands/status.ts';
import { subnet6SelectTest } from '../../control/commands/subnet6-select-test.ts';
import type { HttpPage } from '../../control/http/kea-http.ts';
import { createLibraryCommands } from '../../control/library/commands.ts';
import { DOCUMENT_6 } from '../../control/library/document6.ts';
import type { DocumentSources } from '../../control/library/edit.ts';
import { createPerfmonCommands } from '../../control/library/perfmon-commands.ts';
import { createStatLeaseCommands } from '../../control/library/stat-lease.ts';
import type { ServerFigures } from '../../control/monitoring/figures.ts';
import { POOL_FILLS_6 } from '../../control/monitoring/metric-names.ts';
import { createMetrics } from '../../control/monitoring/metrics.ts';
import { createMonitoringPages } from '../../control/monitoring/pages.ts';
import { NOTHING_REPORTED, SAMPLE_INTERVAL_MS, StatisticHistory } from '../../control/statistic-history.ts';
import { STATISTICS_6 } from '../../engine/dhcp6/statistics.ts';
import { SubnetChoice6 } from '../../engine/dhcp6/subnets/subnet-choice.ts';
import type { CommandListener } from '../../events/event.ts';
import { dhcpState, type ServiceSwitch, serviceHeldOff } from '../../ha/switch/switch.ts';
import type { Perfmon } from '../../hooks/perfmon.ts';
import type { ChangeSource } from '../../lease/store.ts';
import type { Log } from '../../log/logger.ts';
import { BUILD_REPORT, VERSION } from '../../version.ts';
import type { ActiveConfiguration } from '../configuration.ts';
import { ControlPorts } from '../control/control-ports.ts';
import type { CredentialUser } from '../control/credential-files.ts';
import { figuresOf, journalFailures } from '../control/figures.ts';
import type { ListenerSpec } from '../control/listeners.ts';
import { onceOf } from '../control/once-of.ts';
import type { DataPlane } from '../data-plane.ts';
import type { HighAvailability } from '../ha/high-availability.ts';
import type { Storage } from '../leases/storage.ts';
import type { Reloading } from '../reload.ts';
import type { SocketKinds6 } from '../sockets/dhcp6/sockets.ts';
import type { InterfaceWatch } from '../sockets/interface-watch.ts';
import type { Leases6 } from './leases.ts';
import { maintenanceOf6 } from './maintenance.ts';
import type { ServerMemory6 } from './memory.ts';
import type { ShardKinds6 } from './shard-family.ts';

export interface ControlParts6 {
  readonly active: ActiveConfiguration<ServerConfig6>;
  /** Path of the configuration file. */
  readonly path: string;
  readonly dataPlane: DataPlane<ShardKinds6>;
  readonly interfaces: InterfaceWatch<SocketKinds6>;
  readonly leases: Leases6;
  readonly leaseEvents: { readonly commandListener: CommandListener | null };
  readonly storage: Storage;
  readonly memory: ServerMemory6;
  readonly serviceSwitch: ServiceSwitch;
  readonly highAvailability: HighAvailability;
  /** Null = the library is not loaded. */
  readonly perfmon: () => Perfmon | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly reloader: () => Reloading;
  readonly shutdown: (exitValue: number) => void;
}

export class Control6 {
  readonly #parts: ControlParts6;
  /** Every command of the server; the same map over reloads, so that sockets which stay open serve from it too. */
  readonly #table = new Map<string, CommandHandler>();
  readonly #history: StatisticHistory;
  /** `subnet[ID].total-nas` and `.total-pds`: what is in the pools; and the same as statistics show it, above 2^53 about so many. */
  readonly #poolTotals: () => ReadonlyMap<string, bigint>;
  readonly #totals: () => ReadonlyMap<string, number>;
  readonly #subnets: () => LeaseSubnets6;
  readonly #subnetChoice: () => SubnetChoice6;
  readonly #ports: ControlPorts;
  readonly #startedMs: number;
  readonly #documents: DocumentSources;
  #sampling: NodeJS.Timeout | undefined;

  constructor(parts: ControlParts6) {
    this.#parts = parts;
    const { active, clock, dataPlane, log, reloader } = parts;
    this.#startedMs = clock.monotonicMs();
    this.#poolTotals = onceOf(
      () => active.config,
      ({ subnets }) => poolTotals6(subnets),
    );
    this.#totals = onceOf(
      this.#poolTotals,
      (totals) => new Map([...totals].map(([name, count]) => [name, Number(count)])),
    );
    this.#subnets = onceOf(() => active.config, LeaseSubnets6.of);
    this.#subnetChoice = onceOf(
      () => active.config,
      (config) => new SubnetChoice6(config),
    );
    const values = new StatisticValues();
    this.#history = new StatisticHistory({
      clock,
      values: (isAllWanted) => values.look(dataPlane.reader, this.#totals(), isAllWanted),
      reported: () => parts.perfmon()?.statistics ?? NOTHING_REPORTED,
      limit: () => active.config.statisticSamples,
    });
    this.#documents = {
      family: DOCUMENT_6,
      complete: onceOf(() => active.document, completeDocument6),
      change: (edit) => reloader().change(edit),
    };
    this.#ports = new ControlPorts({ service: 'dhcp6', log, table: this.#table, pages: this.#createPages() });
    this.renew();
  }

  /** Offers the commands of the configuration in force. */
  renew(): void {
    const { active, highAvailability } = this.#parts;
    const { config } = active;
    const commands = [
      ...this.#statusCommands(),
      ...createStatisticsCommands(this.#history),
      ...this.#configurationCommands(),
      ...createMaintenanceCommands(maintenanceOf6(this.#parts)),
      ['subnet6-select-test', (args: unknown) => subnet6SelectTest(this.#subnetChoice, args)] as const,
      ...this.#leaseCommands('administrator'),
      ...config.commandLibraries.flatMap((library) => [...this.#libraryCommands(library)]),
      ...this.#perfmonCommands(),
      ...highAvailability.commands,
    ];
    this.#ports.keep(config);
    this.#table.clear();
    for (const [name, handler] of commands) this.#table.set(name, handler);
    highAvailability.serve(new Map([...this.#table, ...this.#leaseCommands('peer')]));
  }

  #statusCommands(): Map<string, CommandHandler> {
    const { active, clock, interfaces, serviceSwitch, shutdown } = this.#parts;
    return createStatusCommands({
      clock,
      table: () => this.#table,
      version: { version: VERSION, extended: BUILD_REPORT },
      startedMs: this.#startedMs,
      configuredMs: () => active.sinceMs,
      config: () => active.config,
      sockets: () => interfaces.status(),
      dhcpState: () => dhcpState(serviceSwitch),
      highAvailability: () => this.#parts.highAvailability.status(),
      shutdown,
    });
  }

  #configurationCommands(): Map<string, CommandHandler> {
    const { path, reloader } = this.#parts;
    const { complete, change } = this.#documents;
    return createConfigurationCommands({
      key: 'Dhcp6',
      document: complete,
      check: (candidate) => reloader().check(candidate),
      reload: () => reloader().request(),
      change,
      path,
      isConfiguration: (text) => isServerText({ key: 'Dhcp6' }, text),
    });
  }

  #libraryCommands(library: CommandLibrary): Map<string, CommandHandler> {
    const statLeases = (): Map<string, CommandHandler> => this.#statLeases();
    return createLibraryCommands(library, { documents: this.#documents, statLeases });
  }

  #perfmonCommands(): Map<string, CommandHandler> {
    const { active, clock, perfmon } = this.#parts;
    if (active.config.hooks.perfmon === null) return new Map();
    return createPerfmonCommands(() => perfmon()!, clock);
  }

  #statLeases(): Map<string, CommandHandler> {
    const { active, clock, dataPlane } = this.#parts;
    const sources = {
      clock,
      reader: () => dataPlane.reader,
      totals: this.#poolTotals,
      subnetIds: () => active.config.subnets.map(({ id }) => id),
    };
    return createStatLeaseCommands(sources, 6);
  }

  /** @param caller who reaches them */
  #leaseCommands(caller: ChangeSource): Map<string, CommandHandler> {
    const { active, clock, leaseEvents, leases } = this.#parts;
    if (!active.config.leaseCommands) return new Map();
    const leaseFile = (): string | null => {
      const { persist, path } = active.config.leaseDatabase;
      return persist ? path : null;
    };
    const { dns, store } = leases;
    return createLease6Commands({
      store,
      dns,
      subnets: this.#subnets,
      clock,
      caller,
      leaseFile,
      listener: () => leaseEvents.commandListener,
      yieldTurn: () => nextTurn(),
    });
  }

  #createPages(): ReadonlyMap<string, HttpPage> {
    const { active, dataPlane, highAvailability, interfaces, log, storage } = this.#parts;
    const metrics = createMetrics({
      version: VERSION,
      names: STATISTICS_6,
      fills: POOL_FILLS_6,
      reader: () => dataPlane.reader,
      totals: () => this.#totals(),
      subnetIds: () => active.config.subnets.map(({ id }) => id),
      showsSubnets: () => active.config.tandem.subnetMetrics,
      figures: () => this.#figures(),
    });
    return createMonitoringPages({
      log,
      metrics,
      failures: () => journalFailures(storage.journal),
      notReady: () => [...this.#heldOff(), ...interfaces.notReady()],
      why: () => highAvailability.whyText(),
    });
  }

  #figures(): ServerFigures {
    const { active, interfaces, leases, perfmon, storage } = this.#parts;
    const parts = {
      ...this.#parts,
      leases: { count: leases.count(), max: leases.book.table.capacity },
      interfaces: interfaces.served(),
      journal: active.config.leaseDatabase.persist ? storage.journal : null,
    };
    return { ...figuresOf(parts), perfmon: perfmon()?.figures() ?? null };
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

  /** The control sockets that a configuration asks for. */
  listeners(config: ServerConfig6): ListenerSpec[] {
    return this.#ports.listeners(config);
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
