/** Wakes the machine when the partner has been silent for max-response-delay: the shards must learn it then, not later. */
import type { MachineState } from '../machine/model.ts';
import type { HaServiceParts } from './model.ts';

export class SilenceTimer {
  readonly #parts: Pick<HaServiceParts, 'clock' | 'timers'>;
  readonly #onSilence: () => void;
  #cancel: (() => void) | null = null;

  constructor(parts: Pick<HaServiceParts, 'clock' | 'timers'>, onSilence: () => void) {
    this.#parts = parts;
    this.#onSilence = onSilence;
  }

  /** To be called after each event. */
  watch({ observing, communication, setup }: MachineState): void {
    if (this.#cancel !== null || observing || setup.partner === null) return;
    const { clock, timers } = this.#parts;
    const atMs = communication.lastContactMs + setup.config.maxResponseDelayMs + 1;
    const leftMs = atMs - clock.monotonicMs();
    // Silent for long already, in a state that does not listen: the next event looks again.
    if (leftMs <= 0) return;
    this.#cancel = timers.after(Math.max(1, leftMs), () => {
      this.#cancel = null;
      this.#onSilence();
    });
  }

  /** After it `watch` begins anew, by what has changed meanwhile. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
