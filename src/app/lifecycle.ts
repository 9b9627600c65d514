/**
 * In which order a server of either family starts and stops, once its parts are built.
 *
 *     start   sockets are open -> lease file -> journal -> shards -> high availability -> control sockets
 *     stop    reload under way -> control's new work -> HA timers -> shards (parked replies leave) -> lease streams -> journal
 *             (all rows on disk) -> the rest
 */
import { closeFd } from '../io/udp.ts';
import type { LinkClient } from '../link/client.ts';
import type { Log } from '../log/logger.ts';
import type { Change } from './change.ts';
import type { Listeners } from './control/listeners.ts';
import type { HighAvailability } from './ha/high-availability.ts';
import type { Reloading } from './reload.ts';
import type { JoinReports } from './sockets/join-reports.ts';
import type { Threads } from './threads.ts';

/** A hook library that works beside the shards. */
interface Library<Config> {
  prepare(config: Config, isOfFile: boolean): Change;
  close(): void;
}

/** What is started and stopped. @typeParam Config the configuration of the family */
export interface ServerParts<Config> {
  /** The configuration in force. */
  readonly config: () => Config;
  readonly leases: { start(): void; stop(): Promise<boolean> };
  readonly leaseCount: () => number;
  readonly leaseEvents: { start(config: Config): void; close(): Promise<void> };
  readonly interfaces: { pause(): Promise<void>; watch(): void; close(): void };
  /** Gives the shards the sockets that are open. */
  readonly openSockets: () => Promise<void>;
  readonly libraries: readonly Library<Config>[];
  readonly dataPlane: { start(config: Config): void; stop(): Promise<void> };
  readonly joinReports: Pick<JoinReports, 'start' | 'close'>;
  readonly link: Pick<LinkClient, 'stop'>;
  readonly reloader: Pick<Reloading, 'idle'>;
  readonly highAvailability: Pick<HighAvailability, 'listeners' | 'start' | 'stopTimers' | 'close'>;
  readonly control: {
    listeners(config: Config): ReturnType<HighAvailability['listeners']>;
    start(): void;
    stop(): void;
  };
  readonly listeners: Pick<Listeners, 'prepare' | 'close'>;
  readonly serviceSwitch: { close(): void };
  readonly threads: Pick<Threads, 'close'>;
  /** By which the shards and the link are woken, closed at the end. */
  readonly eventFds: readonly number[];
  readonly shards: number;
  readonly log: Log;
}

export class Lifecycle<Config extends { readonly interfaces: readonly unknown[] }> {
  readonly #parts: ServerParts<Config>;
  #isStopping = false;

  constructor(parts: ServerParts<Config>) {
    this.#parts = parts;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Begins the service. @throws an Error that says what is wrong; what was begun is ended by `stop` */
  async begin(): Promise<void> {
    const parts = this.#parts;
    const { control, highAvailability, log } = parts;
    const config = parts.config();
    parts.leases.start();
    parts.leaseEvents.start(config);
    if (config.interfaces.length === 0) log('TDM_ENGINE_NO_INTERFACES');
    await parts.openSockets();
    for (const library of parts.libraries) library.prepare(config, true).commit();
    parts.dataPlane.start(config);
    parts.joinReports.start();
    const ports = [...highAvailability.listeners(), ...control.listeners(config)];
    (await parts.listeners.prepare(ports)).commit();
    highAvailability.start();
    control.start();
    parts.interfaces.watch();
    log('TDM_ENGINE_SERVING', { shards: parts.shards, leases: parts.leaseCount() });
  }

  /** Ends the service in order. @returns whether every change is on disk */
  async stop(): Promise<boolean> {
    if (this.#isStopping) return true;
    this.#isStopping = true;
    const parts = this.#parts;
    parts.log('TDM_ENGINE_STOPPING');
    await parts.reloader.idle();
    parts.highAvailability.stopTimers();
    parts.control.stop();
    await parts.interfaces.pause();
    await parts.dataPlane.stop();
    // What it takes from partners must find the journal at work.
    await parts.link.stop();
    const drained = await parts.leases.stop();
    await parts.leaseEvents.close();
    await parts.highAvailability.close();
    await parts.listeners.close();
    parts.serviceSwitch.close();
    parts.interfaces.close();
    parts.joinReports.close();
    for (const library of parts.libraries) library.close();
    await parts.threads.close();
    for (const fd of parts.eventFds) closeFd(fd);
    parts.log(drained ? 'TDM_ENGINE_STOPPED' : 'TDM_ENGINE_STOPPED_UNFLUSHED');
    return drained;
  }
}
