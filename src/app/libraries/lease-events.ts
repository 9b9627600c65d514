/** Who listens to lease events by the configuration, and the one reader that serves them all. */

import { Bell } from '../../base/bell.ts';
import type { Clock } from '../../base/clock.ts';
import type { LegalSyslogConfig } from '../../config/hook-model.ts';
import { Listening } from '../../engine/leases/lease-events.ts';
import type { CommandListener, LeaseEventListener, PartnerChange } from '../../events/event.ts';
import { EventReader } from '../../events/reader.ts';
import { LegalLog } from '../../hooks/legal-log.ts';
import { RunScript } from '../../hooks/run-script.ts';
import { signalEventFd } from '../../io/eventfd.ts';
import type { ChangeLog } from '../../lease/change-log.ts';
import type { LeaseEventsMemory } from '../../lease/events.ts';
import type { LinkMemory } from '../../link/memory.ts';
import { ForensicSyslog } from '../../log/forensic-syslog.ts';
import type { Log } from '../../log/logger.ts';
import type { Change } from '../change.ts';
import type { EventsConfig, EventsFamily } from './event-family.ts';

/** What the shards have to write down for the listeners of a configuration. */
export function listeningOf({ hooks }: Pick<EventsConfig, 'hooks'>): Listening {
  if (hooks.runScript !== null) return Listening.all;
  return hooks.legalLog === null ? Listening.off : Listening.queries;
}

/** Whether somebody wants to hear of every lease that a partner changes. */
export function hearsPartners({ hooks }: Pick<EventsConfig, 'hooks'>): boolean {
  return hooks.legalLog !== null;
}

export interface LeaseEventsParts<Config extends EventsConfig, Event> {
  readonly family: EventsFamily<Config, Event>;
  readonly memory: LeaseEventsMemory;
  readonly link: Pick<LinkMemory, 'told' | 'room'>;
  readonly book: { readonly changes: ChangeLog };
  readonly clock: Clock;
  readonly log: Log;
}

export class LeaseEvents<Config extends EventsConfig, Event> {
  readonly #parts: LeaseEventsParts<Config, Event>;
  readonly #reader: EventReader<Event>;
  /** Of what partners change by their streams. */
  readonly #told: EventReader<PartnerChange>;
  #listeners: readonly LeaseEventListener<Event>[] = [];

  constructor(parts: LeaseEventsParts<Config, Event>) {
    this.#parts = parts;
    const { family, memory, link, book } = parts;
    const durable = () => book.changes.durable();
    this.#reader = new EventReader(memory, {
      durable,
      parse: (kind, bytes) => family.parse(kind, bytes),
      take: (event) => this.#hand(event),
    });
    const room = new Bell(link.room, signalEventFd);
    this.#told = new EventReader(link.told, {
      durable,
      parse: (_, bytes) => family.parsePartnerChange(bytes),
      take: ({ command, args }) => this.commandListener?.(command, args),
      released: () => room.ring(),
    });
  }

  /** Serves the listeners of the first configuration from now on. @throws an Error when one cannot begin */
  start(config: Config): void {
    this.#use(this.#listenersOf(config));
  }

  /** Makes the listeners of another configuration ready. @throws an Error when one cannot begin; nothing has changed */
  prepare(config: Config): Change {
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
  #use(listeners: readonly LeaseEventListener<Event>[]): void {
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

  #hand(event: Event): void {
    for (const listener of this.#listeners) listener.take(event);
    const lost = this.#reader.takeLost();
    if (lost > 0) this.#parts.log('TDM_EVENTS_LOST', { lost });
  }

  #listenersOf(config: Config): LeaseEventListener<Event>[] {
    const { runScript, legalLog } = config.hooks;
    const { clock, family, log } = this.#parts;
    const openSyslog = (syslog: LegalSyslogConfig) => new ForensicSyslog(syslog, family.number);
    const listeners: LeaseEventListener<Event>[] = [];
    if (runScript !== null) listeners.push(new RunScript(runScript, family.scriptCallsBy(config), log));
    if (legalLog !== null)
      listeners.push(new LegalLog(legalLog, family.lines, legalSubnets(config), clock, log, openSyslog));
    return listeners;
  }
}

/** Subnets whose user context says `"legal-logging": false` are left out. */
function legalSubnets(config: EventsConfig): (subnetId: number) => boolean {
  const silent = new Set(
    config.subnets.filter(({ userContext }) => userContext?.['legal-logging'] === false).map(({ id }) => id),
  );
  return (subnetId) => !silent.has(subnetId);
}

async function closeAll(listeners: readonly { close(): Promise<void> }[]): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close()));
}
