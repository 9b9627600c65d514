/**
 * One simulated machine: memory, kernel, disk, clock, and at most one process on it, which is a whole server. The process may be
 * killed at any step; nothing of it happens after that. Its threads take turns; one that is in a system call that takes its time
 * lets the others go on.
 */
import type { Agenda, Appointment } from './agenda.ts';
import { Disk } from './disk.ts';
import { Kernel, type Sleeper } from './kernel.ts';
import type { Memory } from './memory.ts';
import type { Random } from './random.ts';
import type { Place } from './socket-address.ts';
import { WallClock } from './wall-clock.ts';

const US_PER_MS = 1000;
/** What a turn of a thread takes, and how late one is woken that gets a processor at once. */
const TURN_US_MAX = 60;

/** Leaves a process that has just been killed, from the system call in which it was. */
export class Killed extends Error {}

/** What a machine sees of the world. */
export interface World {
  readonly agenda: Agenda;
  readonly random: Random;
  /** Promises were settled: what follows from them happens before anything else. */
  settle(): void;
  /** Time passes and things happen, while `goesOn`, until a main thread has something to do. */
  pass(us: number, goesOn: () => boolean): void;
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

interface Waiter {
  readonly wake: () => void;
  readonly isPure: boolean;
}

class Thread implements Sleeper {
  readonly name: string;
  readonly #role: string;
  readonly #machine: Machine;
  readonly #step: ThreadStep;
  readonly #ended: () => void;
  #next: Appointment | null = null;
  #hasEnded = false;
  // What the last poll() said.
  pollTimeoutMs = 0;
  wasReady = false;

  constructor(machine: Machine, name: string, step: ThreadStep, ended: () => void) {
    this.#machine = machine;
    this.name = name;
    this.#role = name.split(' ')[0]!;
    this.#step = step;
    this.#ended = ended;
    this.wake();
  }

  /** Runs soon; whoever is woken twice runs once, and who has ended never again. */
  wake(): void {
    if (this.#hasEnded) return;
    const { world, lateness } = this.#machine;
    const lateUs = (lateness.get(this.#role) ?? 0) * US_PER_MS;
    this.#runAfter(world.random.between(1, TURN_US_MAX + lateUs));
  }

  #runAfter(delayUs: number): void {
    this.#cancelNext();
    this.#next = this.#machine.after(delayUs, () => this.#run(), true);
  }

  #cancelNext(): void {
    if (this.#next !== null) this.#next.isCancelled = true;
  }

  #run(): void {
    this.#next = null;
    const machine = this.#machine;
    if (!machine.mayRun(this)) return;
    const { life } = machine;
    machine.currentThread = this;
    const next = this.#step();
    if (machine.life !== life) return;
    machine.currentThread = null;
    if (next === 'ended') {
      this.#hasEnded = true;
      this.#cancelNext();
      this.#ended();
      machine.world.settle();
    } else if (next === 'polled') {
      // It may have been woken in its own turn.
      if (this.#next !== null) return;
      if (this.wasReady || this.pollTimeoutMs === 0) this.wake();
      else this.#runAfter(this.pollTimeoutMs * US_PER_MS);
    } else machine.waitForWord(next, () => this.wake(), true);
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
  readonly clock: WallClock;
  /** How late each kind of thread may get a processor, milliseconds. */
  readonly lateness = new Map<string, number>();
  readonly #waiters = new Map<ArrayBufferLike, Map<number, Set<Waiter>>>();
  readonly #blocked = new Set<Thread>();
  /** Those that would have had a turn meanwhile. */
  readonly #owed = new Set<Thread>();
  /** After so many calls that change something on the disk, the process is to end. */
  doom: { calls: number; readonly end: () => void } | null = null;
  readonly listeners = new Map<number, unknown>();

  constructor(world: World, host: number, memory: Memory) {
    this.world = world;
    this.name = `server${host}`;
    this.host = host;
    this.memory = memory;
    this.random = world.random;
    this.clock = new WallClock(() => world.agenda.nowUs);
    this.disk = new Disk(world.random, {
      beforeChange: () => this.#beforeChange(),
      pass: (us) => this.block(us),
    });
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
    return Math.floor(this.clock.nowMs);
  }

  monotonicMs(): number {
    return this.world.agenda.nowUs / US_PER_MS;
  }

  /** A process begins. */
  boot(): void {
    this.life++;
    this.isRunning = true;
    this.disk.isOff = false;
  }

  /** The process ends at once, wherever it is. */
  kill(): void {
    this.isRunning = false;
    this.life++;
    this.kernel.closeAll();
    this.disk.closeAll();
    this.disk.isOff = true;
    this.#waiters.clear();
    this.#blocked.clear();
    this.#owed.clear();
    this.currentThread = null;
    this.doom = null;
    this.listeners.clear();
  }

  /** The thread whose turn it is waits in a system call for so long, or less; the others go on. @throws Killed */
  block(us: number): void {
    const thread = this.currentThread;
    // What main asks for takes no time.
    if (thread === null) return;
    const { life } = this;
    this.#blocked.add(thread);
    this.currentThread = null;
    this.world.pass(us, () => this.life === life);
    if (this.life !== life) throw new Killed();
    this.#blocked.delete(thread);
    this.currentThread = thread;
    for (const owed of this.#owed) owed.wake();
    this.#owed.clear();
  }

  /** The lock that a thread may hold in a system call is that of the lease file, which only the journal's thread waits for. */
  mayRun(thread: Thread): boolean {
    const mayRun = !this.#blocked.has(thread) && (this.#blocked.size === 0 || thread.name !== 'journal');
    if (!mayRun) this.#owed.add(thread);
    return mayRun;
  }

  #beforeChange(): void {
    if (this.doom === null || this.doom.calls-- > 0) return;
    this.doom.end();
    throw new Killed();
  }

  /** Does something later, unless the process of now has ended by then. */
  after(delayUs: number, action: () => void, isPure = false): Appointment {
    const { life } = this;
    const ifAlive = (): void => {
      if (this.life === life) action();
    };
    return this.world.agenda.after(delayUs, ifAlive, isPure);
  }

  /** As setTimeout of the main thread. What it does may settle promises. */
  timer(delayMs: number, action: () => void): Appointment {
    const lateMs = this.lateness.get('main') ?? 0;
    const late = lateMs === 0 ? 0 : this.random.below(lateMs);
    return this.after((Math.max(delayMs, 0) + late) * US_PER_MS, () => {
      action();
      this.world.settle();
    });
  }

  startThread(name: string, step: ThreadStep, ended: () => void): void {
    new Thread(this, name, step, ended);
  }

  /** Calls `then` when the word was notified and has another value, or when the time is over. */
  waitForWord(
    { words, index, value, timeoutMs }: WordWait,
    then: (isChanged: boolean) => void,
    isPure = false,
  ): void {
    if (Atomics.load(words, index) !== value || timeoutMs === 0)
      return void this.after(1, () => then(true), isPure);
    const key = words.byteOffset + index * 4;
    const waiters = this.#waitersAt(words.buffer, key);
    const end = (isChanged: boolean): void => {
      waiters.delete(waiter);
      if (timer !== null) timer.isCancelled = true;
      then(isChanged);
    };
    const waiter = { wake: () => end(true), isPure };
    const timer = Number.isFinite(timeoutMs)
      ? this.after(timeoutMs * US_PER_MS, () => end(false), isPure)
      : null;
    waiters.add(waiter);
  }

  #waitersAt(buffer: ArrayBufferLike, key: number): Set<Waiter> {
    const places = this.#waiters.get(buffer) ?? new Map<number, Set<Waiter>>();
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
    for (const { wake, isPure } of woken) this.after(this.random.between(1, TURN_US_MAX), wake, isPure);
    return woken.length;
  }
}
