/**
 * The heartbeat timer: one shot, armed again when the answer is there, so that the period is the delay plus the round
 * trip and two heartbeats never overtake each other.
 */
import type { Timers } from './timers.ts';

export interface HeartbeatParts<T> {
  readonly timers: Timers;
  /** 0 = heartbeats are switched off. */
  readonly delayMs: number;
  /** Sends one and waits for the outcome; never rejects. */
  readonly send: () => Promise<T>;
  /** Called after the next heartbeat has been armed. */
  readonly deliver: (outcome: T) => void;
}

export class HeartbeatLoop<T> {
  readonly #parts: HeartbeatParts<T>;
  #running = false;
  #cancelTimer: (() => void) | null = null;

  constructor(parts: HeartbeatParts<T>) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = true;
    if (this.#cancelTimer === null) this.#arm();
  }

  /** The outcome of a heartbeat that is under way is still delivered. */
  stop(): void {
    this.#running = false;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #arm(): void {
    const { timers, delayMs } = this.#parts;
    if (delayMs === 0) return;
    this.#cancelTimer = timers.after(delayMs, () => {
      this.#cancelTimer = null;
      void this.#beat();
    });
  }

  async #beat(): Promise<void> {
    const outcome = await this.#parts.send();
    if (this.#running && this.#cancelTimer === null) this.#arm();
    this.#parts.deliver(outcome);
  }
}
