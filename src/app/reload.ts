/**
 * Reloads: the configuration file is read again and taken as a whole, or refused with everything as it was.
 *
 *     read -> prepare, beside what serves: lease file, peers, listeners -> stop the shards -> the lease streams pause
 *          -> the old journal ends -> commit, at once -> the streams go on -> start the shards -> retire what only the old configuration needed
 *
 * Queries that arrive while the shards stand still wait in the sockets.
 */
import { systemClock } from '../base/clock.ts';
import type { ConfigOutcome, DocumentEdit } from '../control/commands/configuration.ts';
import type { StatisticsWriter } from '../engine/figures/statistics.ts';
import type { StatisticsReader } from '../engine/figures/statistics-reader.ts';
import type { AdjustableLog } from '../log/logger.ts';
import { type Change, together } from './change.ts';
import {
  type ActiveConfiguration,
  type AnyServerConfig,
  type ConfigurationSource,
  type DateRule,
  fixedDifference,
  type LoadedConfiguration,
  readConfiguration,
  readDocument,
} from './configuration.ts';
import type { CredentialFiles } from './control/credential-files.ts';
import type { ListenerSpec, Listeners } from './control/listeners.ts';
import type { HighAvailabilityChange } from './ha/high-availability.ts';
import type { LeaseChange, TableMemory } from './leases/lease-change.ts';
import type { Storage } from './leases/storage.ts';

interface Figures {
  readonly reader: StatisticsReader;
  readonly writer: StatisticsWriter;
}

/** @typeParam Table memory of a lease table. @typeParam Handed what waited in sockets that have gone */
export interface ReloadParts<C extends AnyServerConfig, Table extends TableMemory, Handed> {
  readonly source: ConfigurationSource<C>;
  readonly active: ActiveConfiguration<C>;
  readonly interfaces: {
    prepare(config: C): Promise<void>;
    use(config: C): Promise<Handed[]>;
  };
  readonly dataPlane: Figures & {
    readonly isRunning: boolean;
    start(config: C, handed: Handed[]): void;
    stop(): Promise<void>;
    renewStatistics(config: C): void;
  };
  /** The lease streams, null = there is no thread for any. */
  readonly link: { pause(): Promise<void>; resume(): void } | null;
  readonly leases: {
    prepare(config: C): Promise<LeaseChange<C, Table>>;
    commit(config: C, change: LeaseChange<C, Table>, table: Table, figures: Figures): void;
  };
  /** Other parts that change with the configuration, in this order. @param isOfFile false: a command has made it */
  readonly others: readonly ((config: C, isOfFile: boolean) => Change)[];
  readonly storage: Storage;
  readonly highAvailability: {
    readonly credentials: Pick<CredentialFiles, 'isOutdated' | 'reload'>;
    prepare(config: C, isOtherLeases: boolean): HighAvailabilityChange;
  } | null;
  readonly control: { listeners(config: C): ListenerSpec[]; renew(): void };
  readonly listeners: Listeners;
  readonly isStopping: () => boolean;
  readonly log: AdjustableLog;
}

/** Reloads as those ask for them who need not know what they do. */
export interface Reloading {
  request(): Promise<ConfigOutcome>;
  change(edit: DocumentEdit): Promise<ConfigOutcome>;
  check(document: object): ConfigOutcome;
  idle(): Promise<void>;
}

/** Makes the next configuration when its turn comes. */
type Next<C extends AnyServerConfig> = () => LoadedConfiguration<C> | ConfigOutcome;

interface NextConfiguration<C extends AnyServerConfig> extends LoadedConfiguration<C> {
  /** False: a command has made it. */
  readonly isOfFile: boolean;
}

const NO_PEERS: HighAvailabilityChange = { ...together([]), listeners: [] };
const UNCHANGED: ConfigOutcome = { ok: true, problems: [] };

export class Reloader<C extends AnyServerConfig, Table extends TableMemory, Handed> implements Reloading {
  readonly #parts: ReloadParts<C, Table, Handed>;
  /** The last one of those that are under way or wait, and how many these are. */
  #last: Promise<unknown> = Promise.resolve();
  #pending = 0;
  /** The last in the queue, when it is the file's and has not begun. */
  #waiting: Promise<ConfigOutcome> | null = null;

  constructor(parts: ReloadParts<C, Table, Handed>) {
    this.#parts = parts;
  }

  /**
   * Reads the file and works by it; a bad one changes nothing. Never rejects. One at a time: who asks meanwhile gets the
   * next one, which begins when this has ended, because the file may have changed since it was read.
   */
  request(): Promise<ConfigOutcome> {
    if (this.#waiting !== null) return this.#waiting;
    let hasBegun = false;
    const read = (): LoadedConfiguration<C> | ConfigOutcome => {
      hasBegun = true;
      this.#waiting = null;
      return this.#read();
    };
    const turn = this.#enqueue(read, true);
    if (!hasBegun) this.#waiting = turn;
    return turn;
  }

  /**
   * Works by another document from now on, made of the one that is in force when its turn comes; until the file is read
   * again. Never rejects.
   * @param edit makes the next document and leaves the one it gets as it is; null = nothing is to be changed
   */
  change(edit: DocumentEdit): Promise<ConfigOutcome> {
    this.#waiting = null;
    return this.#enqueue(() => {
      const next = edit(this.#parts.active.document);
      return next === null ? UNCHANGED : this.#readDocument(next);
    }, false);
  }

  /** Whether a document by a command would be taken, without working by it. Never throws. */
  check(document: object): ConfigOutcome {
    const checked = this.#readDocument(document);
    return 'config' in checked ? { ok: true, problems: [] } : checked;
  }

  /** Resolves when no reload is under way and none waits. */
  async idle(): Promise<void> {
    while (this.#pending > 0) await this.#last;
  }

  #enqueue(next: Next<C>, isOfFile: boolean): Promise<ConfigOutcome> {
    this.#pending++;
    const begin = (): Promise<ConfigOutcome> => this.#reload(next, isOfFile);
    const turn = (this.#pending === 1 ? begin() : this.#last.then(begin)).finally(() => {
      this.#pending--;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #reload(next: Next<C>, isOfFile: boolean): Promise<ConfigOutcome> {
    const { source, log, active, highAvailability, isStopping } = this.#parts;
    const outcome = isStopping() ? refuse('the server is stopping') : next();
    if (outcome === UNCHANGED) return UNCHANGED;
    if (!('config' in outcome)) return this.#refused(outcome);
    const fixed = fixedDifference(active.config, outcome.config);
    if (fixed !== null) return this.#refused(refuse(fixed));
    try {
      const stoodMs = await this.#apply(outcome, isOfFile);
      highAvailability?.credentials.reload();
      const by = isOfFile ? { file: source.file.path } : { byCommand: true };
      log('TDM_ENGINE_RELOADED', { ...by, subnets: outcome.config.subnets.length, stoodMs });
      return { ok: true, problems: [] };
    } catch (error) {
      return this.#refused(refuse((error as Error).message));
    }
  }

  #read(): LoadedConfiguration<C> | ConfigOutcome {
    return readConfiguration(this.#parts.source, this.#dates());
  }

  #readDocument(document: object): LoadedConfiguration<C> | ConfigOutcome {
    const { source, active } = this.#parts;
    return readDocument(document, source, active.places, this.#dates());
  }

  /** While a certificate in use is outdated there is nothing better to stay with. */
  #dates(): DateRule {
    return { allowOutdated: this.#parts.highAvailability?.credentials.isOutdated() ?? false };
  }

  #refused(outcome: ConfigOutcome): ConfigOutcome {
    this.#parts.log('TDM_ENGINE_RELOAD_REFUSED', { problems: outcome.problems });
    return outcome;
  }

  /** @returns how long the shards stood still, in ms */
  async #apply(next: LoadedConfiguration<C>, isOfFile: boolean): Promise<number> {
    const { leases, log, source } = this.#parts;
    log.prepare(next.config.loggers, source.server.family);
    const leaseChange = await leases.prepare(next.config);
    try {
      return await this.#applyWith({ ...next, isOfFile }, leaseChange);
    } catch (error) {
      leaseChange.abandon();
      throw error;
    }
  }

  async #applyWith(next: NextConfiguration<C>, leaseChange: LeaseChange<C, Table>): Promise<number> {
    const { highAvailability, control, listeners, others } = this.#parts;
    const peers = highAvailability?.prepare(next.config, leaseChange.isOtherLeases) ?? NO_PEERS;
    const ports = listeners.prepare([...peers.listeners, ...control.listeners(next.config)]);
    const opened = await ports.catch(async (error: unknown) => {
      await peers.abandon();
      throw error;
    });
    let change = together([peers, opened]);
    const startMs = systemClock.monotonicMs();
    try {
      for (const prepare of others) change = together([change, prepare(next.config, next.isOfFile)]);
      await this.#exchange(next, leaseChange, change.commit);
    } catch (error) {
      await change.abandon();
      throw error;
    }
    // Not awaited: the socket by which this reload was asked for may be among what is closed.
    void change.retire();
    return Math.round(systemClock.monotonicMs() - startMs);
  }

  /** @throws an Error that says why the new configuration cannot be worked by; the old one is again */
  async #exchange(
    next: NextConfiguration<C>,
    leaseChange: LeaseChange<C, Table>,
    commit: () => void,
  ): Promise<void> {
    const { active, dataPlane, interfaces, link } = this.#parts;
    try {
      await interfaces.prepare(next.config);
      await dataPlane.stop();
      // Only now: parked replies wait for what it is told.
      await link?.pause();
      await this.#commit(leaseChange, () => this.#take(next, leaseChange, commit));
    } finally {
      link?.resume();
      const handed = await interfaces.use(active.config);
      if (!dataPlane.isRunning) dataPlane.start(active.config, handed);
    }
  }

  async #commit(leaseChange: LeaseChange<C, Table>, take: () => void): Promise<void> {
    const { storage, active } = this.#parts;
    if (!leaseChange.endsJournal) return take();
    const { path } = active.config.leaseDatabase;
    let isTaken = false;
    try {
      await storage.drain(() => {
        take();
        isTaken = true;
      });
    } finally {
      if (!isTaken) storage.resume();
    }
    if (!isTaken) throw new Error(`${path} cannot be left: it has not taken all rows (see the log)`);
  }

  /** Everything at once: nothing may happen in between. */
  #take(next: NextConfiguration<C>, leaseChange: LeaseChange<C, Table>, commit: () => void): void {
    const { active, dataPlane, leases, control, log } = this.#parts;
    const table = leaseChange.table();
    dataPlane.renewStatistics(next.config);
    leases.commit(next.config, leaseChange, table, dataPlane);
    active.replace(next, next.isOfFile);
    commit();
    control.renew();
    log.take();
  }
}

function refuse(problem: string): ConfigOutcome {
  return { ok: false, problems: [problem] };
}
