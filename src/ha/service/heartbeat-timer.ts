/**
 * The heartbeat timer: one shot, armed again when the answer is there, so that the period is the delay plus the round
 * trip and two heartbeats never overtake each other.
 */
import type { Clock } from '../../base/clock.ts';
import type { Timers } from './timers.ts';

export interface HeartbeatParts<T> {
  readonly timers: Timers;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Asked before each; 0 = heartbeats are switched off. */
  readonly delayMs: () => number;
  /** Sends one and waits for the outcome; never rejects. */
  readonly send: () => Promise<T>;
  /** Called after the next heartbeat has been armed. */
  readonly deliver: (outcome: T) => void;
}

export class HeartbeatLoop<T> {
  readonly #parts: HeartbeatParts<T>;
  #running = false;
  /** Heartbeats under way. */
  #beating = 0;
  #armedMs = 0;
  #cancelTimer: (() => void) | null = null;

  constructor(parts: HeartbeatParts<T>) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = true;
    if (this.#cancelTimer === null) this.#arm();
  }

  /** The delay has changed: it counts from when the next one began to be waited for. One that is under way goes first. */
  rearm(): void {
    if (!this.#running || this.#beating > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#arm(this.#parts.clock.monotonicMs() - this.#armedMs);
  }

  /** The outcome of a heartbeat that is under way is still delivered. */
  stop(): void {
    this.#running = false;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  /** @param waitedMs of the delay, before now */
  #arm(waitedMs = 0): void {
    const { timers, clock } = this.#parts;
    const delayMs = this.#parts.delayMs();
    this.#armedMs = clock.monotonicMs() - waitedMs;
    if (delayMs === 0) return;
    this.#cancelTimer = timers.after(Math.max(0, delayMs - waitedMs), () => {
      this.#cancelTimer = null;
      void this.#beat();
    });
  }

  async #beat(): Promise<void> {
    this.#beating++;
    const outcome = await this.#parts.send();
    this.#beating--;
    if (this.#running && this.#cancelTimer === null) this.#arm();
    this.#parts.deliver(outcome);
  }
}
