/**
 * The composition root of a DHCPv4 server: builds every part and hands each what it needs. In which order they start and stop says
 * lifecycle.ts.
 */
import { systemClock } from '../base/clock.ts';
import { DHCP4 } from '../config/load.ts';
import type { ServerConfig } from '../config/model.ts';
import type { ConfigOutcome } from '../control/commands/configuration.ts';
import type { LeaseEvent } from '../events/event.ts';
import { systemTimers } from '../ha/service/timers.ts';
import { createServiceSwitch, type ServiceSwitch } from '../ha/switch/switch.ts';
import { haLeases4 } from '../ha/sync/dhcp4/leases.ts';
import { createEventFd } from '../io/eventfd.ts';
import { listInterfaces } from '../io/interfaces.ts';
import { InterfaceNotices } from '../io/rtnetlink.ts';
import type { LeaseTableMemory } from '../lease/dhcp4/layout.ts';
import { rowCodec4 } from '../lease/dhcp4/row-codec.ts';
import type { LinkClient } from '../link/client.ts';
import { allocateLink } from '../link/memory.ts';
import type { LinkWorkplace } from '../link/messages.ts';
import type { AdjustableLog } from '../log/logger.ts';
import type { ShardTask } from '../shard/dhcp4/context.ts';
import type { HandedQuery } from '../shard/dhcp4/handed-query.ts';
import { VERSION } from '../version.ts';
import { ActiveConfiguration, type ConfigurationFile, type LoadedConfiguration } from './configuration.ts';
import { Control } from './control/control.ts';
import { Listeners } from './control/listeners.ts';
import { DataPlane } from './data-plane.ts';
import { eventsFamily4 } from './dhcp4/lease-events.ts';
import { type DataPlane4, ShardFamily4 } from './dhcp4/shard-family.ts';
import { HighAvailability } from './ha/high-availability.ts';
import { createLink } from './ha/link.ts';
import { Leases } from './leases/leases.ts';
import { leaseFileOf, Storage } from './leases/storage.ts';
import { hearsPartners, LeaseEvents } from './libraries/lease-events.ts';
import { PerfmonHost } from './libraries/perfmon.ts';
import { PingCheck } from './libraries/ping-check.ts';
import { Lifecycle } from './lifecycle.ts';
import { allocateServerMemory, type ServerMemory } from './memory.ts';
import { Reloader, type Reloading } from './reload.ts';
import { isCarried, shardCount } from './shard-count.ts';
import { InterfaceWatch } from './sockets/interface-watch.ts';
import { JoinReports } from './sockets/join-reports.ts';
import { ServerSockets, type SocketKinds4 } from './sockets/sockets.ts';
import { Threads } from './threads.ts';

/** Of a server that requires all its sockets and does not get them, as Kea's. */
const GIVEN_UP_EXIT_VALUE = 1;

export interface AppOptions {
  readonly file: ConfigurationFile;
  readonly loaded: LoadedConfiguration;
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

export class App {
  readonly #options: AppOptions;
  readonly #memory: ServerMemory;
  readonly #threads: Threads;
  readonly #eventFds: readonly number[];
  readonly #pingCheck: PingCheck;
  readonly #perfmon: PerfmonHost;
  readonly #linkFd: number;
  readonly #dataPlane: DataPlane4;
  readonly #joinReports: JoinReports;
  readonly #link: LinkClient;
  readonly #leases: Leases;
  readonly #leaseEvents: LeaseEvents<ServerConfig, LeaseEvent>;
  readonly #serviceSwitch: ServiceSwitch;
  readonly #highAvailability: HighAvailability;
  readonly #control: Control;
  readonly #interfaces: InterfaceWatch<SocketKinds4>;
  readonly #listeners = new Listeners();
  readonly #active: ActiveConfiguration;
  readonly #reloader: Reloading;
  readonly #lifecycle: Lifecycle<ServerConfig>;

  /** Builds the server and starts it. @throws an Error that says what is wrong and what to do; nothing stays open */
  static async start(options: AppOptions): Promise<App> {
    const { config } = options.loaded;
    options.log.prepare(config.loggers, 4);
    options.log.take();
    options.log('TDM_ENGINE_STARTING', { version: VERSION, node: process.version });
    const shards = shardCount(config);
    const interfaces = openInterfaces(options, shards);
    let app: App;
    try {
      app = new App(options, interfaces, shards);
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

  private constructor(options: AppOptions, interfaces: InterfaceWatch<SocketKinds4>, shards: number) {
    const { loaded, log, onFatal } = options;
    const clock = systemClock;
    const { config } = loaded;
    this.#options = options;
    this.#active = new ActiveConfiguration(loaded, options.file.path);
    this.#interfaces = interfaces;
    this.#memory = allocateServerMemory(config);
    this.#eventFds = Array.from({ length: shards }, createEventFd);
    const linkMemory = allocateLink(createEventFd());
    this.#linkFd = linkMemory.eventFd;
    this.#threads = new Threads(4, shards, isCarried(config, shards));
    const running = { memory: this.#memory, threads: this.#threads, onFailure: onFatal };
    this.#pingCheck = new PingCheck(shards, log);
    this.#perfmon = new PerfmonHost({ family: 4, shards, clock, log });
    const sending = {
      eventFds: this.#eventFds,
      family: new ShardFamily4(this.#memory, this.#pingCheck, () => this.#perfmon.memory),
      carry: (task: ShardTask) => this.#link.carry(task),
      link: linkMemory,
      forcedPort: options.clientPort,
    };
    this.#dataPlane = new DataPlane({ ...running, ...sending }, config);
    this.#joinReports = new JoinReports(this.#dataPlane.links, (fd) => this.#dataPlane.addressOf(fd), log);
    this.#link = createLink({
      ...running,
      link: linkMemory,
      dataPlane: this.#dataPlane,
      workplace: () => this.#workplace(),
    });
    const { bells } = this.#dataPlane;
    const onHealth = (isWell: boolean): void => this.#highAvailability.storage(isWell);
    const storage = new Storage(
      { ...running, columns: rowCodec4.columns, bells, clock, log, onHealth },
      leaseFileOf(config),
    );
    this.#leases = new Leases({ memory: this.#memory, storage, clock, log }, config, this.#dataPlane.writer);
    this.#leaseEvents = new LeaseEvents({
      family: eventsFamily4(options.serverPort),
      memory: this.#memory.events,
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
    const { statistics } = this.#dataPlane;
    return { family: 4, config, book, limited, statistics, isHeard: hearsPartners(config) };
  }

  #createHighAvailability(): HighAvailability {
    return new HighAvailability({
      otherCredentials: () => this.#control.credentialUsers(),
      config: () => this.#active.config,
      memory: this.#memory,
      dataPlane: this.#dataPlane,
      link: this.#link,
      leases: haLeases4(this.#leases.store, systemClock),
      serviceSwitch: this.#serviceSwitch,
      clock: systemClock,
      log: this.#options.log,
    });
  }

  #createControl(storage: Storage): Control {
    return new Control({
      config: () => this.#active.config,
      document: () => this.#active.document,
      configuredMs: () => this.#active.sinceMs,
      file: this.#options.file,
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
    return new Reloader<ServerConfig, LeaseTableMemory, HandedQuery>({
      source: { server: DHCP4, file, log },
      active: this.#active,
      interfaces: this.#interfaces,
      dataPlane: this.#dataPlane,
      link: this.#link,
      leases: this.#leases,
      others: [
        (config) => this.#leaseEvents.prepare(config),
        (config) => this.#pingCheck.prepare(config),
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

  #createLifecycle(): Lifecycle<ServerConfig> {
    return new Lifecycle<ServerConfig>({
      config: () => this.#active.config,
      leases: this.#leases,
      leaseCount: () => this.#leases.store.count(),
      leaseEvents: this.#leaseEvents,
      interfaces: this.#interfaces,
      openSockets: () => this.#interfaces.begin((lists) => this.#dataPlane.useSockets(lists)),
      libraries: [this.#pingCheck, this.#perfmon],
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

function openInterfaces(
  { loaded, serverPort, log, shutdown }: AppOptions,
  shards: number,
): InterfaceWatch<SocketKinds4> {
  const parts = {
    sockets: new ServerSockets({ port: serverPort, shards }, log),
    clock: systemClock,
    timers: systemTimers,
    log,
    list: listInterfaces,
    notices: new InterfaceNotices(),
    onGivenUp: () => shutdown(GIVEN_UP_EXIT_VALUE),
  };
  return InterfaceWatch.open(parts, loaded.config);
}
