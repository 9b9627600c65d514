/**
 * The control API of a DHCPv6 server: one table of its commands, for state, statistics, configuration and what libraries bring, and
 * a server for each configured socket.
 */
import type { Clock } from '../../base/clock.ts';
import { completeDocument6 } from '../../config/complete/dhcp6.ts';
import type { CommandLibrary } from '../../config/control-model.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import { isServerText } from '../../config/read.ts';
import type { CommandHandler } from '../../control/answer.ts';
import { createConfigurationCommands } from '../../control/commands/configuration.ts';
import { createStatisticsCommands } from '../../control/commands/statistics.ts';
import { createStatusCommands } from '../../control/commands/status.ts';
import { createLibraryCommands } from '../../control/library/commands.ts';
import { DOCUMENT_6 } from '../../control/library/document6.ts';
import type { DocumentSources } from '../../control/library/edit.ts';
import { SAMPLE_INTERVAL_MS, StatisticHistory } from '../../control/statistic-history.ts';
import { dhcpState, type ServiceSwitch } from '../../ha/switch/switch.ts';
import type { Log } from '../../log/logger.ts';
import { BUILD_REPORT, VERSION } from '../../version.ts';
import type { ActiveConfiguration } from '../configuration.ts';
import { ControlPorts } from '../control/control-ports.ts';
import type { ListenerSpec } from '../control/listeners.ts';
import { onceOf } from '../control/once-of.ts';
import type { DataPlane } from '../data-plane.ts';
import type { Reloading } from '../reload.ts';
import type { SocketKinds6 } from '../sockets/dhcp6/sockets.ts';
import type { InterfaceWatch } from '../sockets/interface-watch.ts';
import type { ShardKinds6 } from './shard-family.ts';

export interface ControlParts6 {
  readonly active: ActiveConfiguration<ServerConfig6>;
  /** Path of the configuration file. */
  readonly path: string;
  readonly dataPlane: DataPlane<ShardKinds6>;
  readonly interfaces: InterfaceWatch<SocketKinds6>;
  readonly serviceSwitch: ServiceSwitch;
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
  readonly #ports: ControlPorts;
  readonly #startedMs: number;
  readonly #documents: DocumentSources;
  #sampling: NodeJS.Timeout | undefined;

  constructor(parts: ControlParts6) {
    this.#parts = parts;
    const { active, clock, dataPlane, log, reloader } = parts;
    this.#startedMs = clock.monotonicMs();
    this.#history = new StatisticHistory({
      clock,
      values: () => ({ isAll: true, values: dataPlane.reader.all() }),
      reported: () => new Map(),
      limit: () => active.config.statisticSamples,
    });
    this.#documents = {
      family: DOCUMENT_6,
      complete: onceOf(() => active.document, completeDocument6),
      change: (edit) => reloader().change(edit),
    };
    this.#ports = new ControlPorts({ log, table: this.#table, pages: new Map() });
    this.renew();
  }

  /** Offers the commands of the configuration in force. */
  renew(): void {
    const { config } = this.#parts.active;
    const commands = [
      ...this.#statusCommands(),
      ...createStatisticsCommands(this.#history),
      ...this.#configurationCommands(),
      ...config.commandLibraries.flatMap((library) => [...this.#libraryCommands(library)]),
    ];
    this.#ports.keep(config);
    this.#table.clear();
    for (const [name, handler] of commands) this.#table.set(name, handler);
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
      highAvailability: () => null,
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
    return createLibraryCommands(library, { documents: this.#documents, statLeases: () => new Map() });
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
