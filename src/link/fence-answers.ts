/** Fences of main: questions whether whatever has come by now is taken. Each gets one answer. */
export class FenceAnswers {
  readonly #answer: () => void;
  #open = 0;

  /** @param answer is called once a fence */
  constructor(answer: () => void) {
    this.#answer = answer;
  }

  get areOpen(): boolean {
    return this.#open > 0;
  }

  add(): void {
    this.#open++;
  }

  /** Everything that had come is taken, or can come no more. */
  answerAll(): void {
    for (; this.#open > 0; this.#open--) this.#answer();
  }
}
