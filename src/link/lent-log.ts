/** The update log of a relationship while it is lent to the link thread, and who waits until all that stands in it is with the partner. */
import { ByteRingReader } from '../base/byte-ring.ts';
import { type UpdateLogMemory, UpdateWord } from '../engine/parked/shard-link.ts';
import type { Outbound } from './outbound.ts';
import { Settlements } from './settlements.ts';

export class LentLog {
  readonly #updates: UpdateLogMemory;
  readonly #words: Int32Array;
  readonly #settlements: Settlements;
  #reader: ByteRingReader | null = null;

  /** @param settled is called once a settlement; false = the log has gone back before */
  constructor(updates: UpdateLogMemory, settled: (isSettled: boolean) => void) {
    this.#updates = updates;
    this.#words = new Int32Array(updates.words);
    this.#settlements = new Settlements(settled);
  }

  /** Null while the log is main's. */
  get reader(): ByteRingReader | null {
    return this.#reader;
  }

  take(): void {
    this.#reader = new ByteRingReader(this.#updates.ring);
  }

  /** It is main's again, be it that it was never taken. */
  giveBack(): void {
    this.#reader?.release();
    this.#reader = null;
    this.#settlements.giveUp();
    Atomics.store(this.#words, UpdateWord.isLent, 0);
  }

  /** Answers when the partner has answered whatever stands in the log now. */
  settle(outbound: Outbound | undefined): void {
    this.#settlements.add(this.#reader?.written ?? 0);
    this.look(outbound);
  }

  /** To be called when records have been taken out of the log or acknowledged. */
  look(outbound: Outbound | undefined): void {
    if (this.#reader === null || outbound === undefined) this.#settlements.giveUp();
    else this.#settlements.look(this.#reader.read, outbound.last, outbound.acknowledged);
  }
}
