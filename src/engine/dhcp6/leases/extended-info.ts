/**
 * What a lease keeps of the relays that its client came through, where its subnet has `store-extended-info`: those of the last
 * query that came through any. One object a shard.
 */
import { emptyRange } from '../../../base/byte-range.ts';
import {
  encodeRelayInfo,
  RELAY_INFO,
  RELAY_INFO_BYTES_MAX,
  RelayOptionOrder,
} from '../../../lease/dhcp6/relay-info.ts';
import { LeaseState } from '../../../lease/state.ts';
import { ExtendedInfoBase } from '../../leases/extended-info-base.ts';
import type { Context6 } from '../context.ts';
import type { Query6 } from '../query.ts';
import { G6 } from '../statistics.ts';
import type { Binding } from './ia-plan.ts';

export class ExtendedInfo6 extends ExtendedInfoBase<Query6> {
  readonly #order = new RelayOptionOrder();
  readonly #context = emptyRange();

  constructor() {
    super(RELAY_INFO, RELAY_INFO_BYTES_MAX);
  }

  /** Whether a lease is to keep of the relays what its row does not say yet. Pre: the row stands as it was. */
  isNews({ book, query }: Context6, { slot, subnet }: Binding): boolean {
    if (!query.isRelayed || !subnet!.config.storeExtendedInfo) return false;
    const { rows } = book.table;
    if (rows.state(slot) === LeaseState.assigned && !query.isExtension) return false;
    rows.contextRange(slot, this.#context);
    return this.isNewsIn(this.#context, query);
  }

  /** Writes it into the row; a lease that says nothing of its relays is better than none. */
  keep(context: Context6, binding: Binding): void {
    if (!this.isNews(context, binding)) return;
    const { book, query, statistics } = context;
    const { slot } = binding;
    const made = this.putInto(this.#context, query);
    if (made !== null) {
      if (book.table.setUserContext(slot, made)) return;
      book.recallOffers(slot);
      if (book.table.setUserContext(slot, made)) return;
    }
    statistics.add(G6['tandem-extended-info-lost']);
  }

  protected override write(out: Uint8Array, { relays }: Query6): number {
    return encodeRelayInfo(out, relays, this.#order);
  }
}
