/** In place of node:worker_threads: ports between the threads of one simulated process. */
import { slot } from './slot.ts';

type Listener = (message: unknown) => void;

export class MessagePort {
  other: MessagePort | null = null;
  readonly #waiting: unknown[] = [];
  #onMessage: Listener | null = null;
  readonly #onClose: (() => void)[] = [];

  postMessage(message: unknown): void {
    this.other?.receive(copyOf(message));
  }

  receive(message: unknown): void {
    this.#waiting.push(message);
    if (this.#onMessage !== null) slot.machine.timer(0.02, () => this.#hear());
  }

  #hear(): void {
    const message = this.#waiting.shift();
    if (message !== undefined) this.#onMessage?.(message);
  }

  take(): { readonly message: unknown } | undefined {
    return this.#waiting.length === 0 ? undefined : { message: this.#waiting.shift() };
  }

  on(event: string, listener: Listener): this {
    if (event !== 'message') throw new Error(`nobody listens to ${event}`);
    this.#onMessage = listener;
    return this;
  }

  once(event: string, listener: () => void): this {
    if (event !== 'close') throw new Error(`nobody listens to ${event}`);
    this.#onClose.push(listener);
    return this;
  }

  unref(): void {}

  close(): void {
    const { other } = this;
    // What was sent before arrives first.
    slot.machine.timer(0.1, () => {
      for (const listener of [...this.#onClose, ...(other?.closers() ?? [])]) listener();
    });
  }

  closers(): readonly (() => void)[] {
    return this.#onClose;
  }
}

export class MessageChannel {
  readonly port1 = new MessagePort();
  readonly port2 = new MessagePort();

  constructor() {
    this.port1.other = this.port2;
    this.port2.other = this.port1;
  }
}

export function receiveMessageOnPort(port: MessagePort): { readonly message: unknown } | undefined {
  return port.take();
}

/** As structured cloning, but shared memory stays the same object: whoever waits for a word of it is found by that. */
function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof SharedArrayBuffer) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [copyOf(key), copyOf(each)]));
  if (value instanceof Set) return new Set([...value].map(copyOf));
  if (ArrayBuffer.isView(value) && value.buffer instanceof SharedArrayBuffer) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return structuredClone(value);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copyOf(each)]));
}

export const threadId = 0;
export const isMainThread = true;
