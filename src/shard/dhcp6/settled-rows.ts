/**
 * The rows of leases that a parked reply tells of: when the reply may leave, they are safe. Of very many in one reply the first
 * ones are known; the others stay unsettled until their next change, and are not answered without one meanwhile.
 */
import { type ByteRange, emptyRange } from '../../base/byte-range.ts';
import { Fate, type IaPlan } from '../../engine/dhcp6/leases/ia-plan.ts';
import type { DnsLog } from '../../engine/names/dns-log.ts';
import type { LeaseBook6 } from '../../lease/dhcp6/book.ts';
import { RowFlag } from '../../lease/row-flag.ts';
import { LeaseState } from '../../lease/state.ts';

const ROWS_MAX = 8;

export class SettledRows {
  readonly #book: LeaseBook6;
  readonly #dns: DnsLog<LeaseBook6> | null;
  // By slot of the reply.
  readonly #counts: Uint8Array;
  readonly #slots: Int32Array;
  readonly #changes: Uint32Array;
  /** Of what is leased, and to whom. */
  readonly #marks: Int32Array;
  readonly #duid = emptyRange();

  /**
   * @param dns where the names of safe leases are told; null = there are no DNS updates
   * @param replies slots of replies
   */
  constructor(book: LeaseBook6, dns: DnsLog<LeaseBook6> | null, replies: number) {
    this.#book = book;
    this.#dns = dns;
    this.#counts = new Uint8Array(replies);
    this.#slots = new Int32Array(replies * ROWS_MAX);
    this.#changes = new Uint32Array(replies * ROWS_MAX);
    this.#marks = new Int32Array(replies * ROWS_MAX);
  }

  /**
   * Remembers the rows of the message in work, whose reply is in this slot; the one with the name that is news among them.
   * @param duid of its client
   */
  note(reply: number, { bindings, bindingCount }: IaPlan, duid: ByteRange): void {
    const { table } = this.#book;
    const { rows } = table;
    let count = 0;
    for (let i = 0; i < bindingCount; i++) {
      const { slot, fate, address } = bindings[i]!;
      const change = slot < 0 || fate === Fate.revoked ? 0 : rows.unsettledChange(slot);
      const isNews = change !== 0 && (rows.flags(slot) & RowFlag.dnsPending) !== 0;
      if (change === 0 || (count === ROWS_MAX && !isNews)) continue;
      if (count < ROWS_MAX) count += 1;
      const at = reply * ROWS_MAX + count - 1;
      this.#slots[at] = slot;
      this.#changes[at] = change;
      this.#marks[at] = table.markOf(address, 0, duid);
    }
    this.#counts[reply] = count;
  }

  /** Whether a lease was given back, declined or taken since its reply was written, by its client or by somebody else. */
  isOver(reply: number): boolean {
    const { rows } = this.#book.table;
    const first = reply * ROWS_MAX;
    for (let at = first; at < first + this.#counts[reply]!; at++) {
      const slot = this.#slots[at]!;
      // Nearly always nothing has happened to the row since.
      if (rows.unsettledChange(slot) === this.#changes[at]) continue;
      if (!this.#isStill(slot, this.#marks[at]!)) return true;
    }
    return false;
  }

  /** Whether a row is the lease with this mark, on whatever terms. */
  #isStill(slot: number, mark: number): boolean {
    const { table } = this.#book;
    const { rows } = table;
    table.lock();
    const state = rows.state(slot);
    let isStill = !rows.isFree(slot) && (state === LeaseState.assigned || state === LeaseState.registered);
    if (isStill) {
      rows.duidRange(slot, this.#duid);
      isStill = table.markOf(rows.bytes, rows.addressOffset(slot), this.#duid) === mark;
    }
    table.unlock();
    return isStill;
  }

  /** The rows are on stable storage and with every peer that is awaited: DNS may hear of them. */
  settle(reply: number): void {
    const { table } = this.#book;
    const first = reply * ROWS_MAX;
    for (let i = 0; i < this.#counts[reply]!; i++) {
      const slot = this.#slots[first + i]!;
      const change = this.#changes[first + i]!;
      if (this.#dns !== null) this.#dns.settle(this.#book, slot, change);
      table.rows.settle(slot, change);
    }
  }

  /** A peer has refused them. */
  refuse(reply: number): void {
    const first = reply * ROWS_MAX;
    for (let i = 0; i < this.#counts[reply]!; i++)
      this.#book.table.rows.refuse(this.#slots[first + i]!, this.#changes[first + i]!);
  }
}
