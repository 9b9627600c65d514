/**
 * Our records on one connection: out of the update log, numbered, kept until they are acknowledged, and then turned into
 * verdicts for the shards that wait.
 *
 *     RECORDS   u32 number of the first | u32 count | { u16 length, record (update-record.ts of the family) }*
 *
 * At most a window of them is on its way. When it is full the update log is not read, which is the backpressure; only
 * a transaction that was begun is taken to its end, and there is always room for that.
 */
import { assert } from '../base/assert.ts';
import type { RingRecord } from '../base/byte-ring.ts';
import { UpdateRecord } from '../engine/parked/shard-link.ts';
import type { VerdictRuns } from '../engine/parked/verdict-runs.ts';
import { Verdict } from '../engine/parked/verdicts.ts';
import type { LeaseAddress, UpdateFamily } from '../lease/update-family.ts';
import type { StreamRefusal } from '../peer/model.ts';
import { type AckReader, isAfter } from './ack.ts';
import { FrameType } from './frame.ts';
import {
  FRAME_FILL_BYTES,
  TRANSACTION_BYTES_MAX,
  TRANSACTION_RECORDS_MAX,
  WINDOW_BYTES,
  WINDOW_RECORDS,
} from './limits.ts';
import { OutBuffer } from './out-buffer.ts';
import type { Wire } from './wire.ts';

const MASK = WINDOW_RECORDS - 1;

/** Is told what became of records beyond the verdicts; `bytes` hold the record, until the call returns. */
export interface RecordOutcomes {
  /** Of those that an acknowledgement is about not all are refused; called before anything else of it. */
  someAccepted(): void;
  refused(bytes: Uint8Array, length: number, code: number, reason: string): void;
  /** One of main's own was refused. */
  refusedDelivery(refusal: StreamRefusal): void;
  /** Called only while `wantsAccepted`. */
  accepted(bytes: Uint8Array, length: number): void;
  readonly wantsAccepted: boolean;
}

/** Where records come from: the update log, or a delivery. */
export interface RecordSource {
  readonly bytes: Uint8Array;
  isEmpty(): boolean;
  next(record: RingRecord): boolean;
  /** Everything that was read is done with. */
  release(): void;
}

export class Outbound {
  readonly #family: UpdateFamily;
  readonly buffer = new OutBuffer(WINDOW_BYTES);
  readonly #verdicts: VerdictRuns;
  readonly #mayFollow: () => boolean;
  readonly #record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
  /** Of each record on its way, by its number modulo the window. */
  readonly #kinds = new Int32Array(WINDOW_RECORDS);
  readonly #transactions = new Uint32Array(WINDOW_RECORDS);
  readonly #starts = new Uint32Array(WINDOW_RECORDS);
  readonly #lengths = new Uint16Array(WINDOW_RECORDS);
  /** Per shard: whether a record of the transaction that is being worked off was refused. */
  readonly #refusedBefore: boolean[];
  readonly #scratch = new Uint8Array(65_536);
  /** Records that the partner takes at once, 0 before its hello. */
  #window = 0;
  #last = 0;
  #acknowledged = 0;
  #isOpen = false;

  /** @param mayFollow whether all that was read of the table before goes before what is put here now */
  constructor(family: UpdateFamily, verdicts: VerdictRuns, mayFollow: () => boolean) {
    this.#family = family;
    this.#verdicts = verdicts;
    this.#mayFollow = mayFollow;
    this.#refusedBefore = Array.from({ length: verdicts.shards }, () => false);
  }

  /** The partner has said how many records it takes. */
  open(window: number): void {
    this.#window = Math.min(window, WINDOW_RECORDS) - TRANSACTION_RECORDS_MAX;
  }

  /** Number of the last record that was put on its way. */
  get last(): number {
    return this.#last;
  }

  /** Number of the last record that the partner has acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Records on their way. */
  get inFlight(): number {
    return (this.#last - this.#acknowledged) >>> 0;
  }

  /** Whether the last transaction that was begun is not whole yet. */
  get isMidTransaction(): boolean {
    return this.#isOpen;
  }

  /** Whether a transaction more may be put on its way. */
  hasRoom(): boolean {
    const isFree = this.buffer.free > TRANSACTION_BYTES_MAX + FRAME_FILL_BYTES;
    return isFree && this.inFlight < this.#window && this.#mayFollow();
  }

  /**
   * Puts what stands in the update log, or in a delivery, on its way, as far as there is room.
   * @param toBoundary only the rest of the transaction that was begun
   * @returns records taken
   */
  fill(log: RecordSource, toBoundary: boolean): number {
    const before = this.#last;
    while (this.#fillFrame(log, toBoundary)) if (toBoundary) break;
    const taken = (this.#last - before) >>> 0;
    if (taken > 0) log.release();
    return taken;
  }

  /** @returns whether there may be more */
  #fillFrame(log: RecordSource, toBoundary: boolean): boolean {
    const { buffer } = this;
    const record = this.#record;
    if (!this.#mayTake(toBoundary) || !log.next(record)) return false;
    buffer.beginFrame(FrameType.records);
    const countAt = (buffer.head + 4) >>> 0;
    const before = this.#last;
    buffer.putU32(before + 1);
    buffer.putU32(0);
    let isMore = true;
    do {
      this.#put(log.bytes, record);
      isMore = this.#mayTake(toBoundary) && (this.#isOpen || buffer.frameBytes < FRAME_FILL_BYTES);
    } while (isMore && log.next(record));
    buffer.patchU32(countAt, this.#last - before);
    buffer.endFrame();
    return isMore || this.#mayTake(toBoundary);
  }

  #mayTake(toBoundary: boolean): boolean {
    if (this.#isOpen) return toBoundary || this.#mayFollow();
    return !toBoundary && this.hasRoom();
  }

  #put(bytes: Uint8Array, { kind, sequence, offset, length }: RingRecord): void {
    const { buffer } = this;
    this.#last = (this.#last + 1) >>> 0;
    const at = this.#last & MASK;
    this.#kinds[at] = kind;
    this.#transactions[at] = sequence;
    buffer.putU16(length);
    this.#starts[at] = buffer.head;
    this.#lengths[at] = length;
    buffer.put(bytes, offset, length);
    this.#isOpen = (kind & UpdateRecord.last) === 0;
    assert(this.inFlight <= WINDOW_RECORDS, 'the window holds every record on its way');
  }

  get isAllSent(): boolean {
    return this.buffer.isAllSent;
  }

  /** Gives what can be given to the wire. @returns false when the connection is broken */
  flush(wire: Wire): boolean {
    const isWhole = this.buffer.flush(wire);
    if (this.inFlight === 0) this.buffer.release(this.buffer.sent);
    return isWhole;
  }

  /** Whether the wire has taken every octet of a record on its way. */
  isSent(number: number): boolean {
    return !isAfter(this.#endOf(number), this.buffer.sent);
  }

  #endOf(number: number): number {
    const at = number & MASK;
    return (this.#starts[at]! + this.#lengths[at]!) >>> 0;
  }

  /** Works off an acknowledgement that was found good. */
  take(ack: AckReader, outcomes: RecordOutcomes): void {
    const isLogged = !this.#isDelivery((this.#acknowledged + 1) & MASK);
    if (isLogged && ack.refusals < (ack.through - this.#acknowledged) >>> 0) outcomes.someAccepted();
    let isRefusal = ack.next();
    for (let number = this.#acknowledged; number !== ack.through; ) {
      number = (number + 1) >>> 0;
      const isRefused = isRefusal && ack.number === number;
      if (isRefused) {
        this.#refuse(number, ack, outcomes);
        isRefusal = ack.next();
      } else if (isLogged && outcomes.wantsAccepted) outcomes.accepted(this.#scratch, this.#read(number));
      this.#settle(number & MASK, isRefused);
    }
    this.#acknowledged = ack.through;
    this.buffer.release(this.#endOf(ack.through));
  }

  #refuse(number: number, { code, reason }: AckReader, outcomes: RecordOutcomes): void {
    const at = number & MASK;
    if (this.#isDelivery(at)) outcomes.refusedDelivery({ address: this.#addressOf(number), code, reason });
    else outcomes.refused(this.#scratch, this.#read(number), code, reason);
  }

  /** What main delivers and what stands in the log are never on their way together. */
  #isDelivery(at: number): boolean {
    return (this.#kinds[at]! & UpdateRecord.delivery) !== 0;
  }

  #read(number: number): number {
    const at = number & MASK;
    this.buffer.copy(this.#starts[at]!, this.#scratch, this.#lengths[at]!);
    return this.#lengths[at]!;
  }

  #addressOf(number: number): LeaseAddress {
    this.#read(number);
    return this.#family.addressOf(this.#scratch, 0);
  }

  #settle(at: number, isRefused: boolean): void {
    const kind = this.#kinds[at]!;
    if ((kind & UpdateRecord.awaited) === 0) return;
    const shard = kind >>> UpdateRecord.shardShift;
    if (isRefused) this.#refusedBefore[shard] = true;
    if ((kind & UpdateRecord.last) === 0) return;
    const verdict = this.#refusedBefore[shard] ? Verdict.rejected : Verdict.confirmed;
    this.#refusedBefore[shard] = false;
    this.#verdicts.give(shard, this.#transactions[at]!, verdict);
  }

  /**
   * The connection has ended: who waits for a record on its way waits in vain.
   * @returns the addresses of the records on their way, but for those of main's own
   */
  abandon(): LeaseAddress[] {
    assert(!this.#isOpen, 'a transaction goes whole or not at all');
    const addresses: LeaseAddress[] = [];
    for (let number = this.#acknowledged; number !== this.#last; ) {
      number = (number + 1) >>> 0;
      if (!this.#isDelivery(number & MASK)) addresses.push(this.#addressOf(number));
      this.#settle(number & MASK, true);
    }
    this.#acknowledged = this.#last;
    return addresses;
  }
}
