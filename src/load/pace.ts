/** How many new exchanges may begin now: all that there is room for (closed loop), or so many a second (open loop). */

/** What may be made up for after the thread was held up: more would measure a burst of our own making. */
const BACKLOG_US_MAX = 50_000;

export class Pace {
  #lastUs: number;
  #due = 0;

  constructor(nowUs: number) {
    this.#lastUs = nowUs;
  }

  /**
   * Lets time pass.
   * @param ratePerSec new exchanges a second, 0 = closed loop
   * @param room places free
   * @returns how many exchanges to begin, 0..room
   */
  grant(nowUs: number, ratePerSec: number, room: number): number {
    const elapsedUs = Math.min(nowUs - this.#lastUs, BACKLOG_US_MAX);
    this.#lastUs = nowUs;
    if (ratePerSec === 0) return room;
    // What found no room stays due, but no more than the backlog allows.
    this.#due = Math.min(this.#due + (elapsedUs * ratePerSec) / 1e6, 1 + (ratePerSec * BACKLOG_US_MAX) / 1e6);
    const granted = Math.min(Math.floor(this.#due), room);
    this.#due -= granted;
    return granted;
  }

  /** Microseconds from the last `grant` until the next exchange is due; 0 when one is due and found no room. */
  untilNextUs(ratePerSec: number): number {
    return Math.max(0, ((1 - this.#due) * 1e6) / ratePerSec);
  }
}
