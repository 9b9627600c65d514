/** The control API of a DHCPv6 server: commands for its state and its statistics, and a server for each configured socket. */
import type { Clock } from '../../base/clock.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import type { CommandHandler } from '../../control/answer.ts';
import { createStatisticsCommands } from '../../control/commands/statistics.ts';
import { createStatusCommands } from '../../control/commands/status.ts';
import { SAMPLE_INTERVAL_MS, StatisticHistory } from '../../control/statistic-history.ts';
import { dhcpState, type ServiceSwitch } from '../../ha/switch/switch.ts';
import type { Log } from '../../log/logger.ts';
import { BUILD_REPORT, VERSION } from '../../version.ts';
import { ControlPorts } from '../control/control-ports.ts';
import type { ListenerSpec } from '../control/listeners.ts';
import type { DataPlane } from '../data-plane.ts';
import type { SocketKinds6 } from '../sockets/dhcp6/sockets.ts';
import type { InterfaceWatch } from '../sockets/interface-watch.ts';
import type { ShardKinds6 } from './shard-family.ts';

export interface ControlParts6 {
  readonly config: ServerConfig6;
  readonly dataPlane: DataPlane<ShardKinds6>;
  readonly interfaces: InterfaceWatch<SocketKinds6>;
  readonly serviceSwitch: ServiceSwitch;
  readonly clock: Clock;
  readonly log: Log;
  readonly shutdown: (exitValue: number) => void;
}

export class Control6 {
  readonly #parts: ControlParts6;
  readonly #table = new Map<string, CommandHandler>();
  readonly #history: StatisticHistory;
  readonly #ports: ControlPorts;
  #sampling: NodeJS.Timeout | undefined;

  constructor(parts: ControlParts6) {
    this.#parts = parts;
    const { clock, config, dataPlane, log } = parts;
    this.#history = new StatisticHistory({
      clock,
      values: () => ({ isAll: true, values: dataPlane.reader.all() }),
      reported: () => new Map(),
      limit: () => config.statisticSamples,
    });
    this.#ports = new ControlPorts({ service: 'dhcp6', log, table: this.#table, pages: new Map() });
    const commands = [...this.#statusCommands(), ...createStatisticsCommands(this.#history)];
    for (const [name, handler] of commands) this.#table.set(name, handler);
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
      highAvailability: () => null,
      shutdown,
    });
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
