/**
 * Tells main of what partners have changed by their streams, for those who keep a record of every lease. A courtesy of
 * which nothing may be lost: while the ring has no room for a frame more, no frame more is taken.
 *
 *     ring record   kind 0 | sequence = change number of the lease file | record (update-record.ts of the family)
 */
import { assert } from '../base/assert.ts';
import { ByteRingWriter, RING_RECORD_BYTES_MAX } from '../base/byte-ring.ts';
import { type LeaseEventsMemory, LeaseEventWord } from '../lease/events.ts';
import type { LinkFamily, LinkRecord } from './family.ts';
import { FRAME_BYTES_MAX } from './limits.ts';

/** What the records of a frame need at most: their headers here are longer, and one may be skipped at the end of the ring. */
const ROOM_BYTES = FRAME_BYTES_MAX + FRAME_BYTES_MAX / 2 + RING_RECORD_BYTES_MAX;

export class PartnerTeller<Record extends LinkRecord> {
  readonly #family: LinkFamily<Record>;
  readonly #ring: ByteRingWriter;
  readonly #words: Int32Array;
  readonly #scratch: Uint8Array;
  #hasNews = false;
  /** Whether anybody wants to hear of it. */
  isOn = false;

  constructor(family: LinkFamily<Record>, { ring, words }: LeaseEventsMemory) {
    this.#family = family;
    this.#scratch = new Uint8Array(family.recordBytesMax);
    this.#ring = new ByteRingWriter(ring);
    this.#words = new Int32Array(words);
  }

  /** Whether every record of one more frame has room. */
  get hasRoom(): boolean {
    return !this.isOn || this.#ring.free() >= ROOM_BYTES;
  }

  /** A record was applied. @param change number of the change that it came to. Pre: there was room before its frame. */
  tell(record: Record, isUpdate: boolean, change: number): void {
    if (!this.isOn) return;
    const length = this.#family.encode(this.#scratch, 0, record, isUpdate);
    const isWritten = this.#ring.write(0, change, this.#scratch, length);
    assert(isWritten, 'there was room for every record of the frame');
    this.#hasNews = true;
  }

  /** Lets main look; once for many records. */
  flush(): void {
    if (!this.#hasNews) return;
    this.#hasNews = false;
    Atomics.add(this.#words, LeaseEventWord.pending, 1);
    Atomics.notify(this.#words, LeaseEventWord.pending);
  }
}
