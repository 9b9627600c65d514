/** A clock and timers that stand still until a test moves them. */
import type { Clock } from '../../../src/base/clock.ts';
import type { Timers } from '../../../src/ha/service/timers.ts';

interface Entry {
  readonly atMs: number;
  readonly action: () => void;
}

export class VirtualTime implements Clock, Timers {
  #nowMs = 0;
  /** Wall clock at monotonic 0, in ms since 1970. */
  readonly #epochMs: number;
  readonly #entries = new Set<Entry>();

  constructor(epochMs = Date.UTC(2026, 10, 20, 22, 0, 0)) {
    this.#epochMs = epochMs;
  }

  wallSec(): number {
    return Math.floor(this.wallMs() / 1000);
  }

  wallMs(): number {
    return this.#epochMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void): () => void {
    const entry = { atMs: this.#nowMs + delayMs, action };
    this.#entries.add(entry);
    return () => this.#entries.delete(entry);
  }

  get armedCount(): number {
    return this.#entries.size;
  }

  /** Moves on, running every timer at its time and all promises in between. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#nowMs = next.atMs;
      this.#entries.delete(next);
      next.action();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#entries) {
      if (entry.atMs <= untilMs && (first === undefined || entry.atMs < first.atMs)) first = entry;
    }
    return first;
  }
}

/** Lets everything run that needs no timer. Turns of the event loop, so that chains of promises come to an end. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}
