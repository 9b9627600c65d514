/**
 * One simulated machine: memory, kernel, disk, clock, and at most one process on it, which is a whole server. The process may be
 * killed at any step; nothing of it happens after that.
 */
import type { Agenda, Appointment } from './agenda.ts';
import { Disk } from './disk.ts';
import { Kernel, type Sleeper } from './kernel.ts';
import type { Memory } from './memory.ts';
import type { Random } from './random.ts';
import type { Place } from './socket-address.ts';

const US_PER_MS = 1000;
/** What a turn of a thread takes, and how late one is woken. */
const TURN_US_MAX = 60;

/** What a machine sees of the world. */
export interface World {
  readonly agenda: Agenda;
  readonly random: Random;
  /** Promises were settled: what follows from them happens before anything else. */
  settle(): void;
  sendDatagram(from: Machine, to: Place, bytes: Uint8Array): void;
  /** A fault of the program itself. */
  fail(machine: Machine, error: unknown): void;
}

/** A step of a thread. @returns what to do next: go on, sleep as poll() said, wait for a word, or end */
export type ThreadStep = () => 'polled' | WordWait | 'ended';

export interface WordWait {
  readonly words: Int32Array;
  readonly index: number;
  readonly value: number;
  readonly timeoutMs: number;
}

class Thread implements Sleeper {
  readonly name: string;
  readonly #machine: Machine;
  readonly #step: ThreadStep;
  readonly #ended: () => void;
  #next: Appointment | null = null;
  // What the last poll() said.
  pollTimeoutMs = 0;
  wasReady = false;

  constructor(machine: Machine, name: string, step: ThreadStep, ended: () => void) {
    this.#machine = machine;
    this.name = name;
    this.#step = step;
    this.#ended = ended;
    this.wake();
  }

  /** Runs soon; whoever is woken twice runs once. */
  wake(): void {
    this.#runAfter(this.#machine.world.random.between(1, TURN_US_MAX));
  }

  #runAfter(delayUs: number): void {
    if (this.#next !== null) this.#next.isCancelled = true;
    this.#next = this.#machine.after(delayUs, () => this.#run());
  }

  #run(): void {
    this.#next = null;
    const machine = this.#machine;
    machine.currentThread = this;
    const next = this.#step();
    machine.currentThread = null;
    if (next === 'ended') {
      this.#ended();
      machine.world.settle();
    } else if (next === 'polled') {
      // It may have been woken in its own turn.
      if (this.#next !== null) return;
      if (this.wasReady || this.pollTimeoutMs === 0) this.wake();
      else this.#runAfter(this.pollTimeoutMs * US_PER_MS);
    } else machine.waitForWord(next, () => this.wake());
  }
}

export class Machine {
  readonly world: World;
  readonly name: string;
  /** Its number: addresses are made of it. */
  readonly host: number;
  readonly random: Random;
  readonly kernel: Kernel;
  readonly disk: Disk;
  readonly memory: Memory;
  currentThread: Thread | null = null;
  /** Counts the processes that were started. */
  life = 0;
  isRunning = false;
  /** Of the wall clock against that of the world, ms. */
  skewMs = 0;
  readonly #waiters = new Map<ArrayBufferLike, Map<number, Set<() => void>>>();
  readonly listeners = new Map<number, unknown>();

  constructor(world: World, host: number, memory: Memory) {
    this.world = world;
    this.name = `server${host}`;
    this.host = host;
    this.memory = memory;
    this.random = world.random;
    this.disk = new Disk(world.random);
    this.kernel = this.#newKernel();
  }

  #newKernel(): Kernel {
    const machine = this;
    return new Kernel(
      {
        get currentThread() {
          return machine.currentThread;
        },
        sendDatagram: (to, bytes) => this.world.sendDatagram(this, to, bytes),
        below: (below) => this.random.below(below),
        wallMs: () => this.wallMs(),
      },
      this.memory,
    );
  }

  wallMs(): number {
    return EPOCH_MS + Math.floor(this.world.agenda.nowUs / US_PER_MS) + this.skewMs;
  }

  monotonicMs(): number {
    return this.world.agenda.nowUs / US_PER_MS;
  }

  /** A process begins. */
  boot(): void {
    this.life++;
    this.isRunning = true;
  }

  /** The process ends at once, wherever it is. */
  kill(): void {
    this.isRunning = false;
    this.life++;
    this.kernel.closeAll();
    this.disk.closeAll();
    this.#waiters.clear();
    this.listeners.clear();
  }

  /** Does something later, unless the process of now has ended by then. */
  after(delayUs: number, action: () => void): Appointment {
    const { life } = this;
    return this.world.agenda.after(delayUs, () => {
      if (this.life === life) action();
    });
  }

  /** As setTimeout. What it does may settle promises. */
  timer(delayMs: number, action: () => void): Appointment {
    return this.after(Math.max(delayMs, 0) * US_PER_MS, () => {
      action();
      this.world.settle();
    });
  }

  startThread(name: string, step: ThreadStep, ended: () => void): void {
    new Thread(this, name, step, ended);
  }

  /** Calls `then` when the word was notified and has another value, or when the time is over. */
  waitForWord({ words, index, value, timeoutMs }: WordWait, then: (isChanged: boolean) => void): void {
    if (Atomics.load(words, index) !== value || timeoutMs === 0) return void this.after(1, () => then(true));
    const key = words.byteOffset + index * 4;
    const waiters = this.#waitersAt(words.buffer, key);
    const end = (isChanged: boolean): void => {
      waiters.delete(wake);
      if (timer !== null) timer.isCancelled = true;
      then(isChanged);
    };
    const wake = (): void => end(true);
    const timer = Number.isFinite(timeoutMs) ? this.after(timeoutMs * US_PER_MS, () => end(false)) : null;
    waiters.add(wake);
  }

  #waitersAt(buffer: ArrayBufferLike, key: number): Set<() => void> {
    const places = this.#waiters.get(buffer) ?? new Map<number, Set<() => void>>();
    this.#waiters.set(buffer, places);
    const waiters = places.get(key) ?? new Set();
    places.set(key, waiters);
    return waiters;
  }

  /** As Atomics.notify: whoever waits is woken a little later. */
  notify(words: Int32Array, index: number): number {
    const waiters = this.#waiters.get(words.buffer)?.get(words.byteOffset + index * 4);
    if (waiters === undefined || waiters.size === 0) return 0;
    const woken = [...waiters];
    waiters.clear();
    for (const wake of woken) this.after(this.random.between(1, TURN_US_MAX), wake);
    return woken.length;
  }
}

/** When the worlds begin, ms since 1970. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);
