/**
 * What a lease keeps of the relay that its client came through, where its subnet has `store-extended-info`: option 82 of the
 * last query that had one, in the lease's user context. One object a shard.
 */
import { type ByteRange, emptyRange } from '../../base/byte-range.ts';
import { MessageType, OptionCode } from '../../dhcp4/codes.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import { OptionTable } from '../../dhcp4/option-table.ts';
import {
  AGENT_BYTES_MAX,
  AGENT_INFO,
  AGENT_VALUE_BYTES_MAX,
  encodeAgentInfo,
} from '../../lease/dhcp4/agent-info.ts';
import type { Context } from '../context.ts';
import { G } from '../figures/statistics.ts';
import type { Query } from '../query.ts';
import { ExtendedInfoBase } from './extended-info-base.ts';

/** What is only offered is no lease yet, unless the offer stands in the lease file. */
function isKept({ query, subnet }: Context): boolean {
  const { storeExtendedInfo, offerLifetimeSec } = subnet!.config;
  if (!storeExtendedInfo) return false;
  return offerLifetimeSec > 0 || query.field(Field.messageType) !== MessageType.discover;
}

export class ExtendedInfo extends ExtendedInfoBase<Query> {
  readonly #agent = new OptionTable(AGENT_BYTES_MAX, false);
  readonly #option = emptyRange();
  readonly #context = emptyRange();

  constructor() {
    super(AGENT_INFO, AGENT_VALUE_BYTES_MAX);
  }

  /** Whether a row does not say yet what the query says of its relay. */
  isNews(context: Context, row: number): boolean {
    if (!isKept(context)) return false;
    context.book.table.rows.contextRange(row, this.#context);
    return this.isNewsIn(this.#context, context.query);
  }

  /**
   * The user context that a lease is to have.
   * @param kept what it has; it must not lie in the row that is written
   * @returns `kept` itself where nothing is to be kept, else one that is valid until the next call
   */
  contextFor(context: Context, kept: ByteRange): ByteRange {
    if (!isKept(context)) return kept;
    const made = this.putInto(kept, context.query);
    if (made === null) context.statistics.add(G['tandem-extended-info-lost']);
    return made ?? kept;
  }

  /** Option 82, be it empty. */
  protected override write(out: Uint8Array, query: Query): number {
    const option = this.#option;
    if (!query.options.find(OptionCode.relayAgentInformation, option)) return 0;
    this.#agent.walk(option.bytes, option.offset, option.offset + option.length);
    return encodeAgentInfo(out, this.#agent);
  }
}
