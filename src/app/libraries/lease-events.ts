/** Who listens to lease events by the configuration, and the one reader that serves them all. */

import { Bell } from '../../base/bell.ts';
import type { Clock } from '../../base/clock.ts';
import type { LegalSyslogConfig } from '../../config/hook-model.ts';
import type { ServerConfig } from '../../config/model.ts';
import { Listening } from '../../engine/leases/lease-events.ts';
import type { CommandListener, LeaseEvent, LeaseEventListener } from '../../events/event.ts';
import { parseLeaseEvent } from '../../events/parse.ts';
import { type PartnerChange, parsePartnerChange } from '../../events/partner-change.ts';
import { EventReader } from '../../events/reader.ts';
import type { ScriptHost } from '../../hooks/environment.ts';
import { LegalLog } from '../../hooks/legal-log.ts';
import { interfaceIndex, RunScript } from '../../hooks/run-script.ts';
import { signalEventFd } from '../../io/eventfd.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import type { LeaseEventsMemory } from '../../lease/events.ts';
import type { LinkMemory } from '../../link/memory.ts';
import { ForensicSyslog } from '../../log/forensic-syslog.ts';
import type { Log } from '../../log/logger.ts';
import type { Change } from '../change.ts';

/** What the shards have to write down for the listeners of a configuration. */
export function listeningOf({ hooks }: ServerConfig): Listening {
  return hooks.runScript === null && hooks.legalLog === null ? Listening.off : Listening.queries;
}

/** Whether somebody wants to hear of every lease that a partner changes. */
export function hearsPartners({ hooks }: ServerConfig): boolean {
  return hooks.legalLog !== null;
}

export interface LeaseEventsParts {
  readonly memory: LeaseEventsMemory;
  readonly link: Pick<LinkMemory, 'told' | 'room'>;
  readonly book: LeaseBook;
  readonly serverPort: number;
  readonly clock: Clock;
  readonly log: Log;
}

export class LeaseEvents {
  readonly #parts: LeaseEventsParts;
  readonly #reader: EventReader<LeaseEvent>;
  /** Of what partners change by their streams. */
  readonly #told: EventReader<PartnerChange>;
  #listeners: readonly LeaseEventListener[] = [];

  constructor(parts: LeaseEventsParts) {
    this.#parts = parts;
    const { memory, link, book } = parts;
    const durable = () => book.changes.durable();
    this.#reader = new EventReader(memory, {
      durable,
      parse: parseLeaseEvent,
      take: (event) => this.#hand(event),
    });
    const room = new Bell(link.room, signalEventFd);
    this.#told = new EventReader(link.told, {
      durable,
      parse: (_, bytes) => parsePartnerChange(bytes),
      take: ({ command, args }) => this.commandListener?.(command, args),
      released: () => room.ring(),
    });
  }

  /** Serves the listeners of the first configuration from now on. @throws an Error when one cannot begin */
  start(config: ServerConfig): void {
    this.#use(this.#listenersOf(config));
  }

  /** Makes the listeners of another configuration ready. @throws an Error when one cannot begin; nothing has changed */
  prepare(config: ServerConfig): Change {
    const former = this.#listeners;
    const next = this.#listenersOf(config);
    return {
      commit: () => {
        // Those of before hear of all that was done before; the link thread stands still.
        this.#told.drain();
        this.#use(next);
      },
      abandon: () => closeAll(next),
      retire: () => closeAll(former),
    };
  }

  /** Where nobody listens nothing is written, and nothing has to be read. */
  #use(listeners: readonly LeaseEventListener[]): void {
    this.#listeners = listeners;
    if (listeners.length === 0) return;
    this.#reader.start();
    this.#told.start();
  }

  /** Hands on the rest; nobody writes events any more. */
  async close(): Promise<void> {
    this.#reader.close();
    this.#told.close();
    await closeAll(this.#listeners);
  }

  /** Who wants to hear of leases changed by command; null = nobody. */
  get commandListener(): CommandListener | null {
    const wanting = this.#listeners.filter(({ command }) => command !== undefined);
    if (wanting.length === 0) return null;
    return (command, args) => {
      for (const listener of wanting) listener.command?.(command, args);
    };
  }

  #hand(event: LeaseEvent): void {
    for (const listener of this.#listeners) listener.take(event);
    const lost = this.#reader.takeLost();
    if (lost > 0) this.#parts.log('TDM_EVENTS_LOST', { lost });
  }

  #listenersOf(config: ServerConfig): LeaseEventListener[] {
    const { runScript, legalLog } = config.hooks;
    const { clock, log, serverPort } = this.#parts;
    const listeners: LeaseEventListener[] = [];
    if (runScript !== null) listeners.push(new RunScript(runScript, hostOf(config, serverPort), log));
    if (legalLog !== null)
      listeners.push(new LegalLog(legalLog, legalSubnets(config), clock, log, openSyslog));
    return listeners;
  }
}

function openSyslog(config: LegalSyslogConfig): ForensicSyslog {
  return new ForensicSyslog(config);
}

/** Subnets whose user context says `"legal-logging": false` are left out. */
function legalSubnets(config: ServerConfig): (subnetId: number) => boolean {
  const silent = new Set(
    config.subnets.filter(({ userContext }) => userContext?.['legal-logging'] === false).map(({ id }) => id),
  );
  return (subnetId) => !silent.has(subnetId);
}

async function closeAll(listeners: readonly LeaseEventListener[]): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close()));
}

function hostOf(config: ServerConfig, serverPort: number): ScriptHost {
  return {
    serverPort,
    subnets: new Map(config.subnets.map((subnet) => [subnet.id, subnet])),
    interfaceIndex,
    removesExpired: config.expiredLeases.flushReclaimedTimerWaitSec === 0,
  };
}
