/**
 * Main's end of the ring of lease events: hands each on once the change that it rests on is on stable storage, in the
 * order in which the table changed.
 */
import { ByteRingReader, type RingRecord } from '../base/byte-ring.ts';
import { RingWatch } from '../base/ring-watch.ts';
import { isReached } from '../lease/change-log.ts';
import { type LeaseEventKind, type LeaseEventsMemory, LeaseEventWord } from '../lease/events.ts';
import type { LeaseEvent } from './event.ts';
import { parseLeaseEvent } from './parse.ts';

/** The ring is looked at this often even if nobody rings: a change may become durable unheard. */
const TICK_MS = 100;
/** Events handed on in one turn of the event loop: some milliseconds. */
const EVENTS_PER_TURN = 512;

export class LeaseEventReader {
  readonly #reader: ByteRingReader;
  readonly #words: Int32Array;
  readonly #durable: () => number;
  readonly #take: (event: LeaseEvent) => void;
  readonly #watch: RingWatch;
  readonly #record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
  /** Read, and waiting for the disk. */
  #held: { readonly change: number; readonly event: LeaseEvent } | null = null;
  #lost = 0;

  /**
   * @param durable number of the newest durable change
   * @param take gets each event
   */
  constructor(memory: LeaseEventsMemory, durable: () => number, take: (event: LeaseEvent) => void) {
    this.#reader = new ByteRingReader(memory.ring);
    this.#words = new Int32Array(memory.words);
    this.#durable = durable;
    this.#take = take;
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

  /** Hands on what is there, durable or not, and reads no more. No writer is left. */
  close(): void {
    this.#watch.close();
    for (let held = this.#next(); held !== null; held = this.#next()) {
      this.#held = null;
      this.#take(held.event);
    }
    this.#reader.release();
  }

  /** @returns whether there is more to read at once */
  #read(): boolean {
    const durable = this.#durable();
    let isFinished = false;
    for (let count = 0; count < EVENTS_PER_TURN && !isFinished; count++) {
      const held = this.#next();
      if (held !== null && isReached(durable, held.change)) {
        this.#held = null;
        this.#take(held.event);
      } else isFinished = true;
    }
    this.#reader.release();
    return !isFinished;
  }

  /** The event to hand on next, which is held until somebody lets it go. */
  #next(): { readonly change: number; readonly event: LeaseEvent } | null {
    if (this.#held !== null || !this.#reader.next(this.#record)) return this.#held;
    const { kind, sequence, offset, length } = this.#record;
    // A copy: the ring is shared memory, which text cannot be decoded from.
    const bytes = new Uint8Array(length);
    bytes.set(this.#reader.bytes.subarray(offset, offset + length));
    this.#held = { change: sequence, event: parseLeaseEvent(kind as LeaseEventKind, bytes) };
    return this.#held;
  }
}
