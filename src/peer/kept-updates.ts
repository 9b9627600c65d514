/** The updates that are kept while the partner is out of reach, and their delivery. */
import type { LeaseAddress } from '../lease/update-family.ts';
import { Backlog } from './backlog.ts';
import { deliverBacklog } from './backlog-delivery.ts';
import type { DispatcherParts } from './dispatcher-parts.ts';
import type { SendLimits } from './limits.ts';
import type { PartnerOutcomes } from './partner-outcomes.ts';

export class KeptUpdates {
  readonly #parts: DispatcherParts;
  readonly #outcomes: PartnerOutcomes;
  readonly #backlog: Backlog;
  readonly #limits: SendLimits;
  readonly #delivered: () => void;
  #delivery: Promise<boolean> | null = null;

  /** @param delivered is called after a delivery, before whoever awaits its outcome goes on */
  constructor(parts: DispatcherParts, limits: SendLimits, outcomes: PartnerOutcomes, delivered: () => void) {
    this.#limits = limits;
    this.#delivered = delivered;
    this.#parts = parts;
    this.#outcomes = outcomes;
    this.#backlog = new Backlog(parts.delayedUpdatesLimit);
  }

  /** `delayed-updates-limit` from now on. */
  set limit(limit: number) {
    this.#backlog.limit = limit;
  }

  /** The delivery under way, or null. */
  get delivery(): Promise<boolean> | null {
    return this.#delivery;
  }

  state(): { readonly length: number; readonly overflown: boolean } {
    return { length: this.#backlog.length, overflown: this.#backlog.overflown };
  }

  push(address: LeaseAddress): void {
    const backlog = this.#backlog;
    const wasOverflown = backlog.overflown;
    backlog.push(address);
    if (!wasOverflown && backlog.overflown)
      this.#parts.log('TDM_PEER_BACKLOG_OVERFLOWN', { limit: backlog.limit });
  }

  /** @param owe what was in it is sent all the same when the partner has answered a heartbeat */
  clear(owe: boolean): void {
    for (let at = 0; owe && at < this.#backlog.length; at++) this.#outcomes.owe(this.#backlog.at(at)!);
    this.#backlog.clear();
  }

  /**
   * Delivers everything, once at a time.
   * @param idle resolves when nothing from before is under way: it is older and must not be overtaken
   */
  deliver(idle: () => Promise<unknown>): Promise<boolean> {
    this.#delivery ??= this.#deliver(idle).finally(() => {
      this.#delivery = null;
      this.#delivered();
    });
    return this.#delivery;
  }

  async #deliver(idle: () => Promise<unknown>): Promise<boolean> {
    const { family, partner, stream } = this.#parts;
    if (partner === null) return true;
    await idle();
    return deliverBacklog(this.#backlog, {
      family,
      client: partner,
      stream,
      limits: this.#limits,
      updateOf: this.#parts.standing,
      noted: (outcome) => this.#outcomes.noteBacklog(outcome),
    });
  }
}
