/**
 * A mutual-exclusion lock in shared memory, for sections of well under a microsecond.
 *
 * Words hold 0 free, 1 held, 2 held and somebody waits (the three-state futex mutex). A waiter spins first, because the
 * holder is nearly always about to leave; it sleeps only when the holder was descheduled, so that on two cores it does
 * not burn the very time slice that the holder needs.
 */

const FREE = 0;
const HELD = 1;
const CONTENDED = 2;
const SPINS_MAX = 200;
/** A lost wake-up costs at most this much; there is none that we know of. */
const SLEEP_MS = 1;

/** Takes the lock at `words[index]`. Not re-entrant. */
export function lock(words: Int32Array, index: number): void {
  if (Atomics.compareExchange(words, index, FREE, HELD) === FREE) return;
  for (let spin = 0; spin < SPINS_MAX; spin++) {
    if (Atomics.load(words, index) === FREE && Atomics.compareExchange(words, index, FREE, HELD) === FREE)
      return;
  }
  while (Atomics.exchange(words, index, CONTENDED) !== FREE) Atomics.wait(words, index, CONTENDED, SLEEP_MS);
}

/** Takes the lock at `words[index]` if it is free. @returns whether it is the caller's now */
export function tryLock(words: Int32Array, index: number): boolean {
  return Atomics.compareExchange(words, index, FREE, HELD) === FREE;
}

/** Releases the lock at `words[index]`; the caller holds it. */
export function unlock(words: Int32Array, index: number): void {
  if (Atomics.exchange(words, index, FREE) === CONTENDED) Atomics.notify(words, index, 1);
}
