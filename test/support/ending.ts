/** What a program of the tests has to end at its end, as a test does what it has begun. */

export class Ending {
  readonly #steps: (() => unknown)[] = [];

  /** Has `step` taken at the end, before those that were given earlier. */
  teardown(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Takes all steps, each once. */
  async end(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await step();
  }
}
