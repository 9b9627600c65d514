/**
 * The shards as main sees them: started with a configuration, stopped without losing what waits in the sockets, told the
 * policy. Everything that belongs to one run of the shards (links, statistics) lives here.
 */
import { Bell, type BellMemory } from '../base/bell.ts';
import type { CommonConfig } from '../config/model.ts';
import type { StatisticNames } from '../engine/figures/statistic-names.ts';
import { type StatisticsMemory, StatisticsWriter } from '../engine/figures/statistics.ts';
import { StatisticsReader } from '../engine/figures/statistics-reader.ts';
import {
  allocateShardLink,
  type ShardLinkMemory,
  ShardWord,
  type UpdateLogMemory,
} from '../engine/parked/shard-link.ts';
import { allocatePolicies, type Policy, publishPolicy } from '../engine/policy.ts';
import { signalEventFd } from '../io/eventfd.ts';
import type { JournalMemory } from '../journal/memory.ts';
import { WordWatch } from '../journal/word-watch.ts';
import { type ChangeLogMemory, isReached } from '../lease/change-log.ts';
import { PARKED_MAX } from '../limits.ts';
import type { ReplySocket } from '../shard/sockets.ts';
import type { CommonTask } from '../shard/task.ts';
import { isCarried, parkedPerShard } from './shard-count.ts';

/** A shard looks at policy and sockets when it is woken, at the latest every half second; one that needs longer hangs. */
const SHARD_TIMEOUT_MS = 5_000;

/** The types of a family. */
export interface ShardKinds {
  readonly config: CommonConfig;
  readonly task: CommonTask;
  readonly socket: ReplySocket;
  readonly handed: unknown;
}

/** What a family gives its shards. */
export interface ShardFamily<Kinds extends ShardKinds> {
  allocateSocketTable(): SharedArrayBuffer;
  writeSocketTable(table: SharedArrayBuffer, sockets: readonly Kinds['socket'][]): void;
  /** The address of a socket as text. */
  addressOf(socket: Kinds['socket']): string;
  /** @param rows threads that count */
  allocateStatistics(config: Kinds['config'], rows: number): StatisticsMemory;
  /** Begins a start of all shards. @returns makes the task of each out of what both families have */
  tasksOf(config: Kinds['config']): (common: CommonTask, handed: Kinds['handed'][]) => Kinds['task'];
}

export interface DataPlaneParts<Kinds extends ShardKinds> {
  readonly family: ShardFamily<Kinds>;
  readonly memory: {
    policies: SharedArrayBuffer;
    readonly updates: readonly UpdateLogMemory[];
    readonly journal: JournalMemory;
    readonly book: { readonly changes: ChangeLogMemory };
  };
  readonly threads: { runShard(task: Kinds['task']): Promise<void> };
  /** Runs the only shard on the link thread; resolves as `threads.runShard`. A fault of it is one of that thread. */
  readonly carry: (task: Kinds['task']) => Promise<void>;
  /** One eventfd a shard. */
  readonly eventFds: readonly number[];
  /** Of the link thread: rung by those who write lease updates, and by those who bring rows onto the disk. */
  readonly link: { readonly updates: BellMemory; readonly disk: BellMemory };
  readonly forcedPort: number;
  /** A shard ended with a fault. */
  readonly onFailure: (error: unknown) => void;
}

export class DataPlane<Kinds extends ShardKinds> {
  readonly #parts: DataPlaneParts<Kinds>;
  /** Kept over reloads: the dispatcher of lease updates holds the verdict rings. */
  readonly links: readonly ShardLinkMemory[];
  readonly #bells: readonly Bell[];
  readonly #policyWatches: readonly WordWatch[];
  readonly #socketTables: readonly SharedArrayBuffer[];
  readonly #socketWatches: readonly WordWatch[];
  #statistics: StatisticsMemory;
  #reader: StatisticsReader<StatisticNames>;
  #writer: StatisticsWriter;
  #running: Promise<unknown>[] = [];
  #version = 0;
  #socketVersion = 0;
  #sockets: readonly Kinds['socket'][] = [];

  constructor(parts: DataPlaneParts<Kinds>, config: Kinds['config']) {
    this.#parts = parts;
    // As large as any configuration may want it: they outlive reloads.
    this.links = parts.eventFds.map((fd) => allocateShardLink(fd, PARKED_MAX));
    this.#bells = this.links.map((link) => new Bell(link, signalEventFd));
    this.#policyWatches = this.#watch(ShardWord.policyVersion);
    this.#socketTables = this.links.map(() => parts.family.allocateSocketTable());
    this.#socketWatches = this.#watch(ShardWord.socketsTaken);
    this.#statistics = this.#allocateStatistics(config);
    this.#reader = new StatisticsReader(this.#statistics);
    this.#writer = new StatisticsWriter(this.#statistics, 0);
  }

  get reader(): StatisticsReader<StatisticNames> {
    return this.#reader;
  }

  /** Main's own row of cells. */
  get writer(): StatisticsWriter {
    return this.#writer;
  }

  /** Of all who wait for rows in poll(). */
  get bells(): readonly BellMemory[] {
    return [...this.links, this.#parts.link.disk];
  }

  /** The rows of all threads: main, the shards, the link thread. */
  get statistics(): StatisticsMemory {
    return this.#statistics;
  }

  /** Of the link thread in the statistics. */
  get linkRow(): number {
    return this.links.length + 1;
  }

  get isRunning(): boolean {
    return this.#running.length > 0;
  }

  /** Starts every shard on the sockets that `useSockets` was given last. @param handed what the first one serves before */
  start(config: Kinds['config'], handed: Kinds['handed'][] = []): void {
    const { family, memory, forcedPort } = this.#parts;
    const parkedMax = parkedPerShard(config, this.links.length);
    const taskOf = family.tasksOf(config);
    this.#running = this.links.map((link, shard) => {
      const words = new Int32Array(link.words);
      Atomics.store(words, ShardWord.stop, 0);
      Atomics.store(words, ShardWord.policyVersion, 0);
      Atomics.store(words, ShardWord.socketsTaken, 0);
      const { book, policies, updates, journal } = memory;
      const common = {
        shard,
        sockets: this.#socketTables[shard]!,
        config,
        book,
        policies,
        updates,
        link,
        journal,
        linkBell: this.#parts.link.updates,
        bells: this.bells,
        statistics: this.#statistics,
        parkedMax,
        forcedPort,
      };
      return this.#run(taskOf(common, shard === 0 ? handed : []));
    });
  }

  #run(task: Kinds['task']): Promise<void> {
    const { threads, carry, onFailure } = this.#parts;
    if (isCarried(task.config, this.links.length)) return carry(task);
    return threads.runShard(task).catch(onFailure);
  }

  /** Stops the shards; resolves when all have returned, their parked replies gone or the grace period over. */
  async stop(): Promise<void> {
    for (const link of this.links) {
      Atomics.store(new Int32Array(link.words), ShardWord.stop, 1);
      signalEventFd(link.eventFd);
    }
    await Promise.all(this.#running);
    this.#running = [];
  }

  /** Publishes the policy of a relationship at once; resolves when every running shard works by it. */
  async publish(relationship: number, policy: Policy): Promise<void> {
    const version = publishPolicy(new Int32Array(this.#parts.memory.policies), relationship, policy);
    this.#version = version;
    for (const link of this.links) signalEventFd(link.eventFd);
    await this.applied(version);
  }

  /**
   * Resolves when every running shard works by a policy of this version or a newer one.
   * @throws (rejects) when one does not within five seconds
   */
  async applied(version = this.#version): Promise<void> {
    if (!this.isRunning) return;
    const isSeen = (seen: number): boolean => isReached(seen, version);
    const answers = await Promise.all(
      this.#policyWatches.map((watch) => watch.until(isSeen, SHARD_TIMEOUT_MS)),
    );
    if (answers.includes(false)) throw new Error('a packet thread does not confirm the policy: it hangs');
  }

  /**
   * Gives each shard its sockets, running or not; what waits in those that stay is not touched.
   * @returns true when no shard works with any other socket, so that those may be closed; false when one does not react
   */
  async useSockets(lists: readonly (readonly Kinds['socket'][])[]): Promise<boolean> {
    // A shard that has not read its table yet must not see it change.
    if (!(await this.#socketsTaken())) return false;
    this.#socketVersion += 1;
    this.#sockets = lists.flat();
    this.links.forEach((link, shard) => {
      this.#parts.family.writeSocketTable(this.#socketTables[shard]!, lists[shard]!);
      Atomics.store(new Int32Array(link.words), ShardWord.socketsGiven, this.#socketVersion);
      signalEventFd(link.eventFd);
    });
    return this.#socketsTaken();
  }

  /** The address of the socket that replies leave by, as text; empty when it has gone. */
  addressOf(replyFd: number): string {
    const socket = this.#sockets.find((each) => each.replyFd === replyFd);
    return socket === undefined ? '' : this.#parts.family.addressOf(socket);
  }

  async #socketsTaken(): Promise<boolean> {
    if (!this.isRunning) return true;
    const isTaken = (version: number): boolean => version === this.#socketVersion;
    const answers = await Promise.all(
      this.#socketWatches.map((watch) => watch.until(isTaken, SHARD_TIMEOUT_MS)),
    );
    return !answers.includes(false);
  }

  #watch(word: number): WordWatch[] {
    return this.links.map((link) => new WordWatch(new Int32Array(link.words), word));
  }

  /** Wakes a shard that waits for a verdict; the verdict was written before. */
  wake(shard: number): void {
    this.#bells[shard]!.ring();
  }

  parked(shard: number): number {
    return Atomics.load(new Int32Array(this.links[shard]!.words), ShardWord.parked);
  }

  turns(shard: number): number {
    return Atomics.load(new Int32Array(this.links[shard]!.words), ShardWord.turns);
  }

  /**
   * Statistics for another set of subnets; the values of what exists in both are carried over. Only while no shard runs.
   */
  renewStatistics(config: Kinds['config']): void {
    const before = this.#reader;
    this.#statistics = this.#allocateStatistics(config);
    this.#reader = new StatisticsReader(this.#statistics);
    this.#writer = new StatisticsWriter(this.#statistics, 0);
    this.#writer.takeOver(before);
  }

  /** Makes room for the policies of another number of relationships. Only while no shard runs. */
  resizePolicies(count: number): void {
    const { memory } = this.#parts;
    memory.policies = allocatePolicies(count, memory.policies);
  }

  #allocateStatistics(config: Kinds['config']): StatisticsMemory {
    return this.#parts.family.allocateStatistics(config, this.links.length + 2);
  }
}
