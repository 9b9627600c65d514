/**
 * Keeps the sockets in step with the interfaces: at the start, at each reload, and whenever the kernel says that an interface
 * or an address has come, gone or changed. Twice a second the notices are looked through, one system call when there are
 * none; a list is only made after a notice or for a retry, so that flapping interfaces cost two lists a second at most.
 *
 *     look -> plan -> open what is new -> give the shards their lists -> close what none of them works with any more
 */
import type { Clock } from '../../base/clock.ts';
import type { SocketsStatus } from '../../control/commands/status.ts';
import type { Timers } from '../../ha/service/timers.ts';
import type { Log } from '../../log/logger.ts';
import { SocketRetries } from './retries.ts';
import type { InterfaceFault, SocketKinds, SocketSet } from './socket-set.ts';

const LOOK_MS = 500;
/** Reasons in one line of the log. */
const LOGGED_MAX = 50;

export interface InterfaceWatchParts<Kinds extends SocketKinds> {
  readonly sockets: SocketSet<Kinds>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** @throws when the kernel refuses */
  readonly list: () => Kinds['link'][];
  readonly notices: { take(): boolean; close(): void };
  /** All sockets are required and the retries are used up: begins the end of the server. */
  readonly onGivenUp: () => void;
}

/** Gives the shards their sockets. @returns false while one of them may still work with others */
export type SocketSwitch<Socket> = (lists: readonly (readonly Socket[])[]) => Promise<boolean>;

export class InterfaceWatch<Kinds extends SocketKinds> {
  readonly #parts: InterfaceWatchParts<Kinds>;
  readonly #sockets: SocketSet<Kinds>;
  #config: Kinds['config'];
  #retries: SocketRetries;
  #switch: SocketSwitch<Kinds['socket']> = () => Promise.resolve(true);
  /** Names that were there while new ones were still taken (re-detect). */
  #known: ReadonlySet<string> | null = null;
  /** Null before the first look. */
  #plan: Kinds['plan'] | null = null;
  #faults: readonly InterfaceFault[] = [];
  #looking: Promise<void> = Promise.resolve();
  #cancelTimer: () => void = () => {};
  #isPaused = true;
  /** The lists that all shards work with. */
  #given = '';
  /** A look did not do all it should: the next one needs no notice. */
  #isUnsettled = false;
  #isUnreadable = false;

  /**
   * Opens the sockets.
   * @throws an Error that names the interface and what to do, where Kea would not start; nothing stays open
   */
  static open<Kinds extends SocketKinds>(
    parts: InterfaceWatchParts<Kinds>,
    config: Kinds['config'],
  ): InterfaceWatch<Kinds> {
    const watch = new InterfaceWatch(parts, config);
    try {
      watch.#openFirst(config, null);
    } catch (error) {
      watch.close();
      throw error;
    }
    return watch;
  }

  private constructor(parts: InterfaceWatchParts<Kinds>, config: Kinds['config']) {
    this.#parts = parts;
    this.#config = config;
    this.#sockets = parts.sockets;
    this.#retries = new SocketRetries(config.serviceSockets, parts.clock.monotonicMs());
  }

  /** Gives the shards the sockets, now and whenever they change. Before the shards start. */
  async begin(giveSockets: SocketSwitch<Kinds['socket']>): Promise<void> {
    this.#switch = giveSockets;
    await this.#look();
  }

  /** Heeds the kernel's notices from now on, and counts the retries. When the server can be ended. */
  watch(): void {
    this.#isPaused = false;
    this.#arm();
  }

  /**
   * Opens what a new configuration asks for besides, and stands still until `use`, which must follow. The shards may run.
   * @throws an Error where Kea would refuse the configuration
   */
  async prepare(config: Kinds['config']): Promise<void> {
    await this.pause();
    this.#openFirst(config, this.#config);
  }

  /**
   * Works by this configuration from now on, the new one or, when that failed, the old one again. With sockets of another type
   * no shard may run.
   * @returns what waited in sockets that go, for the first shard
   */
  async use(config: Kinds['config']): Promise<Kinds['handed'][]> {
    this.#config = config;
    this.#retries = new SocketRetries(config.serviceSockets, this.#parts.clock.monotonicMs());
    const handed: Kinds['handed'][] = [];
    await this.#look(handed);
    this.watch();
    return handed;
  }

  /** No more changes; resolves when one that is under way has ended. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    this.#cancelTimer();
    await this.settled();
  }

  /** Resolves when no look is under way. */
  settled(): Promise<void> {
    return this.#looking;
  }

  close(): void {
    this.#sockets.close();
    this.#parts.notices.close();
  }

  /** Takes up interfaces that have come since the start, whatever `re-detect` says; resolves when they are served. */
  async redetect(): Promise<void> {
    this.#known = null;
    this.#isUnsettled = true;
    // A reload that is under way looks at its end.
    if (this.#isPaused) return;
    this.#looking = this.#looking.then(() => this.#lookWhenDue()).then(() => this.#arm());
    await this.#looking;
  }

  /** As status-get has it. */
  status(): SocketsStatus {
    const errors = this.#faults.map(({ reason }) => reason);
    if (errors.length === 0) return { status: 'ready', errors };
    return { status: this.#retries.areLeft ? 'retrying' : 'failed', errors };
  }

  /** Why clients are not served, one line each. */
  notReady(): string[] {
    const lists = this.#plan === null ? [] : this.#sockets.lists(this.#plan);
    const isServing = lists.some((list) => list.length > 0);
    const { requireAll } = this.#config.serviceSockets;
    const reasons = this.#faults.filter(({ isMissed }) => isMissed || requireAll).map(({ reason }) => reason);
    return isServing || reasons.length > 0 ? reasons : ['no interface is served: no socket is open'];
  }

  /** Every interface that is to be served, and whether it is. */
  served(): ReadonlyMap<string, boolean> {
    const faulty = new Set(this.#faults.map(({ interfaceName }) => interfaceName));
    return new Map((this.#plan?.names ?? []).map((name) => [name, !faulty.has(name)]));
  }

  #arm(): void {
    this.#cancelTimer();
    if (this.#isPaused) return;
    this.#cancelTimer = this.#parts.timers.after(LOOK_MS, () => {
      this.#looking = this.#lookWhenDue().then(() => this.#arm());
    });
  }

  async #lookWhenDue(): Promise<void> {
    const nowMs = this.#parts.clock.monotonicMs();
    const isRetry = this.#faults.length > 0 && this.#retries.isDue(nowMs);
    // The notices are taken in any case: those of before this look are answered by it.
    const isChanged = this.#parts.notices.take();
    if (!isChanged && !isRetry && !this.#isUnsettled) return;
    await this.#look();
    if (isRetry && this.#faults.length > 0 && this.#retries.count(nowMs)) this.#giveUp();
  }

  #giveUp(): void {
    const { maxRetries, requireAll } = this.#config.serviceSockets;
    this.#parts.log('TDM_ENGINE_SOCKET_RETRIES_USED_UP', { retries: maxRetries, isFatal: requireAll });
    if (requireAll) this.#parts.onGivenUp();
  }

  /** Brings sockets and shards in step with the interfaces as they are now. @param handed gets what waited in sockets that go. Never rejects. */
  async #look(handed: Kinds['handed'][] | null = null): Promise<void> {
    const plan = this.#planNow();
    this.#isUnsettled = plan === null;
    if (plan === null) return;
    const faults = [...plan.faults, ...this.#sockets.open(plan)];
    if (handed !== null) this.#handOver(plan, handed);
    if (await this.#give(this.#sockets.lists(plan))) {
      const closed = this.#sockets.retain(plan);
      // What was closed may have stood in the way of what could not be opened.
      this.#isUnsettled = closed > 0 && faults.length > plan.faults.length;
    } else this.#isUnsettled = true;
    this.#plan = plan;
    if (faults.length === 0) this.#retries.end();
    this.#report(faults);
  }

  #handOver(plan: Kinds['plan'], handed: Kinds['handed'][]): void {
    if (this.#plan === null) return;
    try {
      handed.push(...this.#sockets.handOver(this.#plan, plan));
    } catch (error) {
      this.#parts.log('TDM_ENGINE_QUERIES_NOT_HANDED_OVER', { reason: (error as Error).message });
    }
  }

  async #give(lists: readonly (readonly Kinds['socket'][])[]): Promise<boolean> {
    const text = JSON.stringify(lists);
    if (text === this.#given) return true;
    this.#given = '';
    if (!(await this.#switch(lists))) {
      this.#parts.log('TDM_ENGINE_SOCKETS_NOT_TAKEN');
      return false;
    }
    this.#given = text;
    return true;
  }

  /** The first attempt with a configuration. @param running the one before, null = there is none */
  #openFirst(config: Kinds['config'], running: Kinds['config'] | null): void {
    const { requireAll, maxRetries } = config.serviceSockets;
    const all = this.#parts.list();
    const available = this.#mayServe(config, all);
    const plan = this.#sockets.plan(config, available, all);
    // Whoever configures retries expects that an interface comes late; without them it is a slip of the pen.
    const missing = maxRetries > 0 ? null : this.#sockets.missing(plan, running, available);
    if (missing !== null) throw new Error(missing);
    const faults = [...plan.faults, ...this.#sockets.open(plan)];
    if (!requireAll || maxRetries > 0 || faults.length === 0) return;
    const reasons = faults.map(({ reason }) => reason).join('; ');
    throw new Error(`interfaces-config: service-sockets-require-all is true, and ${reasons}`);
  }

  /** @returns null when the kernel does not give the list: everything stays as it is */
  #planNow(): Kinds['plan'] | null {
    try {
      const all = this.#parts.list();
      const plan = this.#sockets.plan(this.#config, this.#mayServe(this.#config, all), all);
      this.#isUnreadable = false;
      return plan;
    } catch (error) {
      if (!this.#isUnreadable)
        this.#parts.log('TDM_ENGINE_INTERFACES_UNREADABLE', { reason: (error as Error).message });
      this.#isUnreadable = true;
      return null;
    }
  }

  #mayServe(config: Kinds['config'], all: readonly Kinds['link'][]): Kinds['link'][] {
    if (this.#known === null || config.serviceSockets.reDetect)
      this.#known = new Set(all.map(({ name }) => name));
    const known = this.#known;
    return all.filter(({ name }) => known.has(name));
  }

  #report(faults: readonly InterfaceFault[]): void {
    const before = new Set(this.#faults.map(({ reason }) => reason));
    const after = new Set(faults.map(({ reason }) => reason));
    const come = [...after].filter((reason) => !before.has(reason));
    const gone = [...before].filter((reason) => !after.has(reason));
    this.#faults = faults;
    const { log } = this.#parts;
    if (come.length > 0)
      log('TDM_ENGINE_INTERFACES_NOT_SERVED', { reasons: come.slice(0, LOGGED_MAX), count: come.length });
    if (gone.length > 0)
      log('TDM_ENGINE_INTERFACES_MENDED', { reasons: gone.slice(0, LOGGED_MAX), count: gone.length });
  }
}
