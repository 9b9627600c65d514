/**
 * Writes lease events, under the table's lock. Switched off, which it is unless somebody listens, each call costs a test.
 *
 *     query part   44 octets of the header, op to chaddr | u8 message type | u32 source address | u16 source port |
 *                  u32 address of the socket | u8 length, name of the interface | u16 length, payload of option 82
 */
import type { ByteRange } from '../../base/byte-range.ts';
import { ByteRingWriter, RING_RECORD_BYTES_MAX } from '../../base/byte-ring.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { encodeRow, ROW_BYTES_MAX } from '../../lease/dhcp4/csv.ts';
import {
  EVENT_PART_HEADER_BYTES,
  EventPart,
  type LeaseEventsMemory,
  LeaseEventWord,
} from '../../lease/events.ts';
import type { Query } from '../query.ts';
import { EVENT_TEXT_BYTES_MAX, type EventTexts } from './event-texts.ts';

/** Octets of a DHCP message up to the end of chaddr. [RFC2131 2] */
export const EVENT_HEADER_BYTES = 44;
/** An interface's name has at most 15 octets. */
const NAME_BYTES_MAX = 15;
const AGENT_BYTES_MAX = 2048;

/** What is listened to: nothing, leases, or leases and the queries that changed them. */
export const Listening = { off: 0, leases: 1, queries: 2 } as const;
export type Listening = (typeof Listening)[keyof typeof Listening];

export class LeaseEventWriter {
  readonly #book: LeaseBook;
  readonly #words: Int32Array;
  readonly #ring: ByteRingWriter;
  readonly #listening: Listening;
  readonly #bytes = new Uint8Array(RING_RECORD_BYTES_MAX + Math.max(ROW_BYTES_MAX, EVENT_TEXT_BYTES_MAX));
  readonly #texts: EventTexts | null;
  #at = 0;
  #dirty = false;

  /** @param texts null = nobody wants texts of queries and replies */
  constructor(
    book: LeaseBook,
    memory: LeaseEventsMemory,
    listening: Listening,
    texts: EventTexts | null = null,
  ) {
    this.#texts = texts;
    this.#book = book;
    this.#words = new Int32Array(memory.words);
    this.#ring = new ByteRingWriter(memory.ring);
    this.#listening = listening;
  }

  /** Starts an event; what was begun and not ended is forgotten. */
  begin(): void {
    this.#at = 0;
  }

  /** Adds a lease as its row stands now; a mere offer is none, nor is a row that nothing was written to yet. */
  lease(role: number, slot: number): void {
    if (this.#listening === Listening.off || this.#book.table.rows.clttSec(slot) === 0) return;
    const from = this.#at + EVENT_PART_HEADER_BYTES;
    if (from > RING_RECORD_BYTES_MAX) return;
    const end = encodeRow(this.#bytes, from, this.#book.recordOf(slot));
    if (end > from) this.#finishPart(role, end);
  }

  /** Adds the query that the event comes of, where somebody wants it. */
  query(query: Query): void {
    if (this.#listening !== Listening.queries) return;
    const out = this.#bytes;
    let at = this.#at + EVENT_PART_HEADER_BYTES;
    if (at > RING_RECORD_BYTES_MAX) return;
    for (let i = 0; i < EVENT_HEADER_BYTES; i++) out[at++] = query.bytes[query.offset + i]!;
    out[at++] = query.field(Field.messageType);
    at = this.#put32(at, query.sourceAddress);
    out[at++] = query.sourcePort >>> 8;
    out[at++] = query.sourcePort;
    at = this.#put32(at, query.socket.address);
    const { interfaceName } = query.socket;
    const length = Math.min(interfaceName.length, NAME_BYTES_MAX);
    out[at++] = length;
    for (let i = 0; i < length; i++) out[at++] = interfaceName.charCodeAt(i);
    const agent = query.field(Field.agentOffset);
    const agentLength = Math.min(query.field(Field.agentLength), AGENT_BYTES_MAX);
    out[at++] = agentLength >>> 8;
    out[at++] = agentLength;
    for (let i = 0; i < agentLength; i++) out[at++] = query.bytes[agent + i]!;
    this.#finishPart(EventPart.query, at);
    if (this.#texts !== null) this.#text(EventPart.requestText, this.#texts.ofQuery(query));
  }

  /** Adds what somebody wants of the finished reply in a slot. */
  reply(slot: number, query: Query): void {
    if (this.#texts !== null) this.#text(EventPart.responseText, this.#texts.ofReply(slot, query));
  }

  #text(role: number, text: ByteRange | null): void {
    if (text === null) return;
    let at = this.#at + EVENT_PART_HEADER_BYTES;
    if (at > RING_RECORD_BYTES_MAX) return;
    for (let i = 0; i < text.length; i++) this.#bytes[at++] = text.bytes[text.offset + i]!;
    this.#finishPart(role, at);
  }

  /**
   * Ends the event and writes it.
   * @param change number of the change in the lease file that it rests on
   */
  end(kind: number, change: number): void {
    if (this.#listening === Listening.off) return;
    const fits = this.#at <= RING_RECORD_BYTES_MAX;
    if (fits && this.#ring.write(kind, change, this.#bytes, this.#at)) this.#dirty = true;
    else Atomics.add(this.#words, LeaseEventWord.lost, 1);
  }

  /** Wakes main when there is something new; once a batch. */
  announce(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    Atomics.add(this.#words, LeaseEventWord.pending, 1);
    Atomics.notify(this.#words, LeaseEventWord.pending);
  }

  #finishPart(role: number, end: number): void {
    const out = this.#bytes;
    const length = end - this.#at - EVENT_PART_HEADER_BYTES;
    out[this.#at] = role;
    out[this.#at + 1] = 0;
    out[this.#at + 2] = length >>> 8;
    out[this.#at + 3] = length;
    this.#at = end;
  }

  #put32(at: number, value: number): number {
    const out = this.#bytes;
    out[at] = value >>> 24;
    out[at + 1] = value >>> 16;
    out[at + 2] = value >>> 8;
    out[at + 3] = value;
    return at + 4;
  }
}
