/** Main's side of the link thread: orders to it, and its reports to whoever they are for. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Bell } from '../base/bell.ts';
import { signalEventFd } from '../io/eventfd.ts';
import type { CommonTask } from '../shard/task.ts';
import type { LinkMemory } from './memory.ts';
import type { LinkOrder, LinkReport, LinkWorkplace } from './messages.ts';
import type { LinkTask } from './task.ts';

type RouteReport = Exclude<LinkReport, { kind: 'carried' | 'paused' }>;

export interface LinkClientParts {
  readonly memory: LinkMemory;
  readonly shards: LinkTask['shards'];
  readonly journal: LinkTask['journal'];
  readonly bells: LinkTask['bells'];
  /** Of the link thread in the statistics. */
  readonly statisticsRow: number;
  readonly workplace: () => LinkWorkplace;
  /** Runs the thread; resolves when it has returned. @param transfer goes with the task */
  readonly run: (task: LinkTask, transfer: readonly MessagePort[]) => Promise<void>;
}

export class LinkClient {
  readonly #parts: LinkClientParts;
  readonly #mail: Bell;
  readonly #sent: Int32Array;
  readonly #routes = new Map<number, (report: RouteReport) => void>();
  #port: MessagePort | null = null;
  #running: Promise<void> = Promise.resolve();
  #lastRoute = 0;
  #isStopping = false;
  #paused: (() => void) | null = null;
  #carried: (() => void) | null = null;

  constructor(parts: LinkClientParts) {
    this.#parts = parts;
    this.#mail = new Bell(parts.memory.mail, signalEventFd);
    this.#sent = new Int32Array(parts.memory.sent);
  }

  /** Whether there is a thread that obeys. */
  get isRunning(): boolean {
    return this.#port !== null && !this.#isStopping;
  }

  /** Numbers of routes are never given twice. */
  nextRoute(): number {
    return ++this.#lastRoute;
  }

  /** Begins to keep streams for a route; the first one starts the thread. @param listener hears its reports */
  attach(task: Extract<LinkOrder, { kind: 'attach' }>, listener: (report: RouteReport) => void): void {
    if (this.#port === null) this.#start();
    this.#routes.set(task.route, listener);
    this.send(task);
  }

  /** Reports that are on their way are still delivered until `forget`. */
  send(order: LinkOrder): void {
    if (this.#port === null) return;
    this.#port.postMessage(order);
    Atomics.add(this.#sent, 0, 1);
    this.#mail.ring();
  }

  forget(route: number): void {
    this.#routes.delete(route);
  }

  /**
   * Has the thread run a shard between its own steps; what is asked of it first starts it. Only one at a time.
   * Resolves when the shard has ended, or the thread.
   */
  async carry(task: CommonTask): Promise<void> {
    if (this.#port === null) this.#start();
    const carried = new Promise<void>((resolve) => {
      this.#carried = resolve;
    });
    this.send({ kind: 'carry', task });
    await Promise.race([carried, this.#running]);
  }

  /** Resolves when the thread does nothing any more, until `resume`. */
  async pause(): Promise<void> {
    if (this.#port === null) return;
    const paused = new Promise<void>((resolve) => {
      this.#paused = resolve;
    });
    this.send({ kind: 'pause' });
    await paused;
  }

  /** Goes on, in the workplace of now. */
  resume(): void {
    this.send({ kind: 'resume', workplace: this.#parts.workplace() });
  }

  /** Ends the thread, and every stream; resolves when it has returned and its reports are delivered. */
  async stop(): Promise<void> {
    const port = this.#port;
    if (port === null) return;
    const closed = new Promise((resolve) => port.once('close', resolve));
    this.send({ kind: 'stop' });
    this.#isStopping = true;
    await Promise.all([this.#running, closed]);
    this.#port = null;
    this.#isStopping = false;
  }

  #start(): void {
    const { port1, port2 } = new MessageChannel();
    const { memory, shards, journal, bells, statisticsRow, workplace, run } = this.#parts;
    port1.on('message', (report: LinkReport) => this.#hear(report));
    // The thread keeps the process alive, or not, by itself.
    port1.unref();
    this.#port = port1;
    const task = { port: port2, memory, shards, journal, bells, statisticsRow, workplace: workplace() };
    this.#running = run(task, [port2]);
  }

  #hear(report: LinkReport): void {
    if (report.kind === 'paused') this.#paused?.();
    else if (report.kind === 'carried') this.#carried?.();
    else this.#routes.get(report.route)?.(report);
  }
}
