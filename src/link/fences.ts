/**
 * Who waits until what was sent by the stream is in the table of whoever it was sent to: the partner's here, or ours there. The link
 * thread answers in the order in which it was asked.
 */
export class Fences {
  readonly #waiting: ((isPassed: boolean) => void)[] = [];

  /** Resolves with the next answer. Pre: the link thread was just asked. @returns whether all of it is in the table */
  pass(): Promise<boolean> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The link thread has answered one. */
  openNext(isPassed: boolean): void {
    this.#waiting.shift()?.(isPassed);
  }

  /** It will answer none. */
  openAll(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(false);
  }
}
