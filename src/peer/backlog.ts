/**
 * Lease updates kept for a partner that is out of reach, oldest first, up to `delayed-updates-limit`. Once one had to be
 * refused the backlog is worth nothing as such and says so until it is cleared: the partner must synchronize.
 */
import type { UpdateBytes } from './batch.ts';

export class Backlog {
  readonly #limit: number;
  readonly #updates: UpdateBytes[] = [];
  #overflown = false;
  #clearings = 0;

  /** @param limit updates kept at most; 0 = none */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#updates.length;
  }

  get overflown(): boolean {
    return this.#overflown;
  }

  /** Grows with each `clear`: whoever awaited something in between must not go on with old updates. */
  get clearings(): number {
    return this.#clearings;
  }

  /** @param update with bytes of its own */
  push(update: UpdateBytes): void {
    if (this.#updates.length < this.#limit) this.#updates.push(update);
    else this.#overflown = true;
  }

  /** The update at a position from the front, or null behind the end. */
  at(index: number): UpdateBytes | null {
    return this.#updates[index] ?? null;
  }

  /** Removes the oldest updates. */
  drop(count: number): void {
    this.#updates.splice(0, count);
  }

  clear(): void {
    this.#updates.length = 0;
    this.#overflown = false;
    this.#clearings++;
  }
}
