/** Who waits until what the partner has sent is in the table, in the order in which the link thread was asked. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Of the event loop, until what the kernel had has been read and written on by io/stream-socket.ts. */
const TURNS_OF_PUMP = 2;

export class Fences {
  readonly #waiting: (() => void)[] = [];

  /** @param ask asks the link thread, which answers in order. @returns false when it does not any more */
  async pass(ask: () => boolean): Promise<void> {
    // What has arrived with TLS is on its way through this thread.
    for (let turn = 0; turn < TURNS_OF_PUMP; turn++) await nextTurn();
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
