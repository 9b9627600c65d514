/**
 * What expressions say of a query and of its reply, for lines in the forensic log, of either family. Made in the shard, which has
 * both.
 */
import { type ByteRange, emptyRange, setRange } from '../../base/byte-range.ts';
import type { ClassIds } from '../../classes/class-ids.ts';
import { Compiler } from '../../classes/compile-test.ts';
import type { Operand, Packet, QueryAccess } from '../../classes/packet.ts';
import { Scratch } from '../../classes/scratch.ts';
import type { LegalFormats } from '../../config/hook-model.ts';
import { EVENT_TEXT_BYTES_MAX } from '../../lease/events.ts';
import type { StatisticsWriter } from '../figures/statistics.ts';
import type { TextMaker } from './lease-events.ts';

/** The messages of a family as expressions about a lease see them; each is valid until the next one. */
export interface SeenMessages<P extends Packet, Query> {
  readonly access: QueryAccess<P>;
  /** Statistics cell of the texts that could not be made. */
  readonly errorsCell: number;
  /** @param row of the lease */
  query(query: Query, row: number): P;
  /** @param slot of the finished reply */
  reply(slot: number, query: Query, row: number): P;
}

export class EventTexts<P extends Packet, Query> implements TextMaker<Query> {
  readonly #scratch = new Scratch();
  readonly #statistics: StatisticsWriter;
  readonly #messages: SeenMessages<P, Query>;
  readonly #request: Operand<P> | null;
  readonly #response: Operand<P> | null;
  readonly #text = emptyRange();

  /** @param classes gets the classes that the formats ask for */
  constructor(
    { request, response }: LegalFormats,
    classes: ClassIds,
    statistics: StatisticsWriter,
    messages: SeenMessages<P, Query>,
  ) {
    const compiler = new Compiler(this.#scratch, classes, messages.access);
    this.#statistics = statistics;
    this.#messages = messages;
    this.#request = request && compiler.value(request);
    this.#response = response && compiler.value(response);
  }

  /** The text of a query, valid until the next one; null = there is no format for it, or it has failed. */
  ofQuery(query: Query, row: number): ByteRange | null {
    return this.#request === null ? null : this.#make(this.#request, this.#messages.query(query, row));
  }

  /** The text of the finished reply in a slot, valid until the next one; null as above. */
  ofReply(slot: number, query: Query, row: number): ByteRange | null {
    if (this.#response === null) return null;
    return this.#make(this.#response, this.#messages.reply(slot, query, row));
  }

  #make({ range, load }: Operand<P>, packet: P): ByteRange | null {
    this.#scratch.reset();
    load(packet);
    if (this.#scratch.failed || range.length > EVENT_TEXT_BYTES_MAX) {
      this.#statistics.add(this.#messages.errorsCell);
      return null;
    }
    setRange(this.#text, range.bytes, range.offset, range.length);
    return this.#text;
  }
}
