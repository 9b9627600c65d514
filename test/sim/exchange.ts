/** What a client of either family waits in: an exchange with its number, since when and how often it has asked, and when it asks again. */
import type { Agenda, Appointment } from './agenda.ts';
import type { Random } from './random.ts';

const US_PER_SEC = 1e6;

export class Exchange {
  readonly #agenda: Agenda;
  readonly #random: Random;
  readonly #idBelow: number;
  #timer: Appointment | null = null;
  transactionId = 0;
  sinceUs = 0;
  tries = 0;

  /** @param idBelow transaction ids are below it */
  constructor({ agenda, random }: { readonly agenda: Agenda; readonly random: Random }, idBelow: number) {
    this.#agenda = agenda;
    this.#random = random;
    this.#idBelow = idBelow;
  }

  /** Another one begins. */
  begin(): void {
    this.transactionId = this.#random.below(this.#idBelow);
    this.sinceUs = this.#agenda.nowUs;
    this.tries = 0;
  }

  /** How long it goes on already. */
  get elapsedSec(): number {
    return (this.#agenda.nowUs - this.sinceUs) / US_PER_SEC;
  }

  /** Does something later, instead of what was to be done later so far. */
  later(delaySec: number, action: () => void): void {
    this.stop();
    this.#timer = this.#agenda.after(delaySec * US_PER_SEC, action, true);
  }

  /** Nothing is to be done later. */
  stop(): void {
    if (this.#timer !== null) this.#timer.isCancelled = true;
    this.#timer = null;
  }
}
