/** The sockets that a shard works with, until main gives it others. */
import { ShardWord } from '../engine/parked/shard-link.ts';
import type { ReplySlots } from '../engine/reply/reply-slots.ts';
import { stampArrivals } from '../io/arrivals.ts';
import type { Joining } from '../io/joining.ts';
import type { PollView } from '../io/poll.ts';
import type { CommonTask } from './task.ts';

/** In place of the descriptor of a reply whose socket has gone. */
export const NO_SOCKET = -1;

/** What the service has to know of a socket. */
export interface ReplySocket {
  /** By this replies leave, but for those to all stations. */
  readonly replyFd: number;
  readonly broadcastFd?: number;
  /** Octets of the longest reply that may leave joined with others to the same relay; 0 = none may. */
  readonly joinMax: number;
}

/** A descriptor that is read. */
export interface PolledChannel {
  readonly fd: number;
}

/** How a family keeps its sockets. */
export interface SocketKind<Channel, Socket> {
  /** The sockets of a table in shared memory. */
  readonly read: (table: SharedArrayBuffer) => readonly Socket[];
  /** What is received from. */
  readonly channelsOf: (sockets: readonly Socket[]) => readonly Channel[];
}

/** @typeParam Channel what is received from */
export class ShardSockets<Channel extends PolledChannel, Socket extends ReplySocket = ReplySocket> {
  /** By which of them replies may leave joined. */
  readonly joining: Joining;
  readonly #read: () => void;
  readonly #words: Int32Array;
  /** Descriptors before those of the channels: the eventfd and what else the family waits for. */
  readonly #others: readonly number[];
  #version = 0;
  #view: PollView | null = null;
  #isListening = true;
  list: readonly Socket[] = [];
  /** What is read: the descriptors of the list. */
  channels: readonly Channel[] = [];
  /** What is polled; another list with other sockets. */
  fds: readonly number[] = [];

  /**
   * @param others descriptors that are waited for beside the sockets
   * @param joining of what sends; it is told of every list of sockets anew
   */
  constructor(
    task: CommonTask,
    others: readonly number[],
    kind: SocketKind<Channel, Socket>,
    joining: Joining,
  ) {
    this.#read = () => {
      this.list = kind.read(task.sockets);
      this.channels = kind.channelsOf(this.list);
    };
    this.joining = joining;
    this.#words = new Int32Array(task.link.words);
    this.#others = [task.link.eventFd, ...others];
    this.#take();
    this.#announce();
  }

  /** @param view of `fds` in what is polled */
  pollBy(view: PollView): void {
    this.#view = view;
    this.#isListening = true;
  }

  /** Whether queries are waited for: sockets that nobody reads would be ready all the time. */
  listen(isListening: boolean): void {
    if (isListening === this.#isListening) return;
    this.#isListening = isListening;
    for (let i = this.#others.length; i < this.fds.length; i++) this.#view!.mute(i, !isListening);
  }

  /** Whether the eventfd has woken the thread. */
  get isWoken(): boolean {
    return this.#view!.isReady(0);
  }

  /** Whether number `index` of the other descriptors was ready in the last poll. */
  isReadyBeside(index: number): boolean {
    return this.#others.length > index + 1 && this.#view?.isReady(index + 1) === true;
  }

  /** Whether the channel at this position was ready in the last poll. */
  isReady(index: number): boolean {
    return this.#view!.isReady(index + this.#others.length);
  }

  /** Whether main has given other sockets than those in the list. */
  get isOutdated(): boolean {
    return Atomics.load(this.#words, ShardWord.socketsGiven) !== this.#version;
  }

  /**
   * Works with the new sockets from here on and says so: main closes the others then. A parked reply of one that is not
   * there any more loses its way. Pre: nothing is queued for sending.
   */
  renew(slots: ReplySlots): void {
    this.#take();
    const fds = new Set<number>();
    for (let i = 0; i < this.list.length; i++) {
      const { replyFd, broadcastFd } = this.list[i]!;
      fds.add(replyFd);
      if (broadcastFd !== undefined) fds.add(broadcastFd);
    }
    // What stands in a free slot does not matter.
    for (let slot = 0; slot < slots.size; slot++) {
      if (!fds.has(slots.fds[slot]!)) slots.fds[slot] = NO_SOCKET;
    }
    this.#announce();
  }

  /** Lets the kernel say when it receives what is read, or leave it. */
  stampArrivals(isOn: boolean): void {
    for (let i = 0; i < this.channels.length; i++) stampArrivals(this.channels[i]!.fd, isOn);
  }

  #take(): void {
    this.#version = Atomics.load(this.#words, ShardWord.socketsGiven);
    this.#read();
    const fds = this.#others.slice();
    for (let i = 0; i < this.channels.length; i++) fds.push(this.channels[i]!.fd);
    this.fds = fds;
    this.#allowJoining();
  }

  /** With other sockets, which may mean other interfaces, a refusal is tried again. */
  #allowJoining(): void {
    this.joining.forgetAll();
    for (let i = 0; i < this.list.length; i++)
      this.joining.allow(this.list[i]!.replyFd, this.list[i]!.joinMax);
  }

  #announce(): void {
    Atomics.store(this.#words, ShardWord.socketsTaken, this.#version);
    Atomics.notify(this.#words, ShardWord.socketsTaken);
  }
}
