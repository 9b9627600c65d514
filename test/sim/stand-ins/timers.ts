/** In place of the timers that Node.js has as globals and in node:timers/promises. */
import { slot } from './slot.ts';

class Timer {
  #isOver = false;
  #cancel: () => void;

  constructor(cancel: () => void) {
    this.#cancel = cancel;
  }

  unref(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancel();
  }

  renew(cancel: () => void): void {
    this.#cancel = cancel;
  }

  get isOver(): boolean {
    return this.#isOver;
  }
}

type Action = (...values: never[]) => void;

function after(delayMs: number, action: () => void): () => void {
  const appointment = slot.machine.timer(delayMs, action);
  return () => {
    appointment.isCancelled = true;
  };
}

export function simulatedSetTimeout(action: Action, delayMs = 0, ...values: never[]): Timer {
  return new Timer(after(delayMs, () => action(...values)));
}

export function simulatedSetInterval(action: Action, delayMs = 0, ...values: never[]): Timer {
  const turn = (): void => {
    if (timer.isOver) return;
    timer.renew(after(delayMs, turn));
    action(...values);
  };
  const timer = new Timer(() => {});
  timer.renew(after(delayMs, turn));
  return timer;
}

export function simulatedSetImmediate(action: Action, ...values: never[]): Timer {
  return new Timer(after(0, () => action(...values)));
}

export function simulatedClear(timer: Timer | null | undefined): void {
  timer?.cancel();
}

/** Of node:timers/promises. */
export function setTimeout<Value>(
  delayMs: number,
  value?: Value,
  options?: { readonly signal?: AbortSignal },
): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = after(delayMs, () => resolve(value));
    options?.signal?.addEventListener('abort', () => {
      cancel();
      reject(options.signal!.reason);
    });
  });
}

export function setImmediate(): Promise<void> {
  return new Promise((resolve) => {
    after(0, resolve);
  });
}
