/**
 * Main's end of a ring of events: hands each on once the change that it rests on is on stable storage, in the order in
 * which the table changed.
 */
import { ByteRingReader, type RingRecord } from '../base/byte-ring.ts';
import { RingWatch } from '../base/ring-watch.ts';
import { isReached } from '../lease/change-log.ts';
import { type LeaseEventsMemory, LeaseEventWord } from '../lease/events.ts';

/** The ring is looked at this often even if nobody rings: a change may become durable unheard. */
const TICK_MS = 100;
/** Events handed on in one turn of the event loop: some milliseconds. */
const EVENTS_PER_TURN = 512;

export interface EventReaderParts<Event> {
  /** Number of the newest durable change. */
  readonly durable: () => number;
  /** @param bytes of the event, in memory of their own */
  readonly parse: (kind: number, bytes: Uint8Array) => Event;
  /** Gets each event. */
  readonly take: (event: Event) => void;
  /** Called when the ring has more room than before. */
  readonly released?: () => void;
}

export class EventReader<Event> {
  readonly #reader: ByteRingReader;
  readonly #words: Int32Array;
  readonly #parts: EventReaderParts<Event>;
  readonly #watch: RingWatch;
  readonly #record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
  /** Read, and waiting for the disk. */
  #held: { readonly change: number; readonly event: Event } | null = null;
  #lost = 0;

  constructor(memory: LeaseEventsMemory, parts: EventReaderParts<Event>) {
    this.#reader = new ByteRingReader(memory.ring);
    this.#words = new Int32Array(memory.words);
    this.#parts = parts;
    this.#watch = new RingWatch(this.#words, LeaseEventWord.pending, TICK_MS, () => this.#read());
  }

  /** Reads from now on. */
  start(): void {
    this.#watch.start();
  }

  /** Events that found no room since the last call. */
  takeLost(): number {
    const lost = Atomics.load(this.#words, LeaseEventWord.lost);
    const news = (lost - this.#lost) >>> 0;
    this.#lost = lost;
    return news;
  }

  /** Hands on what is there, durable or not. No writer is at work. */
  drain(): void {
    for (let held = this.#next(); held !== null; held = this.#next()) {
      this.#held = null;
      this.#parts.take(held.event);
    }
    this.#release();
  }

  /** The same, and reads no more. */
  close(): void {
    this.#watch.close();
    this.drain();
  }

  #release(): void {
    this.#reader.release();
    this.#parts.released?.();
  }

  /** @returns whether there is more to read at once */
  #read(): boolean {
    const durable = this.#parts.durable();
    let isFinished = false;
    for (let count = 0; count < EVENTS_PER_TURN && !isFinished; count++) {
      const held = this.#next();
      if (held !== null && isReached(durable, held.change)) {
        this.#held = null;
        this.#parts.take(held.event);
      } else isFinished = true;
    }
    this.#release();
    return !isFinished;
  }

  /** The event to hand on next, which is held until somebody lets it go. */
  #next(): { readonly change: number; readonly event: Event } | null {
    if (this.#held !== null || !this.#reader.next(this.#record)) return this.#held;
    const { kind, sequence, offset, length } = this.#record;
    // A copy: the ring is shared memory, which text cannot be decoded from.
    const bytes = new Uint8Array(length);
    bytes.set(this.#reader.bytes.subarray(offset, offset + length));
    this.#held = { change: sequence, event: this.#parts.parse(kind, bytes) };
    return this.#held;
  }
}
