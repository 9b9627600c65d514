/** Clocks that are apart: servers warn of more than 30 s, and end the pair at more than 60 s, and not before. */
import type { SimulatedWorld } from './world.ts';

const WARN_SEC = 30;
const END_SEC = 60;
/** What is seen of a partner's clock is rounded, and was under way. */
const INEXACT_SEC = 2;
/** Within it they have heard of each other's clocks. */
const HEARD_US = 45e6;
/** A warning is not repeated so soon. */
const REPEATED_US = 120e6;
/** What was heard of a clock is believed for so long, while the next heartbeat waits for its answer. */
const BELIEVED_US = 90e6;
const CLOCKS_REASON = /^the clocks are/;

export class ClockWatch {
  readonly #world: SimulatedWorld;
  /** Since when each limit has been passed while the two could hear each other. */
  readonly #sinceUs = new Map<number, number>();
  #warnedAtUs = Number.NEGATIVE_INFINITY;
  warnings = 0;
  terminations = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  /** A server has logged something. */
  heard(server: string, id: string, fields: Readonly<Record<string, unknown>>): void {
    if (id === 'TDM_HA_CLOCK_SKEW') {
      this.warnings++;
      this.#warnedAtUs = this.#world.agenda.nowUs;
      if (this.#mostApartSec() < WARN_SEC - INEXACT_SEC) this.#broken(`${server} warns of clocks`);
    }
    if (id !== 'TDM_HA_STATE_CHANGED' || fields['to'] !== 'terminated') return;
    this.terminations++;
    if (CLOCKS_REASON.test(String(fields['reason'])) && this.#mostApartSec() < END_SEC - INEXACT_SEC)
      this.#broken(`${server} ends the pair`);
  }

  /** To be called every few seconds. */
  look(): void {
    const { agenda, relationship, machines } = this.#world;
    const [one, other] = relationship.active.map((index) => machines[index]!.clock);
    if (one === undefined || other === undefined || (one.isTrue && other.isTrue)) return;
    const apartSec = Math.abs(one.offsetMs - other.offsetMs) / 1000;
    const hear = this.#world.areNormal(0) && !this.#world.areParted;
    const lastSetUs = Math.max(one.setAtUs, other.setAtUs);
    for (const limitSec of [WARN_SEC, END_SEC]) {
      if (!hear || apartSec <= limitSec + INEXACT_SEC) {
        this.#sinceUs.delete(limitSec);
        continue;
      }
      const sinceUs = Math.max(this.#sinceUs.get(limitSec) ?? agenda.nowUs, lastSetUs);
      this.#sinceUs.set(limitSec, sinceUs);
      if (agenda.nowUs - sinceUs < HEARD_US) continue;
      if (limitSec === END_SEC) this.#broken('both go on as a pair');
      else if (agenda.nowUs - this.#warnedAtUs > REPEATED_US) this.#broken('nobody warns');
    }
  }

  /** How far the clocks were apart of late, at most. */
  #mostApartSec(): number {
    const { agenda, relationship, machines } = this.#world;
    const sinceUs = Math.max(0, agenda.nowUs - BELIEVED_US);
    const clocks = relationship.active.map((index) => machines[index]!.clock);
    return clocks.reduce((sum, clock) => sum + clock.farthestMs(sinceUs), 0) / 1000;
  }

  #broken(what: string): void {
    const { machines, relationship } = this.#world;
    const offsets = relationship.active.map((index) => (machines[index]!.clock.offsetMs / 1000).toFixed(1));
    const text = `${what}: the clocks are ${offsets.join(' and ')} s from true time`;
    this.#world.held.broken({ kind: 'clocks', text, about: [] });
  }
}
