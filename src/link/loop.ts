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
import { VerdictRuns } from '../engine/verdict-runs.ts';
import { signalEventFd } from '../io/eventfd.ts';
import { Poller } from '../io/poll.ts';
import { SLEEP_MS_MAX, SLEEP_MS_WITH_DEADLINE, STOP_GRACE_MS } from './limits.ts';
import type { LinkOrder, LinkReport } from './messages.ts';
import { Route, type RouteParts } from './route.ts';
import { LinkSleep } from './sleep.ts';
import { TableTaker } from './taker.ts';
import type { LinkTask } from './task.ts';

export class LinkLoop {
  readonly #task: LinkTask;
  readonly #clock: Clock;
  readonly #sleep: LinkSleep;
  readonly #verdicts: VerdictRuns;
  readonly #taker: TableTaker;
  readonly #routes = new Map<number, Route>();
  readonly #parts: RouteParts;
  /** What is polled; made anew after connections came or went. */
  #poller: Poller | null = null;
  #polled: Route[] = [];
  #isStopping = false;
  #isPaused = false;
  readonly #held: LinkOrder[] = [];

  constructor(task: LinkTask, clock: Clock = systemClock) {
    this.#task = task;
    this.#clock = clock;
    this.#sleep = new LinkSleep(task.memory);
    const bells = task.shards.map((shard) => new Bell(shard, signalEventFd));
    const memories = task.shards.map(({ linkVerdicts }) => linkVerdicts);
    this.#verdicts = new VerdictRuns(memories, (shard) => bells[shard]!.ring());
    this.#taker = new TableTaker(task, clock);
    this.#parts = {
      verdicts: this.#verdicts,
      taker: this.#taker,
      clock,
      report: (report) => this.#report(report),
    };
  }

  /** Works until main says stop; then for what is on its way, within STOP_GRACE_MS. */
  run(): void {
    while (!this.#isStopping) this.turn();
    const deadlineMs = this.#clock.monotonicMs() + STOP_GRACE_MS;
    while (this.#isBusy() && this.#clock.monotonicMs() < deadlineMs) this.turn();
    for (const route of this.#routes.values()) route.leave('this server stops');
    this.#verdicts.flush();
    this.#task.port.close();
  }

  /** One turn of the loop. @param sleepMsMax the longest sleep in it */
  turn(sleepMsMax = SLEEP_MS_MAX): void {
    const poller = this.#poller ?? this.#makePoller();
    this.#wait(poller, sleepMsMax);
    if (this.#isPaused) return this.#takeOrders();
    this.#receive(poller);
    // Before new ones come: each must have seen a look at the sockets.
    for (const route of this.#routes.values()) route.passFences();
    this.#takeOrders();
    if (!this.#isPaused) this.#send();
  }

  #wait(poller: Poller, sleepMsMax: number): void {
    this.#polled.forEach((route, i) => {
      const { wantsRoom, isHeld } = route.connection!;
      poller.watchStream(i + 1, wantsRoom, !isHeld);
    });
    this.#sleep.lieDown(
      this.#polled.some(({ awaitsUpdates }) => awaitsUpdates),
      this.#polled.some(({ connection }) => connection!.awaitsDisk),
      this.#polled.some(({ connection }) => connection!.isHeld),
    );
    this.#sleep.until(this.#hasWork() ? 0 : Math.min(sleepMsMax, this.#sleepMs()), poller);
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

  /** Nobody polls while it is paused: what comes waits in the sockets. */
  #makePoller(): Poller {
    this.#polled = this.#isPaused
      ? []
      : [...this.#routes.values()].filter(({ connection }) => connection !== null);
    const fds = this.#polled.map(({ connection }) => connection!.fd);
    this.#poller = new Poller([this.#task.memory.eventFd, ...fds]);
    return this.#poller;
  }

  #receive(poller: Poller): void {
    this.#polled.forEach((route, i) => {
      if (poller.isReady(i + 1) || route.connection!.mayGoOn) route.receive(poller.isHungUp(i + 1));
    });
    // First: it wakes others, which work while this thread may wait for the disk.
    this.#verdicts.flush();
    this.#taker.commit();
  }

  #send(): void {
    const durable = this.#taker.durable();
    for (const route of this.#routes.values()) {
      route.send(durable);
      if (route.settleEnd()) this.#poller = null;
    }
    this.#verdicts.flush();
  }

  #isBusy(): boolean {
    return [...this.#routes.values()].some(
      ({ hasWork, connection }) =>
        hasWork || (connection !== null && connection.outbound.inFlight + connection.inbound.inFlight > 0),
    );
  }

  #takeOrders(): void {
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
        this.#poller = null;
        break;
      case 'pause':
        this.#isPaused = true;
        this.#poller = null;
        this.#report({ kind: 'paused' });
        break;
      case 'resume':
        this.#taker.use(order.workplace);
        this.#isPaused = false;
        this.#poller = null;
        for (const held of this.#held.splice(0)) this.#takeOrder(held);
        break;
      case 'stop':
        this.#isStopping = true;
        break;
      default:
        this.#obeyFor(this.#routes.get(order.route), order);
    }
  }

  #obeyFor(
    route: Route | undefined,
    order: Exclude<LinkOrder, { kind: 'attach' | 'detach' | 'pause' | 'resume' | 'stop' }>,
  ): void {
    if (route === undefined) return;
    switch (order.kind) {
      case 'open':
        route.open(order);
        this.#poller = null;
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

/** Runs the link thread to its end; the entry of the piscina task. */
export function runLink(task: LinkTask): void {
  new LinkLoop(task).run();
}
