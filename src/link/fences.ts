/** Who waits until what the partner has sent is in the table, in the order in which the link thread was asked. */
export class Fences {
  readonly #waiting: (() => void)[] = [];

  /** @param ask asks the link thread, which answers in order. @returns false when it does not any more */
  async pass(ask: () => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (!ask()) this.openAll();
    });
  }

  /** The link thread has answered one. */
  openNext(): void {
    this.#waiting.shift()?.();
  }

  openAll(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
