/**
 * The rows of leases that a parked reply tells of: when the reply may leave, they are safe. Of very many in one reply the first
 * ones are known; the others stay unsettled until their next change, and are not answered without one meanwhile.
 */
import type { IaPlan } from '../../engine/dhcp6/leases/ia-plan.ts';
import type { LeaseRows6 } from '../../lease/dhcp6/rows.ts';

const ROWS_MAX = 8;

export class SettledRows {
  readonly #rows: LeaseRows6;
  // By slot of the reply.
  readonly #counts: Uint8Array;
  readonly #slots: Int32Array;
  readonly #changes: Uint32Array;

  /** @param replies slots of replies */
  constructor(rows: LeaseRows6, replies: number) {
    this.#rows = rows;
    this.#counts = new Uint8Array(replies);
    this.#slots = new Int32Array(replies * ROWS_MAX);
    this.#changes = new Uint32Array(replies * ROWS_MAX);
  }

  /** Remembers the rows of the message in work, whose reply is in this slot. */
  note(reply: number, { bindings, bindingCount }: IaPlan): void {
    let count = 0;
    for (let i = 0; i < bindingCount && count < ROWS_MAX; i++) {
      const { slot } = bindings[i]!;
      const change = slot < 0 ? 0 : this.#rows.unsettledChange(slot);
      if (change === 0) continue;
      this.#slots[reply * ROWS_MAX + count] = slot;
      this.#changes[reply * ROWS_MAX + count] = change;
      count += 1;
    }
    this.#counts[reply] = count;
  }

  /** The rows are on stable storage and with every peer that is awaited. */
  settle(reply: number): void {
    const first = reply * ROWS_MAX;
    for (let i = 0; i < this.#counts[reply]!; i++)
      this.#rows.settle(this.#slots[first + i]!, this.#changes[first + i]!);
  }

  /** A peer has refused them. */
  refuse(reply: number): void {
    const first = reply * ROWS_MAX;
    for (let i = 0; i < this.#counts[reply]!; i++)
      this.#rows.refuse(this.#slots[first + i]!, this.#changes[first + i]!);
  }
}
