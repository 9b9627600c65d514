/** The control API as a part of the server: one table of all commands, and a server for each configured socket. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { formatIpv4 } from '../../base/ipv4.ts';
import { completeDocument } from '../../config/complete/dhcp4.ts';
import type { ServerConfig } from '../../config/model.ts';
import { isServerText } from '../../config/read.ts';
import type { CommandHandler, CommandTable } from '../../control/answer.ts';
import type { ArgumentMap } from '../../control/arguments.ts';
import type { DocumentEdit } from '../../control/commands/configuration.ts';
import { createLease4Commands } from '../../control/commands/lease4.ts';
import { LeaseSubnets } from '../../control/commands/lease4-subnets.ts';
import { createServerCommands, type ServerSources } from '../../control/commands/server.ts';
import { addressTotals, StatisticValues } from '../../control/commands/statistics.ts';
import type { HttpPage } from '../../control/http/kea-http.ts';
import { createLibraryCommands } from '../../control/library/commands.ts';
import { DOCUMENT_4 } from '../../control/library/edit.ts';
import { createPerfmonCommands } from '../../control/library/perfmon-commands.ts';
import { createStatLeaseCommands } from '../../control/library/stat-lease.ts';
import { POOL_FILLS_4 } from '../../control/monitoring/metric-names.ts';
import { createMetrics } from '../../control/monitoring/metrics.ts';
import { createMonitoringPages } from '../../control/monitoring/pages.ts';
import { NOTHING_REPORTED, SAMPLE_INTERVAL_MS, StatisticHistory } from '../../control/statistic-history.ts';
import { STATISTICS_4 } from '../../engine/figures/statistics.ts';
import { SubnetChoice } from '../../engine/subnets/subnet-choice.ts';
import type { CommandListener } from '../../events/event.ts';
import { dhcpState, type ServiceSwitch, serviceHeldOff } from '../../ha/switch/switch.ts';
import type { Perfmon } from '../../hooks/perfmon.ts';
import { listInterfaces } from '../../io/interfaces.ts';
import type { ChangeSource } from '../../lease/store.ts';
import type { Log } from '../../log/logger.ts';
import { BUILD_REPORT, VERSION } from '../../version.ts';
import type { ConfigurationFile } from '../configuration.ts';
import type { DataPlane4 } from '../dhcp4/shard-family.ts';
import type { HighAvailability } from '../ha/high-availability.ts';
import type { Leases } from '../leases/leases.ts';
import type { Storage } from '../leases/storage.ts';
import type { ServerMemory } from '../memory.ts';
import type { Reloading } from '../reload.ts';
import type { InterfaceWatch } from '../sockets/interface-watch.ts';
import type { SocketKinds4 } from '../sockets/sockets.ts';
import { ControlPorts } from './control-ports.ts';
import type { CredentialUser } from './credential-files.ts';
import { journalFailures, serverFigures } from './figures.ts';
import type { ListenerSpec } from './listeners.ts';
import { onceOf } from './once-of.ts';

export interface ControlParts {
  readonly config: () => ServerConfig;
  readonly document: () => Readonly<Record<string, unknown>>;
  readonly configuredMs: () => number;
  readonly file: ConfigurationFile;
  readonly dataPlane: DataPlane4;
  readonly interfaces: InterfaceWatch<SocketKinds4>;
  readonly leases: Leases;
  readonly leaseEvents: { readonly commandListener: CommandListener | null };
  readonly storage: Storage;
  readonly memory: ServerMemory;
  readonly serviceSwitch: ServiceSwitch;
  readonly highAvailability: HighAvailability;
  /** Null = the library is not loaded. */
  readonly perfmon: () => Perfmon | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly reloader: () => Reloading;
  readonly shutdown: (exitValue: number) => void;
}

export class Control {
  readonly #parts: ControlParts;
  /** Every command of the server; the same map over reloads, so that sockets which stay open serve from it too. */
  readonly #table = new Map<string, CommandHandler>();
  readonly #startedMs: number;
  readonly #subnets: () => LeaseSubnets;
  readonly #subnetChoice: () => SubnetChoice;
  readonly #totals: () => ReadonlyMap<string, number>;
  readonly #history: StatisticHistory;
  #sampling: NodeJS.Timeout | undefined;
  /** The document in force with all defaults filled in. */
  readonly #complete: () => ArgumentMap;
  readonly #ports: ControlPorts;

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.monotonicMs();
    this.#subnets = onceOf(parts.config, (config) => LeaseSubnets.of(config));
    this.#totals = onceOf(parts.config, addressTotals);
    this.#subnetChoice = onceOf(parts.config, (config) => new SubnetChoice(config));
    this.#complete = onceOf(parts.document, completeDocument);
    const values = new StatisticValues();
    this.#history = new StatisticHistory({
      clock: parts.clock,
      values: (isAllWanted) => values.look(parts.dataPlane.reader, this.#totals(), isAllWanted),
      reported: () => parts.perfmon()?.statistics ?? NOTHING_REPORTED,
      limit: () => parts.config().statisticSamples,
    });
    this.#ports = new ControlPorts({
      service: 'dhcp4',
      log: parts.log,
      table: this.#table,
      pages: this.#createPages(),
    });
    this.renew();
  }

  /** Keeps samples of the statistics from now on. */
  start(): void {
    this.#history.look();
    this.#sampling = setInterval(() => this.#history.look(), SAMPLE_INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#sampling);
  }

  /** Offers the commands of the configuration in force. */
  renew(): void {
    const { highAvailability } = this.#parts;
    const commands = [
      ...createServerCommands(this.#serverSources()),
      ...this.#leaseCommands('administrator'),
      ...this.#libraryCommands(),
      ...highAvailability.commands,
    ];
    this.#ports.keep(this.#parts.config());
    this.#table.clear();
    for (const [name, handler] of commands) this.#table.set(name, handler);
    highAvailability.serve(this.#peerTable());
  }

  /** The table as peers see it. */
  #peerTable(): CommandTable {
    return new Map([...this.#table, ...this.#leaseCommands('peer')]);
  }

  #leaseCommands(caller: ChangeSource): Map<string, CommandHandler> {
    const { config, leases, clock } = this.#parts;
    if (!config().leaseCommands) return new Map();
    return createLease4Commands({
      store: leases.store,
      dns: leases.dns,
      subnets: this.#subnets,
      clock,
      caller,
      leaseFile: () => (config().leaseDatabase.persist ? config().leaseDatabase.path : null),
      listener: () => this.#parts.leaseEvents.commandListener,
      yieldTurn: () => nextTurn(),
    });
  }

  #libraryCommands(): Map<string, CommandHandler> {
    const { config, dataPlane, clock, reloader } = this.#parts;
    const sources = {
      documents: {
        family: DOCUMENT_4,
        complete: this.#complete,
        change: (edit: DocumentEdit) => reloader().change(edit),
      },
      statLeases: () =>
        createStatLeaseCommands({
          clock,
          reader: () => dataPlane.reader,
          totals: () => this.#totals(),
          subnetIds: () => config().subnets.map(({ id }) => id),
        }),
    };
    const { commandLibraries, hooks } = config();
    const perfmon = (): Perfmon => this.#parts.perfmon()!;
    return new Map([
      ...commandLibraries.flatMap((library) => [...createLibraryCommands(library, sources)]),
      ...(hooks.perfmon === null ? [] : createPerfmonCommands(perfmon, clock)),
    ]);
  }

  /** The control sockets that a configuration asks for. */
  listeners(config: ServerConfig): ListenerSpec[] {
    return this.#ports.listeners(config);
  }

  /** Those of its sockets whose certificates and passwords stand in files. */
  credentialUsers(): CredentialUser[] {
    return this.#ports.credentialUsers();
  }

  #createPages(): ReadonlyMap<string, HttpPage> {
    const { config, log, dataPlane, highAvailability } = this.#parts;
    const metrics = createMetrics({
      version: VERSION,
      names: STATISTICS_4,
      fills: POOL_FILLS_4,
      reader: () => dataPlane.reader,
      totals: () => this.#totals(),
      subnetIds: () => config().subnets.map((subnet) => subnet.id),
      showsSubnets: () => config().tandem.subnetMetrics,
      figures: () => serverFigures(this.#parts),
    });
    return createMonitoringPages({
      log,
      metrics,
      failures: () => journalFailures(this.#parts.storage.journal),
      notReady: () => this.#notReady(),
      why: () => highAvailability.whyText(),
    });
  }

  #serverSources(): ServerSources {
    const { config, configuredMs, file, clock, reloader, shutdown } = this.#parts;
    const { serviceSwitch, highAvailability, leases, storage, interfaces } = this.#parts;
    return {
      configuration: {
        key: 'Dhcp4',
        document: this.#complete,
        check: (candidate) => reloader().check(candidate),
        reload: () => reloader().request(),
        change: (edit) => reloader().change(edit),
        path: file.path,
        isConfiguration: (text) => isServerText({ key: 'Dhcp4' }, text),
      },
      maintenance: {
        reclaim: (remove) => leases.reclaim(remove),
        cleanUp: () => storage.cleanUp(),
        interfaces: {
          list: () =>
            listInterfaces().map((link) => ({ ...link, addresses: link.addresses.map(formatIpv4) })),
          served: () => interfaces.served(),
          redetect: () => interfaces.redetect(),
        },
      },
      statistics: this.#history,
      subnetSelect: {
        choice: this.#subnetChoice,
        interfaceAddress: (name) => {
          const link = listInterfaces().find((each) => each.name === name);
          return link === undefined ? null : (link.addresses[0] ?? 0);
        },
      },
      status: {
        clock,
        table: () => this.#table,
        version: { version: VERSION, extended: BUILD_REPORT },
        startedMs: this.#startedMs,
        configuredMs,
        config,
        sockets: () => this.#parts.interfaces.status(),
        dhcpState: () => dhcpState(serviceSwitch),
        highAvailability: () => highAvailability.status(),
        shutdown,
      },
    };
  }

  #notReady(): string[] {
    const { serviceSwitch, highAvailability, interfaces } = this.#parts;
    const heldOff = serviceHeldOff(serviceSwitch);
    const why = heldOff.length === 0 ? [] : highAvailability.why();
    return [...heldOff, ...why, ...interfaces.notReady()];
  }
}
