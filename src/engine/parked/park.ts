/**
 * The second outbox: replies that leave only when their lease change is on stable storage and, where the partner is
 * awaited, confirmed by it. (The first outbox, "send now", is the sender's queue itself.)
 *
 *     transaction   n       n+1      n+2      n+3  ...
 *     change no.    8       9        11       12          growing: the durable cursor walks them in order
 *     wanted        D+C     D        D+C      D+C         D durable, C confirmed; verdicts come in any order
 *
 * Transaction numbers are u32 that wrap; entry = number modulo capacity. An entry is free again once its reply has left
 * or was dropped and the durable cursor has passed it. A shard that is started again goes on counting where the one before
 * stopped: verdicts on the former one's transactions still come in, and must not be taken for verdicts on its own.
 */
import { assert } from '../../base/assert.ts';
import { isReached } from '../../lease/change-log.ts';
import { Verdict, type VerdictReader } from './verdicts.ts';

/** Age at which a parked reply is dropped: clients have asked again several times by then. */
export const PARKED_MS_MAX = 10_000;

const NO_REPLY = -1;
const DURABLE = 1;
const CONFIRMED = 2;

/** What happens to a reply that leaves the park. */
export interface ParkExit {
  release(slot: number): void;
  /** The partner refused or did not answer. */
  reject(slot: number): void;
  /** It waited so long that the client has given up; sending it now could only confuse. */
  expire(slot: number): void;
}

export class Park {
  readonly #mask: number;
  readonly #slots: Int32Array;
  readonly #changes: Int32Array;
  readonly #wanted: Uint8Array;
  readonly #sinceMs: Float64Array;
  readonly #exit: ParkExit;
  readonly #maxAgeMs: number;
  #next: number;
  #durableCursor: number;
  #parked = 0;

  /**
   * @param capacity replies at once, a power of two
   * @param maxAgeMs age at which a reply is not worth sending
   * @param first number of the first transaction, u32
   */
  constructor(capacity: number, maxAgeMs: number, exit: ParkExit, first = 1) {
    assert((capacity & (capacity - 1)) === 0, 'park capacity is a power of two');
    this.#mask = capacity - 1;
    this.#slots = new Int32Array(capacity).fill(NO_REPLY);
    this.#changes = new Int32Array(capacity);
    this.#wanted = new Uint8Array(capacity);
    this.#sinceMs = new Float64Array(capacity);
    this.#maxAgeMs = maxAgeMs;
    this.#exit = exit;
    this.#next = first | 0;
    this.#durableCursor = first | 0;
  }

  /** Replies parked now. */
  get parked(): number {
    return this.#parked;
  }

  /** Transactions that are not durable yet or hold a reply, as a share of what fits: 0..capacity. */
  get backlog(): number {
    return (this.#next - this.#durableCursor) >>> 0;
  }

  /** Whether anything is not durable yet, or holds a reply. */
  get isWaiting(): boolean {
    return this.#durableCursor !== this.#next || this.#parked > 0;
  }

  /** Whether the change number `durable` makes something complete that was not. */
  isAdvancedBy(durable: number): boolean {
    if (this.#durableCursor === this.#next) return false;
    return isReached(durable, this.#changes[this.#durableCursor & this.#mask]!);
  }

  /** Whether the next transaction finds its entry free. */
  hasRoom(): boolean {
    return this.#slots[this.#next & this.#mask] === NO_REPLY && this.backlog <= this.#mask;
  }

  /** Number of the next transaction, u32. */
  nextTransaction(): number {
    return this.#next >>> 0;
  }

  /**
   * Records the transaction `nextTransaction()`.
   * @param slot its reply, or -1 when the query gets none
   * @param change number of its last record in the change log
   * @param awaited whether the partner's verdict is wanted too
   */
  add(slot: number, change: number, awaited: boolean, nowMs: number): void {
    assert(this.hasRoom(), 'the park has room');
    const entry = this.#next & this.#mask;
    this.#slots[entry] = slot;
    this.#changes[entry] = change | 0;
    this.#wanted[entry] = awaited ? DURABLE | CONFIRMED : DURABLE;
    this.#sinceMs[entry] = nowMs;
    this.#next = (this.#next + 1) | 0;
    if (slot !== NO_REPLY) this.#parked += 1;
  }

  /** Lets go whatever the change number `durable` makes complete. */
  advanceDurable(durable: number, nowMs: number): void {
    while (this.#durableCursor !== this.#next) {
      const entry = this.#durableCursor & this.#mask;
      if (!isReached(durable, this.#changes[entry]!)) return;
      this.#durableCursor = (this.#durableCursor + 1) | 0;
      this.#settle(entry, DURABLE, nowMs);
    }
  }

  /** Takes over main's verdicts. */
  readVerdicts(reader: VerdictReader, nowMs: number): void {
    while (reader.next()) {
      for (let i = 0; i < reader.count; i++) {
        if (!this.#isCurrent(reader.first + i)) continue;
        const entry = (reader.first + i) & this.#mask;
        if (reader.verdict === Verdict.confirmed) this.#settle(entry, CONFIRMED, nowMs);
        else this.#leave(entry, Verdict.rejected, nowMs);
      }
    }
  }

  /** Whether a number is one of the last `capacity` transactions: the entry of an older one belongs to another by now. */
  #isCurrent(number: number): boolean {
    return (this.#next - 1 - number) >>> 0 <= this.#mask;
  }

  #settle(entry: number, what: number, nowMs: number): void {
    this.#wanted[entry]! &= ~what;
    if (this.#wanted[entry] === 0) this.#leave(entry, Verdict.confirmed, nowMs);
  }

  #leave(entry: number, verdict: number, nowMs: number): void {
    const slot = this.#slots[entry]!;
    if (slot === NO_REPLY) return;
    this.#slots[entry] = NO_REPLY;
    this.#parked -= 1;
    if (verdict === Verdict.rejected) this.#exit.reject(slot);
    else if (nowMs - this.#sinceMs[entry]! > this.#maxAgeMs) this.#exit.expire(slot);
    else this.#exit.release(slot);
  }
}
