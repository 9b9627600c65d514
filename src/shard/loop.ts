/**
 * A shard: the data plane on one thread. It never returns to an event loop:
 *
 *     poll -> what became safe -> sendmmsg -> a batch of queries a socket -> few new rows: write and sync them
 *          -> what became safe -> sendmmsg
 *
 * The steps of a turn are there one by one as well: the thread of the lease streams takes them between its own
 * (src/carrier/loop.ts).
 */
import { type Clock, systemClock } from '../base/clock.ts';
import type { Park } from '../engine/parked/park.ts';
import { ShardWord } from '../engine/parked/shard-link.ts';
import type { PollView } from '../io/poll.ts';
import { type Polled, PollSet } from '../io/poll-set.ts';
import type { DeskMaker } from './desk.ts';
import { JoinRefusals } from './join-refusals.ts';
import { ShardService } from './service.ts';
import { POLL_MS, SHORT_POLL_MS, Sleep } from './sleep.ts';
import type { CommonTask } from './task.ts';

/** Batches taken from one socket before replies that became safe are looked after again. */
const BATCHES_PER_TURN = 8;

export class ShardLoop implements Polled {
  readonly #task: CommonTask;
  readonly #clock: Clock;
  readonly #service: ShardService;
  readonly #park: Park;
  readonly #sleep: Sleep;
  readonly #joinRefusals: JoinRefusals;
  readonly #poll: PollSet;
  readonly #words: Int32Array;
  /** When parked replies are given up; null = queries are served. */
  #deadlineMs: number | null = null;

  /** @param openDesk makes the desk of its family */
  constructor(task: CommonTask, openDesk: DeskMaker, clock: Clock = systemClock) {
    this.#task = task;
    this.#clock = clock;
    this.#service = new ShardService(task, openDesk, clock);
    this.#park = this.#service.context.park;
    this.#sleep = new Sleep(task, this.#service, clock);
    this.#joinRefusals = new JoinRefusals(task, this.#service);
    this.#poll = new PollSet([this]);
    this.#words = new Int32Array(task.link.words);
  }

  get fds(): readonly number[] {
    return this.#service.sockets.fds;
  }

  pollBy(view: PollView): void {
    this.#service.sockets.pollBy(view);
  }

  /** Serves, first what main has read, until main sets the stop word; then lets parked replies go until `shutdownGraceSec` has passed. */
  run(): void {
    this.begin();
    while (!this.isDone) this.turn();
    this.end();
  }

  /** One turn of the loop. */
  turn(): void {
    this.renew();
    this.#poll.prepare();
    this.getUp(!this.#poll.wait(this.lieDown()));
    this.receive(BATCHES_PER_TURN);
    this.finish();
  }

  /** Serves what main has read before. */
  begin(): void {
    this.#service.takePolicy();
    this.#service.serveHanded();
  }

  /** Whether main has stopped it, and no reply is worth waiting for. */
  get isDone(): boolean {
    if (!this.#isStopping()) return false;
    return this.#park.parked === 0 || this.#clock.monotonicMs() >= this.#deadlineMs!;
  }

  #isStopping(): boolean {
    if (this.#deadlineMs !== null) return true;
    if (Atomics.load(this.#words, ShardWord.stop) === 0) return false;
    this.#service.dropChecks();
    this.#deadlineMs = this.#clock.monotonicMs() + this.#task.config.tandem.shutdownGraceSec * 1000;
    return true;
  }

  /** What is parked now is given up. */
  end(): void {
    this.#service.context.statistics.add(this.#service.cells.dropParkedTooLong, this.#park.parked);
    this.#service.end();
  }

  /** Takes what main has given since the last turn, before anybody polls. */
  renew(): void {
    this.#service.renew();
  }

  /** To be followed by poll and `getUp`. @returns how long it may sleep, ms, 0 = there is something to do */
  lieDown(): number {
    const mayRead = this.#deadlineMs === null;
    const mostMs = this.#service.waitMs(mayRead ? POLL_MS : SHORT_POLL_MS);
    return this.#sleep.lieDown(mostMs, mayRead);
  }

  /** @param hasSlept for as long as `lieDown` has said */
  getUp(hasSlept: boolean): void {
    this.#sleep.getUp(hasSlept);
  }

  /** Lets go what has become safe, then serves queries. @param batchesMax taken from one socket */
  receive(batchesMax: number): void {
    this.#service.takePolicy();
    this.#service.settle();
    if (this.#deadlineMs === null) this.#service.drain(batchesMax);
  }

  /** Has the new rows committed, and tells main how it stands. */
  finish(): void {
    this.#service.commit();
    this.#joinRefusals.tell();
    Atomics.store(this.#words, ShardWord.parked, this.#park.parked);
    Atomics.store(this.#words, ShardWord.transactions, (this.#park.nextTransaction() - 1) | 0);
    Atomics.add(this.#words, ShardWord.turns, 1);
  }
}
