/**
 * Settlements of main: questions whether everything that stands in the update log now has been answered by the partner. A record that the
 * partner refuses is answered as well.
 */
import { isReached } from '../lease/change-log.ts';

interface Open {
  /** Up to where the log is concerned. */
  readonly through: number;
  /** Number of the last record of that, once all of it is on its way. */
  last: number | null;
}

export class Settlements {
  readonly #answer: (isSettled: boolean) => void;
  readonly #open: Open[] = [];

  /** @param answer is called once a question, in their order; false = the log has gone before */
  constructor(answer: (isSettled: boolean) => void) {
    this.#answer = answer;
  }

  /** @param through octets that were ever written into the log */
  add(through: number): void {
    this.#open.push({ through, last: null });
  }

  /**
   * To be called when records have been taken out of the log or acknowledged.
   * @param read octets that were ever read of the log
   * @param last number of the last record that was put on its way; @param acknowledged of the last one that was answered
   */
  look(read: number, last: number, acknowledged: number): void {
    for (const each of this.#open) if (each.last === null && isReached(read, each.through)) each.last = last;
    for (let first = this.#open[0]; first !== undefined; first = this.#open[0]) {
      if (first.last === null || !isReached(acknowledged, first.last)) return;
      this.#open.shift();
      this.#answer(true);
    }
  }

  /** The log is not read for the partner any more. */
  giveUp(): void {
    for (const _ of this.#open.splice(0)) this.#answer(false);
  }
}
