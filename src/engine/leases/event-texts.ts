/** What expressions say of a query and of its reply, for lines in the forensic log. Made in the shard, which has both. */
import { type ByteRange, emptyRange } from '../../base/byte-range.ts';
import type { ClassIds } from '../../classes/class-ids.ts';
import { Compiler } from '../../classes/compile-test.ts';
import type { Packet4 } from '../../classes/dhcp4/packet.ts';
import { QUERY_ACCESS_4 } from '../../classes/dhcp4/query-access.ts';
import type { Operand } from '../../classes/packet.ts';
import { Scratch } from '../../classes/scratch.ts';
import type { LegalFormats } from '../../config/hook-model.ts';
import { EVENT_TEXT_BYTES_MAX } from '../../lease/events.ts';
import { G, type StatisticsWriter } from '../figures/statistics.ts';
import type { Query } from '../query.ts';
import { ReplyPacket } from '../reply/reply-packet.ts';
import type { ReplySlots } from '../reply/reply-slots.ts';
import type { TextMaker } from './lease-events.ts';

export class EventTexts implements TextMaker<Query> {
  readonly #scratch = new Scratch();
  readonly #statistics: StatisticsWriter;
  readonly #slots: ReplySlots;
  readonly #request: Operand<Packet4> | null;
  readonly #response: Operand<Packet4> | null;
  readonly #reply: ReplyPacket;
  readonly #text = emptyRange();

  /** @param classes gets the classes that the formats ask for */
  constructor(
    { request, response }: LegalFormats,
    classes: ClassIds,
    statistics: StatisticsWriter,
    slots: ReplySlots,
  ) {
    const compiler = new Compiler(this.#scratch, classes, QUERY_ACCESS_4);
    this.#statistics = statistics;
    this.#slots = slots;
    this.#request = request && compiler.value(request);
    this.#response = response && compiler.value(response);
    this.#reply = new ReplyPacket(slots);
  }

  /** The text of a query, valid until the next one; null = there is no format for it, or it has failed. */
  ofQuery(query: Query): ByteRange | null {
    return this.#request === null ? null : this.#make(this.#request, query);
  }

  /** The text of the finished reply in a slot, valid until the next one; null as above. */
  ofReply(slot: number, query: Query): ByteRange | null {
    if (this.#response === null) return null;
    this.#reply.point(slot, this.#slots.lengths[slot]!, query);
    return this.#make(this.#response, this.#reply);
  }

  #make({ range, load }: Operand<Packet4>, packet: Packet4): ByteRange | null {
    this.#scratch.reset();
    load(packet);
    if (this.#scratch.failed || range.length > EVENT_TEXT_BYTES_MAX) {
      this.#statistics.add(G['tandem-legal-log-errors']);
      return null;
    }
    this.#text.bytes = range.bytes;
    this.#text.offset = range.offset;
    this.#text.length = range.length;
    return this.#text;
  }
}
