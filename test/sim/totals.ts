/** What stories come to together. */
import type { StoryOutcome } from './story.ts';

const SEC_PER_HOUR = 3600;

export class Totals {
  readonly #beganMs = performance.now();
  readonly #faults = new Map<string, number>();
  #simulatedSec = 0;
  #acknowledged = 0;
  #packets = 0;
  #takeovers = 0;
  #expired = 0;
  #allowed = 0;
  #overByClock = 0;
  #clockWarnings = 0;
  #terminations = 0;
  stories = 0;
  violations = 0;

  count(outcome: StoryOutcome): void {
    this.stories++;
    this.#simulatedSec += outcome.simulatedSec;
    this.#acknowledged += outcome.acknowledged;
    this.#packets += outcome.packets;
    this.#takeovers += outcome.takeovers;
    this.#expired += outcome.expired;
    this.#allowed += outcome.allowed;
    this.#overByClock += outcome.overByClock;
    this.#clockWarnings += outcome.clockWarnings;
    this.#terminations += outcome.terminations;
    this.violations += outcome.violations.length;
    for (const [kind, times] of outcome.faults) this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + times);
  }

  get hours(): number {
    return this.#simulatedSec / SEC_PER_HOUR;
  }

  /** Of which each must have happened, if the stories are to say something. */
  get happened(): Readonly<Record<string, number>> {
    return {
      takeovers: this.#takeovers,
      expired: this.#expired,
      'warned of clocks': this.#clockWarnings,
      ...Object.fromEntries(this.#faults),
    };
  }

  /** For people. */
  lines(): string[] {
    const tookSec = (performance.now() - this.#beganMs) / 1000;
    const list = [...this.#faults].map(([kind, times]) => `${times} ${kind}`).join(', ');
    return [
      `${this.stories} stories; ${this.#acknowledged} leases acknowledged, ${this.#expired} of them ran out, ${this.#packets} packets; ${this.#takeovers} takeovers; ${list}`,
      `${this.#allowed} addresses given twice that the protocol allows, ${this.#overByClock} by a clock that was ahead; ${this.#clockWarnings} warnings of clocks, ${this.#terminations} times a server ended the pair`,
      `${Math.round(this.#simulatedSec)} s simulated in ${tookSec.toFixed(1)} s, ${Math.round(this.#simulatedSec / tookSec)} times as fast; ${this.violations} violations`,
    ];
  }
}
