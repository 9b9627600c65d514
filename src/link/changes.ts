/** Who waits for something to change. */
export class Changes {
  readonly #waiting: (() => void)[] = [];

  /** Something has changed. */
  tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when a condition holds behind a change, or after a time. */
  async until(holds: () => boolean, msMax: number): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.tell();
    }, msMax);
    while (!holds() && !isLate) await this.next();
    clearTimeout(timer);
  }
}
