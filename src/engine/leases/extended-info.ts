/**
 * What a lease keeps of the relay that its client came through, where its subnet has `store-extended-info`: option 82 of the
 * last query that had one, in the lease's user context. One object a shard.
 */
import { type ByteRange, emptyRange, equalRanges } from '../../base/byte-range.ts';
import { MessageType, OptionCode } from '../../dhcp4/codes.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import { OptionTable } from '../../dhcp4/option-table.ts';
import { IscMember } from '../../lease/context-member.ts';
import {
  AGENT_BYTES_MAX,
  AGENT_INFO,
  AGENT_VALUE_BYTES_MAX,
  encodeAgentInfo,
} from '../../lease/dhcp4/agent-info.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../lease/limits.ts';
import type { Context } from '../context.ts';
import { G } from '../figures/statistics.ts';
import type { Query } from '../query.ts';

/** What is only offered is no lease yet, unless the offer stands in the lease file. */
function isKept({ query, subnet }: Context): boolean {
  const { storeExtendedInfo, offerLifetimeSec } = subnet!.config;
  if (!storeExtendedInfo) return false;
  return offerLifetimeSec > 0 || query.field(Field.messageType) !== MessageType.discover;
}

export class ExtendedInfo {
  readonly #member = new IscMember(AGENT_INFO);
  readonly #agent = new OptionTable(AGENT_BYTES_MAX, false);
  /** What is to be kept of the query in work; no octets = it has no option 82. */
  readonly #value: ByteRange = { bytes: new Uint8Array(AGENT_VALUE_BYTES_MAX), offset: 0, length: 0 };
  readonly #range = emptyRange();
  /** The context made last. */
  readonly #context: ByteRange = { bytes: new Uint8Array(USER_CONTEXT_BYTES_MAX), offset: 0, length: 0 };
  #isRead = false;

  /** Goes over to the next query. */
  begin(): void {
    this.#isRead = false;
  }

  /** Whether a row does not say yet what the query says of its relay. */
  isNews(context: Context, row: number): boolean {
    if (!isKept(context) || !this.#read(context.query)) return false;
    context.book.table.rows.contextRange(row, this.#range);
    return !this.#member.find(this.#range, this.#range) || !equalRanges(this.#range, this.#value);
  }

  /**
   * The user context that a lease is to have.
   * @param kept what it has; it must not lie in the row that is written
   * @returns `kept` itself where nothing is to be kept, else one that is valid until the next call
   */
  contextFor(context: Context, kept: ByteRange): ByteRange {
    if (!isKept(context) || !this.#read(context.query)) return kept;
    const made = this.#context;
    made.length = this.#member.put(kept, this.#value, made.bytes);
    if (made.length > 0) return made;
    context.statistics.add(G['tandem-extended-info-lost']);
    return kept;
  }

  /** @returns whether the query has an option 82, be it empty */
  #read(query: Query): boolean {
    const value = this.#value;
    if (this.#isRead) return value.length > 0;
    this.#isRead = true;
    value.length = 0;
    if (!query.options.find(OptionCode.relayAgentInformation, this.#range)) return false;
    const { bytes, offset, length } = this.#range;
    this.#agent.walk(bytes, offset, offset + length);
    value.length = encodeAgentInfo(value.bytes, this.#agent);
    return true;
  }
}
