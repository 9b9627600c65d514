/** Who listens to lease events by the configuration, and the one reader that serves them all. */
import type { ServerConfig } from '../config/model.ts';
import { Listening } from '../engine/lease-events.ts';
import type { LeaseEvent, LeaseEventListener } from '../events/event.ts';
import { LeaseEventReader } from '../events/reader.ts';
import type { ScriptHost } from '../hooks/environment.ts';
import { interfaceIndex, RunScript } from '../hooks/run-script.ts';
import type { LeaseBook } from '../lease/book.ts';
import type { LeaseEventsMemory } from '../lease/events.ts';
import type { Log } from '../log/logger.ts';

/** What the shards have to write down for the listeners of a configuration. */
export function listeningOf({ hooks }: ServerConfig): Listening {
  return hooks.runScript === null ? Listening.off : Listening.queries;
}

export interface LeaseEventsParts {
  readonly memory: LeaseEventsMemory;
  readonly book: LeaseBook;
  readonly serverPort: number;
  readonly log: Log;
}

export class LeaseEvents {
  readonly #parts: LeaseEventsParts;
  readonly #reader: LeaseEventReader;
  #listeners: readonly LeaseEventListener[] = [];
  /** Those of configurations before, which finish what they have begun. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(parts: LeaseEventsParts) {
    this.#parts = parts;
    const { memory, book } = parts;
    this.#reader = new LeaseEventReader(
      memory,
      () => book.changes.durable(),
      (event) => this.#hand(event),
    );
  }

  /** Serves the listeners of the first configuration from now on. */
  start(config: ServerConfig): void {
    this.#listeners = this.#listenersOf(config);
    this.#reader.start();
  }

  /** Serves the listeners of another configuration from now on. */
  commit(config: ServerConfig): void {
    const former = this.#listeners;
    this.#listeners = this.#listenersOf(config);
    for (const listener of former) {
      const leaving = listener.close().finally(() => this.#leaving.delete(leaving));
      this.#leaving.add(leaving);
    }
  }

  /** Hands on the rest; nobody writes events any more. */
  async close(): Promise<void> {
    this.#reader.close();
    await Promise.all([...this.#leaving, ...this.#listeners.map((listener) => listener.close())]);
  }

  #hand(event: LeaseEvent): void {
    for (const listener of this.#listeners) listener.take(event);
    const lost = this.#reader.takeLost();
    if (lost > 0) this.#parts.log('TDM_EVENTS_LOST', { lost });
  }

  #listenersOf(config: ServerConfig): LeaseEventListener[] {
    const { runScript } = config.hooks;
    if (runScript === null) return [];
    return [new RunScript(runScript, hostOf(config, this.#parts.serverPort), this.#parts.log)];
  }
}

function hostOf(config: ServerConfig, serverPort: number): ScriptHost {
  return {
    serverPort,
    subnets: new Map(config.subnets.map((subnet) => [subnet.id, subnet])),
    interfaceIndex,
    removesExpired: config.expiredLeases.flushReclaimedTimerWaitSec === 0,
  };
}
