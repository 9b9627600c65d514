/**
 * The link thread: every lease stream of the server, with the main thread not in the way of any exchange. Like a shard it
 * never returns to an event loop:
 *
 *     poll -> messages of main -> what partners have sent: into the table, into verdicts -> acknowledgements of what is
 *     durable, records out of the update logs -> one write a connection -> wake the shards concerned
 */
import { receiveMessageOnPort } from 'node:worker_threads';
import { Bell } from '../base/bell.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { VerdictRuns } from '../engine/parked/verdict-runs.ts';
import { signalEventFd } from '../io/eventfd.ts';
import type { PollView } from '../io/poll.ts';
import { type Polled, PollSet } from '../io/poll-set.ts';
import type { CommonTask } from '../shard/task.ts';
import type { LinkFamily, LinkRecord } from './family.ts';
import { SLEEP_MS_MAX, SLEEP_MS_WITH_DEADLINE, STOP_GRACE_MS } from './limits.ts';
import type { LinkOrder, LinkReport } from './messages.ts';
import { Route, type RouteParts } from './route.ts';
import { LinkSleep } from './sleep.ts';
import { TableTaker } from './taker.ts';
import type { LinkTask } from './task.ts';

/** Takes over a shard, to run it in this thread. */
export type Carry = (task: CommonTask) => void;

export class LinkLoop<Record extends LinkRecord> implements Polled {
  readonly #task: LinkTask;
  readonly #clock: Clock;
  readonly #carry: Carry;
  readonly #sleep: LinkSleep;
  readonly #verdicts: VerdictRuns;
  readonly #taker: TableTaker<Record>;
  readonly #routes = new Map<number, Route<Record>>();
  readonly #parts: RouteParts<Record>;
  readonly #poll = new PollSet([this]);
  /** What is polled, behind the eventfd; null after connections came or went. */
  #fds: readonly number[] | null = null;
  #view: PollView | null = null;
  #polled: Route<Record>[] = [];
  #isStopping = false;
  #isPaused = false;
  readonly #held: LinkOrder[] = [];

  constructor(task: LinkTask, family: LinkFamily<Record>, carry: Carry, clock: Clock = systemClock) {
    this.#task = task;
    this.#clock = clock;
    this.#carry = carry;
    this.#sleep = new LinkSleep(task.memory);
    const bells = task.shards.map((shard) => new Bell(shard, signalEventFd));
    const memories = task.shards.map(({ linkVerdicts }) => linkVerdicts);
    this.#verdicts = new VerdictRuns(memories, (shard) => bells[shard]!.ring());
    this.#taker = new TableTaker(task, family, clock);
    this.#parts = {
      verdicts: this.#verdicts,
      taker: this.#taker,
      clock,
      report: (report) => this.#report(report),
    };
  }

  /** Nobody polls while it is paused: what comes waits in the sockets. */
  get fds(): readonly number[] {
    if (this.#fds !== null) return this.#fds;
    this.#polled = this.#isPaused
      ? []
      : [...this.#routes.values()].filter(({ connection }) => connection !== null);
    this.#fds = [this.#task.memory.eventFd, ...this.#polled.map(({ connection }) => connection!.fd)];
    return this.#fds;
  }

  pollBy(view: PollView): void {
    this.#view = view;
  }

  /** Main has said stop. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Works for what is on its way, within STOP_GRACE_MS, and ends. */
  end(): void {
    const deadlineMs = this.#clock.monotonicMs() + STOP_GRACE_MS;
    while (this.#isBusy() && this.#clock.monotonicMs() < deadlineMs) this.turn();
    for (const route of this.#routes.values()) route.leave('this server stops');
    this.#verdicts.flush();
    this.#task.port.close();
  }

  /** One turn of the loop. @param sleepMsMax the longest sleep in it */
  turn(sleepMsMax = SLEEP_MS_MAX): void {
    this.#poll.prepare();
    this.#poll.wait(Math.min(sleepMsMax, this.lieDown()));
    this.getUp();
    this.receive();
    this.commit();
    this.takeOrders();
    this.send();
  }

  /** To be followed by poll and `getUp`. @returns how long it may sleep, ms, 0 = there is something to do */
  lieDown(): number {
    this.#polled.forEach((route, i) => {
      const { wantsRoom, isHeld } = route.connection!;
      this.#view!.watchStream(i + 1, wantsRoom, !isHeld);
    });
    this.#sleep.lieDown(
      this.#polled.some(({ awaitsUpdates }) => awaitsUpdates),
      this.#polled.some(({ connection }) => connection!.awaitsDisk),
      this.#polled.some(({ connection }) => connection!.isHeld),
    );
    return this.#hasWork() ? 0 : this.#sleepMs();
  }

  getUp(): void {
    this.#sleep.getUp(this.#view!.isReady(0));
  }

  #hasWork(): boolean {
    if (this.#sleep.hasMail()) return true;
    const durable = this.#taker.durable();
    return this.#polled.some((route) => route.hasWork || route.connection!.mayAcknowledge(durable));
  }

  #sleepMs(): number {
    const hasDeadline = this.#isStopping || this.#polled.some(({ connection }) => connection!.hasDeadline);
    return hasDeadline ? SLEEP_MS_WITH_DEADLINE : SLEEP_MS_MAX;
  }

  /** Takes what partners have sent, and wakes whom it concerns. */
  receive(): void {
    this.#polled.forEach((route, i) => {
      const isReady = this.#view!.isReady(i + 1);
      if (isReady || route.connection!.mayGoOn) route.receive(this.#view!.isHungUp(i + 1));
    });
    // First: it wakes others, which work while this thread may wait for the disk.
    this.#verdicts.flush();
  }

  /** Has what was taken committed, here if it is little. */
  commit(): void {
    if (!this.#isPaused) this.#taker.commit();
  }

  /** Sends the updates that there are, and nothing if there are none. */
  sendRecords(): void {
    if (this.#isPaused) return;
    const durable = this.#taker.durable();
    for (const route of this.#routes.values()) if (route.hasRecords) route.send(durable);
  }

  /** Sends what there is of updates and of acknowledgements; looks who has waited for too long. */
  send(): void {
    if (this.#isPaused) return;
    const durable = this.#taker.durable();
    for (const route of this.#routes.values()) {
      route.send(durable);
      if (route.settleEnd()) this.#fds = null;
    }
    this.#verdicts.flush();
  }

  #isBusy(): boolean {
    return [...this.#routes.values()].some(
      ({ hasWork, connection }) =>
        hasWork || (connection !== null && connection.outbound.inFlight + connection.inbound.inFlight > 0),
    );
  }

  /** Obeys main. Those who wait for a look at the sockets have had it. */
  takeOrders(): void {
    // Before new ones come: each must have seen one.
    if (!this.#isPaused) for (const route of this.#routes.values()) route.passFences();
    if (!this.#sleep.hasMail()) return;
    this.#sleep.takeMail();
    for (let next = receiveMessageOnPort(this.#task.port); next !== undefined; ) {
      this.#takeOrder(next.message);
      next = receiveMessageOnPort(this.#task.port);
    }
  }

  /** What comes in a pause is for the time after it. */
  #takeOrder(order: LinkOrder): void {
    if (this.#isPaused && order.kind !== 'resume' && order.kind !== 'stop') this.#held.push(order);
    else this.#obey(order);
  }

  #obey(order: LinkOrder): void {
    switch (order.kind) {
      case 'attach':
        this.#routes.set(order.route, new Route(this.#parts, order));
        break;
      case 'detach':
        this.#routes.get(order.route)?.leave('the relationship has ended');
        this.#routes.delete(order.route);
        this.#fds = null;
        break;
      case 'pause':
        this.#isPaused = true;
        this.#fds = null;
        this.#report({ kind: 'paused' });
        break;
      case 'resume':
        this.#taker.use(order.workplace);
        this.#isPaused = false;
        this.#fds = null;
        for (const held of this.#held.splice(0)) this.#takeOrder(held);
        break;
      case 'carry':
        this.#carry(order.task);
        break;
      case 'stop':
        this.#isStopping = true;
        break;
      default:
        this.#obeyFor(this.#routes.get(order.route), order);
    }
  }

  #obeyFor(
    route: Route<Record> | undefined,
    order: Exclude<LinkOrder, { kind: 'attach' | 'detach' | 'pause' | 'resume' | 'carry' | 'stop' }>,
  ): void {
    if (route === undefined) return;
    switch (order.kind) {
      case 'open':
        route.open(order);
        this.#fds = null;
        break;
      case 'close':
        route.close(order);
        break;
      case 'finish':
        route.finish(order);
        break;
      case 'fence':
        route.fence();
        break;
      case 'settle':
        route.settle();
        break;
      case 'synchronize':
        route.synchronize(order);
        break;
      case 'answer':
        route.answer(order);
        break;
      case 'abandon':
        route.abandon(order);
        break;
      case 'lend':
        route.lend(order);
        break;
      case 'recall':
        route.recall();
        break;
      case 'deliver':
        route.deliver(order);
        break;
      case 'track':
        route.track(order.on);
    }
  }

  #report(report: LinkReport): void {
    this.#task.port.postMessage(report);
  }
}
