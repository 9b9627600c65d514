/**
 * What a shard does with queries: a desk receives, classifies and serves them -> replies are sent now or parked -> what became
 * safe -> sendmmsg. When each step is taken is the business of a loop.
 */
import type { Clock } from '../base/clock.ts';
import { ShardWord } from '../engine/parked/shard-link.ts';
import { VerdictReader } from '../engine/parked/verdicts.ts';
import { BATCH_MAX } from '../wasm/layout.ts';
import { Announcer } from './announce.ts';
import type { Desk, DeskCells, DeskMaker, ReplyExit, ServingContext } from './desk.ts';
import { NO_SOCKET, type PolledChannel, type ShardSockets } from './sockets.ts';
import type { CommonTask } from './task.ts';

export class ShardService implements ReplyExit {
  readonly #task: CommonTask;
  readonly #clock: Clock;
  readonly #desk: Desk;
  readonly context: ServingContext;
  readonly cells: DeskCells;
  readonly sockets: ShardSockets<PolledChannel>;
  /** Of main, and of the link thread. */
  readonly verdicts: VerdictReader;
  readonly linkVerdicts: VerdictReader;
  readonly #announcer: Announcer;
  readonly #words: Int32Array;
  /** The last batch was a small one, and no query of its kind is answered here. */
  #mayRest = false;

  constructor(task: CommonTask, openDesk: DeskMaker, clock: Clock) {
    this.#task = task;
    this.#clock = clock;
    this.#desk = openDesk(this);
    this.context = this.#desk.context;
    this.cells = this.#desk.cells;
    this.sockets = this.#desk.sockets;
    this.verdicts = new VerdictReader(task.link.verdicts);
    this.linkVerdicts = new VerdictReader(task.link.linkVerdicts);
    this.#announcer = new Announcer(task, this.context, clock);
    this.#words = new Int32Array(task.link.words);
  }

  /** How long a sleep may last, ms. */
  waitMs(longestMs: number): number {
    return this.#desk.waitMs?.(longestMs) ?? longestMs;
  }

  /** Queries for the partner alone have come last: those that come next may gather for a moment. */
  takeRest(): boolean {
    const mayRest = this.#mayRest;
    this.#mayRest = false;
    return mayRest;
  }

  /** Serves what main has read in the place of this shard. */
  serveHanded(): void {
    for (let count = this.#desk.takeHanded(); count > 0; count = this.#desk.takeHanded()) {
      this.#serveBatch(count);
      this.settle();
    }
  }

  /** Works with what main has given since. Pre: nothing is queued for sending. */
  renew(): void {
    if (this.sockets.isOutdated) {
      this.sockets.renew(this.context.slots);
      this.#desk.takeSockets?.();
    }
    this.#desk.renew?.();
  }

  /** Works by the newest policy from here on and says so: main waits for it before it relies on the change. */
  takePolicy(): void {
    if (!this.context.policy.refresh()) return;
    this.#desk.forgetAnswers?.();
    Atomics.store(this.#words, ShardWord.policyVersion, this.context.policy.version);
    Atomics.notify(this.#words, ShardWord.policyVersion);
  }

  /** Serves what waits in the sockets that were ready. @param batchesMax taken from one of them */
  drain(batchesMax: number): void {
    const { sockets } = this;
    for (let i = 0; i < sockets.channels.length; i++)
      if (sockets.isReady(i)) this.#drainOne(sockets.channels[i]!, batchesMax);
  }

  #drainOne(channel: PolledChannel, batchesMax: number): void {
    for (let batch = 1; ; batch++) {
      const count = this.#desk.receive(channel);
      if (count === 0) return;
      this.#mayRest = count < BATCH_MAX && this.context.policy.answersNobody;
      this.#serveBatch(count);
      this.takePolicy();
      this.settle();
      if (count < BATCH_MAX) return;
      // More waits than fits a batch: the disk is to work meanwhile.
      this.#announcer.tellJournal();
      if (batch === batchesMax) return;
    }
  }

  /** Has the new rows committed, here if they are few; what needs no disk has left before. */
  commit(): void {
    if (this.#announcer.commit()) this.settle();
  }

  /** A reload does not wait for what may have seconds to come. */
  dropChecks(): void {
    this.#desk.dropChecks?.();
  }

  /** No reply leaves any more. */
  end(): void {
    this.#desk.end?.();
  }

  #serveBatch(count: number): void {
    const { statistics, policy } = this.context;
    const { cells } = this;
    statistics.add(cells.received, count);
    if (policy.serviceEnabled === 0) {
      statistics.add(cells.dropServiceDisabled, count);
      statistics.add(cells.serviceDisabled, count);
      statistics.add(cells.receiveDrop, count);
      return;
    }
    this.context.nowSec = this.#clock.wallSec();
    this.context.nowMs = this.#clock.monotonicMs();
    this.#desk.begin(count);
    const shed = this.#mustShed();
    for (let i = 0; i < count; i++) this.#desk.serve(i, shed);
    this.#announcer.tell();
  }

  /** Backpressure: what would only make new work is dropped first, while there is still room to finish the old. */
  #mustShed(): boolean {
    const { park, changes } = this.context;
    return park.backlog > this.#task.parkedMax * 0.75 || changes.isCrowded();
  }

  /** Lets go what has become safe and sends everything that may leave. */
  settle(): void {
    const { park, book } = this.context;
    const nowMs = this.#clock.monotonicMs();
    park.advanceDurable(book.changes.durable(), nowMs);
    park.readVerdicts(this.verdicts, nowMs);
    park.readVerdicts(this.linkVerdicts, nowMs);
    if (this.#desk.look?.(nowMs) === true) this.#announcer.tell();
    this.#desk.outbox.flush();
  }

  enqueue(slot: number): void {
    if (this.context.slots.fds[slot] === NO_SOCKET) return this.discard(slot, this.cells.dropSocketGone);
    this.#desk.complete?.(slot);
    this.#desk.outbox.queue(slot);
  }

  /** A parked reply may leave: its lease is safe, also for answers to come. */
  release(slot: number): void {
    if (this.#desk.isOver(slot)) return this.discard(slot, this.cells.dropLeaseOver);
    this.#desk.settle(slot);
    this.enqueue(slot);
  }

  reject(slot: number): void {
    this.#desk.refuse(slot);
    this.discard(slot, this.cells.dropUpdateRejected);
  }

  expire(slot: number): void {
    this.#desk.settle(slot);
    this.discard(slot, this.cells.dropParkedTooLong);
  }

  discard(slot: number, cell: number): void {
    this.#desk.forget?.(slot);
    this.context.slots.give(slot);
    this.context.statistics.add(cell);
  }

  leave(slot: number, wasSent: boolean): void {
    const { statistics, slots } = this.context;
    if (!wasSent) return this.discard(slot, this.cells.dropSendFailed);
    statistics.add(this.cells.sent);
    statistics.add(slots.cells[slot]!);
    if (this.#desk.keep?.(slot) !== true) slots.give(slot);
  }
}
