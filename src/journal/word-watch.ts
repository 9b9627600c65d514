/**
 * Waits, on a thread with an event loop, until a word in shared memory has a wanted value. However many wait, one
 * Atomics.waitAsync is pending at most, and it stays pending when the last of them has given up: it cannot be cancelled,
 * costs nothing and keeps no process alive. The timers do, because somebody waits for them.
 */

interface Waiter {
  readonly isWanted: (value: number) => boolean;
  readonly settle: (reached: boolean) => void;
}

export class WordWatch {
  readonly #words: Int32Array;
  readonly #index: number;
  readonly #waiters = new Set<Waiter>();
  #isWaiting = false;

  /** @param words over shared memory; whoever changes `words[index]` notifies it */
  constructor(words: Int32Array, index: number) {
    this.#words = words;
    this.#index = index;
  }

  /** Resolves true when `isWanted` holds for the word's value, false after `timeoutMs`; never rejects. */
  until(isWanted: (value: number) => boolean, timeoutMs: number): Promise<boolean> {
    if (isWanted(Atomics.load(this.#words, this.#index))) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (reached: boolean): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(reached);
      };
      const waiter: Waiter = { isWanted, settle };
      const timer = setTimeout(settle, timeoutMs, false);
      this.#waiters.add(waiter);
      this.#watch();
    });
  }

  #watch(): void {
    while (this.#waiters.size > 0 && !this.#isWaiting) {
      const value = Atomics.load(this.#words, this.#index);
      for (const waiter of this.#waiters) if (waiter.isWanted(value)) waiter.settle(true);
      if (this.#waiters.size === 0) return;
      const change = Atomics.waitAsync(this.#words, this.#index, value);
      if (!change.async) continue;
      this.#isWaiting = true;
      void change.value.then(() => {
        this.#isWaiting = false;
        this.#watch();
      });
    }
  }
}
