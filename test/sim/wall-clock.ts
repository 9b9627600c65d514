/** The wall clock of a machine: it may jump, and go too fast or too slow, while true time and the monotonic clock go on. */

const US_PER_MS = 1000;

/** From a moment on. */
interface Stretch {
  readonly fromUs: number;
  /** Of the clock then, against true time, us. */
  readonly offsetUs: number;
  /** What it gains of each us; negative = it goes too slow. */
  readonly drift: number;
}

export class WallClock {
  readonly #nowUs: () => number;
  readonly #stretches: Stretch[] = [{ fromUs: 0, offsetUs: 0, drift: 0 }];

  /** @param nowUs true time since the world began */
  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  /** Whether it has always been right. */
  get isTrue(): boolean {
    return this.#stretches.length === 1;
  }

  /** When it was last set or left alone, us. */
  get setAtUs(): number {
    return this.#stretches.at(-1)!.fromUs;
  }

  /** Against true time now, ms. */
  get offsetMs(): number {
    return (this.#at(this.#stretches.at(-1)!, this.#nowUs()) - this.#nowUs()) / US_PER_MS;
  }

  /** ms since 1970. */
  get nowMs(): number {
    return EPOCH_MS + this.#at(this.#stretches.at(-1)!, this.#nowUs()) / US_PER_MS;
  }

  /** It jumps, and goes otherwise than time from here on. @param driftPerMille above -1000 */
  disturb(jumpSec: number, driftPerMille: number): void {
    const offsetUs = this.offsetMs * US_PER_MS + jumpSec * 1e6;
    this.#stretches.push({ fromUs: this.#nowUs(), offsetUs, drift: driftPerMille / 1000 });
  }

  /** Somebody sets it right. */
  setRight(): void {
    this.#stretches.push({ fromUs: this.#nowUs(), offsetUs: 0, drift: 0 });
  }

  /** The least that it has said since a moment, ms since 1970. */
  leastMs(sinceUs: number): number {
    return EPOCH_MS + Math.min(...this.#since(sinceUs).map(([first]) => first)) / US_PER_MS;
  }

  /** The most that it has said since a moment, ms since 1970. */
  mostMs(sinceUs: number): number {
    return EPOCH_MS + Math.max(...this.#since(sinceUs).map(([, last]) => last)) / US_PER_MS;
  }

  /** How far it was from true time at most since a moment, ms. */
  farthestMs(sinceUs: number): number {
    const stretches = this.#stretches.filter(
      (_, at) => (this.#stretches[at + 1]?.fromUs ?? this.#nowUs()) >= sinceUs,
    );
    const offsets = stretches.flatMap((stretch) => {
      const endUs = this.#stretches[this.#stretches.indexOf(stretch) + 1]?.fromUs ?? this.#nowUs();
      return [stretch.offsetUs, this.#at(stretch, endUs) - endUs];
    });
    return Math.max(...offsets.map(Math.abs)) / US_PER_MS;
  }

  /** What it said first and last in each of its stretches, us. */
  #since(sinceUs: number): [number, number][] {
    return this.#stretches.flatMap((stretch, at): [number, number][] => {
      const endUs = this.#stretches[at + 1]?.fromUs ?? this.#nowUs();
      if (endUs < sinceUs) return [];
      return [[this.#at(stretch, Math.max(sinceUs, stretch.fromUs)), this.#at(stretch, endUs)]];
    });
  }

  #at({ fromUs, offsetUs, drift }: Stretch, atUs: number): number {
    return atUs + offsetUs + (atUs - fromUs) * drift;
  }
}

/** When the worlds begin, ms since 1970. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);
