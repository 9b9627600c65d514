/**
 * Has a ring of the shards read on the main thread whenever something may be in it. Waiting costs nothing and keeps no
 * process alive.
 */

export class RingWatch {
  readonly #words: Int32Array;
  readonly #index: number;
  readonly #tickMs: number;
  readonly #read: () => boolean;
  #isStarted = false;
  #isClosed = false;

  /**
   * @param words control words of the ring; the one at `index` grows, and is notified, when something was written
   * @param tickMs the ring is read this often even if nobody rings
   * @param read reads a bounded part of it. @returns whether there is more to read at once
   */
  constructor(words: Int32Array, index: number, tickMs: number, read: () => boolean) {
    this.#words = words;
    this.#index = index;
    this.#tickMs = tickMs;
    this.#read = read;
  }

  /** Reads from now on. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#turn();
  }

  /** Reads no more. */
  close(): void {
    this.#isClosed = true;
  }

  #turn(): void {
    if (this.#isClosed) return;
    const seen = Atomics.load(this.#words, this.#index);
    const isMore = this.#read();
    const wait = isMore ? null : Atomics.waitAsync(this.#words, this.#index, seen, this.#tickMs);
    if (wait?.async === true) void wait.value.then(() => this.#turn());
    // Not at once: sockets get their turn in between.
    else setImmediate(() => this.#turn());
  }
}
