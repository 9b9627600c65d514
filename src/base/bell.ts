/**
 * Wakes a thread out of poll(), and costs next to nothing while that thread is not there. The sleeper says that it is
 * about to sleep and only then looks for news once more; whoever brings news stores them first and only then looks
 * whether anybody sleeps. Both are sequentially consistent, so that one of the two always sees the other: no wake-up is
 * lost. At worst one is there for nothing.
 */

/** Plain data and shared memory, so that it can be handed to a worker. */
export interface BellMemory {
  /** An eventfd that is among what the sleeper polls. */
  readonly eventFd: number;
  /** One word: 1 = the owner waits for news in poll(), or is about to. */
  readonly asleep: SharedArrayBuffer;
}

const AWAKE = 0;
const ASLEEP = 1;

export function allocateBell(eventFd: number): BellMemory {
  return { eventFd, asleep: new SharedArrayBuffer(4) };
}

export class Bell {
  readonly #eventFd: number;
  readonly #asleep: Int32Array;
  readonly #signal: (eventFd: number) => void;

  /** @param signal makes an eventfd readable (io/eventfd.ts) */
  constructor({ eventFd, asleep }: BellMemory, signal: (eventFd: number) => void) {
    this.#eventFd = eventFd;
    this.#asleep = new Int32Array(asleep);
    this.#signal = signal;
  }

  /** Wakes the owner if it sleeps; from any thread, after the news were stored. */
  ring(): void {
    // Most of the time nobody sleeps: a look is cheaper than an exchange, which takes the cache line away from the owner.
    if (Atomics.load(this.#asleep, 0) === AWAKE) return;
    if (Atomics.exchange(this.#asleep, 0, AWAKE) === ASLEEP) this.#signal(this.#eventFd);
  }

  /** The owner goes to sleep; it must look for news between this and poll(). */
  lieDown(): void {
    Atomics.store(this.#asleep, 0, ASLEEP);
  }

  /** The owner is back from poll(), or has not gone there. */
  getUp(): void {
    Atomics.store(this.#asleep, 0, AWAKE);
  }
}
