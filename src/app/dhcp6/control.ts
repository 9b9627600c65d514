/** The control API of a DHCPv6 server: commands for its state, its leases and its statistics, and a server for each configured socket. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import type { CommandHandler } from '../../control/answer.ts';
import { createLease6Commands } from '../../control/commands/lease6.ts';
import { LeaseSubnets6 } from '../../control/commands/lease6-subnets.ts';
import { createStatisticsCommands } from '../../control/commands/statistics.ts';
import { createStatusCommands } from '../../control/commands/status.ts';
import { createStatLeaseCommands } from '../../control/library/stat-lease.ts';
import { SAMPLE_INTERVAL_MS, StatisticHistory } from '../../control/statistic-history.ts';
import { dhcpState, type ServiceSwitch } from '../../ha/switch/switch.ts';
import type { LeaseStore6 } from '../../lease/dhcp6/store.ts';
import type { ChangeSource } from '../../lease/store.ts';
import type { Log } from '../../log/logger.ts';
import { BUILD_REPORT, VERSION } from '../../version.ts';
import { ControlPorts } from '../control/control-ports.ts';
import type { ListenerSpec } from '../control/listeners.ts';
import type { DataPlane } from '../data-plane.ts';
import type { SocketKinds6 } from '../sockets/dhcp6/sockets.ts';
import type { InterfaceWatch } from '../sockets/interface-watch.ts';
import { addressTotals6 } from './address-totals.ts';
import type { ShardKinds6 } from './shard-family.ts';

export interface ControlParts6 {
  readonly config: ServerConfig6;
  readonly dataPlane: DataPlane<ShardKinds6>;
  readonly store: LeaseStore6;
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
    this.#ports = new ControlPorts({ log, table: this.#table, pages: new Map() });
    const commands = [
      ...this.#statusCommands(),
      ...createStatisticsCommands(this.#history),
      ...this.#leaseCommands('administrator'),
      ...this.#libraryCommands(),
    ];
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

  /** @param caller who reaches them */
  #leaseCommands(caller: ChangeSource): Map<string, CommandHandler> {
    const { clock, config, store } = this.#parts;
    if (!config.leaseCommands) return new Map();
    const subnets = LeaseSubnets6.of(config);
    return createLease6Commands({
      store,
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
