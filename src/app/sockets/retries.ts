/**
 * Kea's attempts at sockets that could not be opened (service-sockets-max-retries, service-sockets-retry-wait-time),
 * counted from a start or a reload. When they are used up a server that requires all sockets ends. Any other goes on
 * trying, at the same pace: Kea would not, and needs a reload when the interface comes.
 */
import type { ServiceSocketsConfig } from '../../config/model.ts';

export class SocketRetries {
  readonly #settings: ServiceSocketsConfig;
  #left: number;
  #nextMs: number;

  constructor(settings: ServiceSocketsConfig, nowMs: number) {
    this.#settings = settings;
    this.#left = settings.maxRetries;
    this.#nextMs = nowMs + settings.retryWaitMs;
  }

  /** Whether Kea would try again. */
  get areLeft(): boolean {
    return this.#left > 0;
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.#nextMs;
  }

  /** Everything is served: what is lost later is not what these attempts were for. */
  end(): void {
    this.#left = 0;
  }

  /** After an attempt that was due and did not serve everything. @returns whether it was the last one */
  count(nowMs: number): boolean {
    this.#nextMs = nowMs + this.#settings.retryWaitMs;
    if (this.#left === 0) return false;
    this.#left -= 1;
    return this.#left === 0;
  }
}
