/** Writes lease events, under the table's lock. Switched off, which it is unless somebody listens, each call costs a test. */
import type { ByteRange } from '../../base/byte-range.ts';
import { ByteRingWriter, RING_RECORD_BYTES_MAX } from '../../base/byte-ring.ts';
import {
  EVENT_PART_HEADER_BYTES,
  EVENT_TEXT_BYTES_MAX,
  EventPart,
  LeaseEventKind,
  type LeaseEventsMemory,
  LeaseEventWord,
} from '../../lease/events.ts';
import type { FiledLease, RowCodec } from '../../lease/row-codec.ts';

/** What is listened to: nothing, leases, also the queries that changed them, also those that might have and have not. */
export const Listening = { off: 0, leases: 1, queries: 2, all: 3 } as const;
export type Listening = (typeof Listening)[keyof typeof Listening];

/** What events of a family are made of. */
export interface EventFamily<Lease extends FiledLease, Query> {
  readonly codec: Pick<RowCodec<Lease, unknown>, 'rowBytesMax' | 'encode'>;
  /** Octets that a query needs at most. */
  readonly queryBytesMax: number;
  /** Writes what is told of a query. @returns the offset behind it */
  encodeQuery(out: Uint8Array, at: number, query: Query): number;
}

/** The rows of a family's leases. */
export interface EventBook<Lease> {
  readonly table: { readonly rows: { clttSec(slot: number): number } };
  recordOf(slot: number): Lease;
}

/**
 * Makes the texts that somebody wants of queries and replies, about the lease of a row; each is valid until the next one. Null =
 * nobody wants it, or it could not be made.
 */
export interface TextMaker<Query> {
  ofQuery(query: Query, row: number): ByteRange | null;
  ofReply(slot: number, query: Query, row: number): ByteRange | null;
}

/** In place of the slot of a reply: there is none. */
export const NO_REPLY = -1;

export class LeaseEventWriter<Lease extends FiledLease, Query> {
  readonly #family: EventFamily<Lease, Query>;
  readonly #book: EventBook<Lease>;
  readonly #words: Int32Array;
  readonly #ring: ByteRingWriter;
  readonly #listening: Listening;
  readonly #bytes: Uint8Array;
  readonly #texts: TextMaker<Query> | null;
  #at = 0;
  #dirty = false;

  /** @param texts null = nobody wants texts of queries and replies */
  constructor(
    family: EventFamily<Lease, Query>,
    book: EventBook<Lease>,
    memory: LeaseEventsMemory,
    listening: Listening,
    texts: TextMaker<Query> | null = null,
  ) {
    const { codec, queryBytesMax } = family;
    this.#family = family;
    this.#texts = texts;
    this.#book = book;
    this.#words = new Int32Array(memory.words);
    this.#ring = new ByteRingWriter(memory.ring);
    this.#listening = listening;
    // Each part begins within a record; one that ends behind it is not written.
    const partBytesMax =
      EVENT_PART_HEADER_BYTES + Math.max(codec.rowBytesMax, queryBytesMax, EVENT_TEXT_BYTES_MAX);
    this.#bytes = new Uint8Array(RING_RECORD_BYTES_MAX + partBytesMax);
  }

  /** Starts an event; what was begun and not ended is forgotten. */
  begin(): void {
    this.#at = 0;
  }

  /** Adds a lease as its row stands now; a mere offer is none, nor is a row that nothing was written to yet. */
  lease(role: number, row: number): void {
    if (this.#listening === Listening.off || this.#book.table.rows.clttSec(row) === 0) return;
    const from = this.#at + EVENT_PART_HEADER_BYTES;
    if (from > RING_RECORD_BYTES_MAX) return;
    const end = this.#family.codec.encode(this.#bytes, from, this.#book.recordOf(row));
    if (end > from) this.#finishPart(role, end);
  }

  /** Adds the query that the event comes of, where somebody wants it. */
  query(query: Query): void {
    if (this.#listening < Listening.queries) return;
    const at = this.#at + EVENT_PART_HEADER_BYTES;
    if (at > RING_RECORD_BYTES_MAX) return;
    this.#finishPart(EventPart.query, this.#family.encodeQuery(this.#bytes, at, query));
  }

  /**
   * Adds what somebody wants to be told of the query and of its reply about a lease that was added.
   * @param slot of the finished reply, or NO_REPLY
   * @param row of the lease
   */
  texts(query: Query, slot: number, row: number): void {
    const texts = this.#texts;
    if (texts === null || this.#listening < Listening.queries) return;
    this.#text(EventPart.requestText, texts.ofQuery(query, row));
    if (slot !== NO_REPLY) this.#text(EventPart.responseText, texts.ofReply(slot, query, row));
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

  /**
   * Tells of a query that might have changed leases and has changed none, where somebody wants to hear of such.
   * @param change number of a change that is on stable storage
   */
  unchanged(query: Query, change: number): void {
    if (this.#listening !== Listening.all) return;
    this.begin();
    this.query(query);
    this.end(LeaseEventKind.unchanged, change);
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
}
