/** Polls what several parts of a thread wait for, in one call; of each part the descriptors may change between two of them. */
import { Poller, type PollView } from './poll.ts';

/** A part of a thread that waits for descriptors. */
export interface Polled {
  /** At least one; another list whenever others are to be polled. */
  readonly fds: readonly number[];
  /** @param view where to look for what came; from the next poll on, until it gets another one */
  pollBy(view: PollView): void;
}

export class PollSet {
  readonly #parts: readonly Polled[];
  readonly #polled: (readonly number[])[] = [];
  #poller: Poller | null = null;

  constructor(parts: readonly Polled[]) {
    this.#parts = parts;
  }

  /** Takes over what has changed; the parts may say what they wait for then. */
  prepare(): void {
    let isCurrent = this.#poller !== null;
    for (let i = 0; i < this.#parts.length; i++) {
      const { fds } = this.#parts[i]!;
      isCurrent &&= this.#polled[i] === fds;
      this.#polled[i] = fds;
    }
    if (!isCurrent) this.#renew();
  }

  #renew(): void {
    const poller = new Poller(this.#polled.flat());
    let first = 0;
    for (const [i, part] of this.#parts.entries()) {
      part.pollBy(poller.from(first));
      first += this.#polled[i]!.length;
    }
    this.#poller = poller;
  }

  /** Pre: `prepare`, after which no part has changed. @returns whether anything came within the time, ms */
  wait(timeoutMs: number): boolean {
    return this.#poller!.wait(timeoutMs) > 0;
  }
}
