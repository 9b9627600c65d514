/** The composition root of a DHCPv6 server, as app.ts of DHCPv4. */
import { systemClock } from '../../base/clock.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import { DHCP6 } from '../../config/load6.ts';
import type { ConfigOutcome } from '../../control/commands/configuration.ts';
import type { LeaseEvent6 } from '../../events/dhcp6/event.ts';
import { systemTimers } from '../../ha/service/timers.ts';
import { createServiceSwitch, type ServiceSwitch } from '../../ha/switch/switch.ts';
import { haLeases6 } from '../../ha/sync/dhcp6/leases.ts';
import { createEventFd } from '../../io/eventfd.ts';
import { listInterfaces6 } from '../../io/interfaces.ts';
import type { LeaseTableMemory6 } from '../../lease/dhcp6/layout.ts';
import { rowCodec6 } from '../../lease/dhcp6/row-codec.ts';
import type { LinkClient } from '../../link/client.ts';
import { allocateLink } from '../../link/memory.ts';
import type { LinkWorkplace } from '../../link/messages.ts';
import type { AdjustableLog } from '../../log/logger.ts';
import { VERSION } from '../../version.ts';
import { ActiveConfiguration, type ConfigurationFile, type LoadedConfiguration } from '../configuration.ts';
import { Listeners } from '../control/listeners.ts';
import { SERVER_ID_PLACE } from '../control/own-places.ts';
import { DataPlane } from '../data-plane.ts';
import { HighAvailability } from '../ha/high-availability.ts';
import { createLink } from '../ha/link.ts';
import { leaseFileOf, Storage } from '../leases/storage.ts';
import { hearsPartners, LeaseEvents } from '../libraries/lease-events.ts';
import { PerfmonHost } from '../libraries/perfmon.ts';
import { Lifecycle } from '../lifecycle.ts';
import { Reloader, type Reloading } from '../reload.ts';
import { isCarried, shardCount } from '../shard-count.ts';
import type { SocketKinds6 } from '../sockets/dhcp6/sockets.ts';
import type { InterfaceWatch } from '../sockets/interface-watch.ts';
import { JoinReports } from '../sockets/join-reports.ts';
import { Threads } from '../threads.ts';
import { Control6 } from './control.ts';
import { openInterfaces6 } from './interfaces.ts';
import { eventsFamily6 } from './lease-events.ts';
import { Leases6 } from './leases.ts';
import { allocateServerMemory6, type ServerMemory6 } from './memory.ts';
import { ServerId, serverIdFile } from './server-id.ts';
import { ShardFamily6, type ShardKinds6 } from './shard-family.ts';

/** Of a server that requires all its sockets and does not get them, as Kea's. */
const GIVEN_UP_EXIT_VALUE = 1;

export interface AppOptions6 {
  readonly file: ConfigurationFile;
  readonly loaded: LoadedConfiguration<ServerConfig6>;
  /** UDP port of the server. */
  readonly serverPort: number;
  /** Destination port of every reply, 0 = by the rules. */
  readonly clientPort: number;
  readonly log: AdjustableLog;
  /** Begins the orderly stop of the process. */
  readonly shutdown: (exitValue: number) => void;
  /** A thread failed: the process has to end at once. */
  readonly onFatal: (error: unknown) => void;
}

export class App6 {
  readonly #options: AppOptions6;
  readonly #memory: ServerMemory6;
  readonly #threads: Threads;
  readonly #eventFds: readonly number[];
  readonly #linkFd: number;
  readonly #dataPlane: DataPlane<ShardKinds6>;
  readonly #joinReports: JoinReports;
  readonly #link: LinkClient;
  readonly #leases: Leases6;
  readonly #leaseEvents: LeaseEvents<ServerConfig6, LeaseEvent6>;
  readonly #serviceSwitch: ServiceSwitch;
  readonly #highAvailability: HighAvailability;
  readonly #control: Control6;
  readonly #interfaces: InterfaceWatch<SocketKinds6>;
  readonly #listeners = new Listeners();
  readonly #active: ActiveConfiguration<ServerConfig6>;
  readonly #serverId = new ServerId(listInterfaces6, systemClock);
  readonly #perfmon: PerfmonHost;
  readonly #reloader: Reloading;
  readonly #lifecycle: Lifecycle<ServerConfig6>;

  /** Builds the server and starts it. @throws an Error that says what is wrong and what to do; nothing stays open */
  static async start(options: AppOptions6): Promise<App6> {
    const { loaded, log } = options;
    const { config } = loaded;
    log.prepare(config.loggers, 6);
    log.take();
    log('TDM_ENGINE_STARTING', { version: VERSION, node: process.version });
    const shards = shardCount(config);
    const onGivenUp = (): void => options.shutdown(GIVEN_UP_EXIT_VALUE);
    const { serverPort } = options;
    const interfaces = openInterfaces6({ serverPort, shards, log, onGivenUp }, config);
    let app: App6;
    try {
      app = new App6(options, interfaces, shards);
    } catch (error) {
      interfaces.close();
      throw error;
    }
    try {
      await app.#lifecycle.begin();
      return app;
    } catch (error) {
      await app.stop();
      throw error;
    }
  }

  private constructor(options: AppOptions6, interfaces: InterfaceWatch<SocketKinds6>, shards: number) {
    const { file, loaded, log, onFatal } = options;
    const { config } = loaded;
    const clock = systemClock;
    this.#options = options;
    this.#interfaces = interfaces;
    this.#active = new ActiveConfiguration(loaded, file.path, (wanted) => [
      { what: SERVER_ID_PLACE, path: serverIdFile(wanted) },
    ]);
    const memory = allocateServerMemory6(config);
    this.#memory = memory;
    this.#serverId.prepare(config).commit();
    this.#eventFds = Array.from({ length: shards }, createEventFd);
    const linkMemory = allocateLink(createEventFd());
    this.#linkFd = linkMemory.eventFd;
    this.#threads = new Threads(6, shards, isCarried(config, shards));
    this.#perfmon = new PerfmonHost({ family: 6, shards, clock, log });
    this.#dataPlane = new DataPlane<ShardKinds6>(
      {
        family: new ShardFamily6(memory, this.#serverId, () => this.#perfmon.memory),
        memory,
        threads: this.#threads,
        carry: (task) => this.#link.carry(task),
        eventFds: this.#eventFds,
        link: linkMemory,
        forcedPort: options.clientPort,
        onFailure: onFatal,
      },
      config,
    );
    this.#joinReports = new JoinReports(this.#dataPlane.links, (fd) => this.#dataPlane.addressOf(fd), log);
    const running = { memory, threads: this.#threads, onFailure: onFatal };
    this.#link = createLink({
      ...running,
      link: linkMemory,
      dataPlane: this.#dataPlane,
      workplace: () => this.#workplace(),
    });
    const onHealth = (isWell: boolean): void => this.#highAvailability.storage(isWell);
    const { columns } = rowCodec6;
    const storage = new Storage(
      { ...running, columns, bells: this.#dataPlane.bells, clock, log, onHealth },
      leaseFileOf(config),
    );
    this.#leases = new Leases6({ memory, storage, clock, log }, config, this.#dataPlane.writer);
    this.#leaseEvents = new LeaseEvents({
      family: eventsFamily6,
      memory: memory.events,
      link: linkMemory,
      book: this.#leases.book,
      clock,
      log,
    });
    this.#serviceSwitch = createServiceSwitch({ timers: systemTimers, log });
    this.#highAvailability = this.#createHighAvailability();
    this.#control = this.#createControl(storage);
    this.#reloader = this.#createReloader(storage);
    this.#lifecycle = this.#createLifecycle();
  }

  #workplace(): LinkWorkplace {
    const { config } = this.#active;
    const { book, limited } = this.#memory;
    return {
      family: 6,
      config,
      book,
      limited,
      statistics: this.#dataPlane.statistics,
      isHeard: hearsPartners(config),
    };
  }

  #createHighAvailability(): HighAvailability {
    return new HighAvailability({
      otherCredentials: () => this.#control.credentialUsers(),
      config: () => this.#active.config,
      memory: this.#memory,
      dataPlane: this.#dataPlane,
      link: this.#link,
      leases: haLeases6(this.#leases.store, systemClock),
      serviceSwitch: this.#serviceSwitch,
      clock: systemClock,
      log: this.#options.log,
    });
  }

  #createControl(storage: Storage): Control6 {
    return new Control6({
      active: this.#active,
      path: this.#options.file.path,
      dataPlane: this.#dataPlane,
      interfaces: this.#interfaces,
      leases: this.#leases,
      leaseEvents: this.#leaseEvents,
      storage,
      memory: this.#memory,
      serviceSwitch: this.#serviceSwitch,
      highAvailability: this.#highAvailability,
      perfmon: () => this.#perfmon.perfmon,
      clock: systemClock,
      log: this.#options.log,
      reloader: () => this.#reloader,
      shutdown: this.#options.shutdown,
    });
  }

  #createReloader(storage: Storage): Reloading {
    const { file, log } = this.#options;
    return new Reloader<ServerConfig6, LeaseTableMemory6, never>({
      source: { server: DHCP6, file, log },
      active: this.#active,
      interfaces: this.#interfaces,
      dataPlane: this.#dataPlane,
      link: this.#link,
      leases: this.#leases,
      others: [
        (config) => this.#serverId.prepare(config),
        (config) => this.#leaseEvents.prepare(config),
        (config, isOfFile) => this.#perfmon.prepare(config, isOfFile),
      ],
      storage,
      highAvailability: this.#highAvailability,
      control: this.#control,
      listeners: this.#listeners,
      isStopping: () => this.#lifecycle.isStopping,
      log,
    });
  }

  #createLifecycle(): Lifecycle<ServerConfig6> {
    return new Lifecycle<ServerConfig6>({
      config: () => this.#active.config,
      leases: this.#leases,
      leaseCount: () => this.#leases.count(),
      leaseEvents: this.#leaseEvents,
      interfaces: this.#interfaces,
      openSockets: () => this.#interfaces.begin((lists) => this.#dataPlane.useSockets(lists)),
      libraries: [this.#perfmon],
      dataPlane: this.#dataPlane,
      joinReports: this.#joinReports,
      link: this.#link,
      reloader: this.#reloader,
      highAvailability: this.#highAvailability,
      control: this.#control,
      listeners: this.#listeners,
      serviceSwitch: this.#serviceSwitch,
      threads: this.#threads,
      eventFds: [...this.#eventFds, this.#linkFd],
      shards: this.#eventFds.length,
      log: this.#options.log,
    });
  }

  /** Reads the configuration file again and works by it; a bad one changes nothing. Never rejects. */
  reload(): Promise<ConfigOutcome> {
    return this.#reloader.request();
  }

  /** Ends the service in order. @returns whether every change is on disk */
  stop(): Promise<boolean> {
    return this.#lifecycle.stop();
  }
}
