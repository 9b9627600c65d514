/**
 * What servers take for over. The end of a lease stands in files and updates as a time of day, by the clock of the server that gave it;
 * every server compares it with its own. So one may give an address to somebody else as soon as its own clock has said that the lease is
 * over, however wrong that is, and not before.
 */
import { CLTT_AHEAD_MAX_SEC } from '../../src/lease/precedence.ts';
import { EPOCH_MS, type WallClock } from './wall-clock.ts';

/** Servers count whole seconds. */
const ROUNDING_MS = 1000;

export interface TimedLease {
  /** By the clock of who gave it, at the earliest: ms since 1970. */
  readonly endMs: number;
  /** In true time, us. */
  readonly untilUs: number;
  /** When the client began to ask for it, us. */
  readonly askedAtUs: number;
}

export class ServerClocks {
  readonly #clocks: ReadonlyMap<string, WallClock>;

  /** @param clocks by the names of servers */
  constructor(clocks: ReadonlyMap<string, WallClock>) {
    this.#clocks = clocks;
  }

  get areTrue(): boolean {
    return [...this.#clocks.values()].every(({ isTrue }) => isTrue);
  }

  /** Of what a server has just given. @param untilUs for as long as the client takes it, in true time */
  endMs(server: string, askedAtUs: number, untilUs: number): number {
    return this.#clocks.get(server)!.leastMs(askedAtUs) + (untilUs - askedAtUs) / 1000;
  }

  /** Whether the clock of a server has said that a lease is over, since that was asked for. */
  takesForOver(server: string, { endMs, untilUs, askedAtUs }: TimedLease): boolean {
    const clock = this.#clocks.get(server)!;
    const saidMs = clock.mostMs(askedAtUs);
    if (saidMs >= endMs - (this.areTrue ? 0 : ROUNDING_MS)) return true;
    // Of a time to come, as a clock that was set back sees it, a server believes its partner rather than itself.
    const aheadMs = endMs - EPOCH_MS - untilUs / 1000;
    return aheadMs - clock.offsetMs > CLTT_AHEAD_MAX_SEC * 1000;
  }
}
