/**
 * What leases of either family keep of the relays that their clients came through: a member of "ISC" in the user context. A
 * family says what of a query is kept.
 */
import { type ByteRange, emptyRange, equalRanges } from '../../base/byte-range.ts';
import { IscMember } from '../../lease/context-member.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../lease/limits.ts';

export abstract class ExtendedInfoBase<Query> {
  readonly #member: IscMember;
  /** What is to be kept of the query in work; no octets = nothing. */
  readonly #value: ByteRange;
  readonly #kept = emptyRange();
  /** The context made last. */
  readonly #context: ByteRange = { bytes: new Uint8Array(USER_CONTEXT_BYTES_MAX), offset: 0, length: 0 };
  #isRead = false;

  /** @param name of the member; @param valueBytesMax octets of the longest value */
  constructor(name: string, valueBytesMax: number) {
    this.#member = new IscMember(name);
    this.#value = { bytes: new Uint8Array(valueBytesMax), offset: 0, length: 0 };
  }

  /** Writes what is to be kept of a query, one JSON value. @returns its octets, 0 = there is nothing */
  protected abstract write(out: Uint8Array, query: Query): number;

  /** Goes over to the next query. */
  begin(): void {
    this.#isRead = false;
  }

  /** Whether a user context does not say yet what the query says of its relays. */
  protected isNewsIn(context: ByteRange, query: Query): boolean {
    if (!this.#read(query)) return false;
    const kept = this.#kept;
    return !this.#member.find(context, kept) || !equalRanges(kept, this.#value);
  }

  /**
   * A user context with what the query says of its relays.
   * @returns `context` itself where that is nothing; null where it does not fit; else a range that is valid until the next call
   */
  protected putInto(context: ByteRange, query: Query): ByteRange | null {
    if (!this.#read(query)) return context;
    const made = this.#context;
    made.length = this.#member.put(context, this.#value, made.bytes);
    return made.length > 0 ? made : null;
  }

  #read(query: Query): boolean {
    const value = this.#value;
    if (!this.#isRead) value.length = this.write(value.bytes, query);
    this.#isRead = true;
    return value.length > 0;
  }
}
