/** Who did what when, for whoever has to understand a failing seed. Only the end of a long story is kept. */

export interface Event {
  readonly atUs: number;
  readonly who: string;
  readonly what: string;
}

const EVENTS_MAX = 200_000;
const US_PER_SEC = 1e6;

export class Timeline {
  readonly #events: Event[] = [];
  readonly #nowUs: () => number;
  /** Packets are told too. */
  readonly isDetailed: boolean;

  constructor(nowUs: () => number, isDetailed: boolean) {
    this.#nowUs = nowUs;
    this.isDetailed = isDetailed;
  }

  note(who: string, what: string): void {
    this.#events.push({ atUs: this.#nowUs(), who, what });
    if (this.#events.length > 2 * EVENTS_MAX) this.#events.splice(0, EVENTS_MAX);
  }

  /** @param about only lines that have one of these words; none = all */
  lines(about: readonly string[] = [], untilUs = Number.POSITIVE_INFINITY): string[] {
    const chosen = this.#events.filter(
      ({ atUs, who, what }) =>
        atUs <= untilUs &&
        (about.length === 0 || about.some((word) => who === word || what.split(' ').includes(word))),
    );
    return chosen.map(
      ({ atUs, who, what }) => `${(atUs / US_PER_SEC).toFixed(6).padStart(15)}  ${who.padEnd(9)} ${what}`,
    );
  }
}
