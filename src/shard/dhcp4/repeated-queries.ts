/** What becomes of a query that comes again; see engine/parked/repeats.ts. */
import type { Context } from '../../engine/context.ts';
import { countDrop } from '../../engine/engine.ts';
import { G } from '../../engine/figures/statistics.ts';
import { NOBODY, type Repeats } from '../../engine/parked/repeats.ts';

export class RepeatedQueries {
  readonly #context: Context;
  readonly #repeats: Repeats;
  readonly #sendAgain: (slot: number) => void;

  /** @param sendAgain called with the slot of a reply that answers the query in work too */
  constructor(context: Context, repeats: Repeats, sendAgain: (slot: number) => void) {
    this.#context = context;
    this.#repeats = repeats;
    this.#sendAgain = sendAgain;
  }

  /** Whether nothing is left to be done for the query in work: a reply that is known answers it, or will. */
  isAnswered(): boolean {
    const slot = this.#repeats.find(this.#context.query);
    if (slot === NOBODY) return false;
    if (this.#answers(slot)) return true;
    this.#repeats.forget(slot);
    return false;
  }

  /** If not, the reply in `slot` answers no query any more. */
  #answers(slot: number): boolean {
    const context = this.#context;
    const { query, statistics } = context;
    const repeats = this.#repeats;
    if (!repeats.isRepeated(slot, query)) return false;
    if (!repeats.isKept(slot)) {
      statistics.add(G['pkt4-request-received']);
      countDrop(context, G['tandem-repeated-parked']);
      return true;
    }
    // Where answers are counted against a limit, each is one more.
    if (context.rateLimits !== null || !this.#mayRepeat(slot)) return false;
    statistics.add(G['pkt4-request-received']);
    statistics.add(G['tandem-repeated-answered']);
    this.#sendAgain(slot);
    return true;
  }

  /** Whether a kept reply is still true; then it is out of the kept ones. */
  #mayRepeat(slot: number): boolean {
    const { book, nowSec } = this.#context;
    book.table.lock();
    const isHeld = this.#repeats.isHeld(slot, nowSec);
    book.table.unlock();
    return isHeld && this.#repeats.takeAgain(slot, nowSec);
  }
}
