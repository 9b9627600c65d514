/**
 * The partner's records on one connection: judged a frame at a time, written into the table, and acknowledged when they
 * are on stable storage. A frame with a fault changes nothing.
 */
import { isReached } from '../lease/change-log.ts';
import { REFUSAL_HEAD_BYTES, RefusalCode } from './ack.ts';
import type { LinkFamily, LinkRecord } from './family.ts';
import { FRAME_HEADER_BYTES, FrameType, readU16, readU32 } from './frame.ts';
import { REASON_BYTES_MAX, REFUSALS_PER_FRAME_MAX, WINDOW_RECORDS } from './limits.ts';
import type { OutBuffer } from './out-buffer.ts';

const HEAD_BYTES = 8;
const LENGTH_BYTES = 2;
const ACK_HEAD_BYTES = 8;
/** The longest acknowledgement. */
export const ACK_BYTES_MAX =
  FRAME_HEADER_BYTES + ACK_HEAD_BYTES + REFUSALS_PER_FRAME_MAX * (REFUSAL_HEAD_BYTES + REASON_BYTES_MAX);
/** Frames that wait for the disk and are told apart; of more the last ones are acknowledged together. */
const MARKS_MAX = 1 << 10;

/** Why a record was not taken. */
export interface Refusal {
  readonly code: (typeof RefusalCode)[keyof typeof RefusalCode];
  readonly reason: string;
}

/** The two servers disagree, and the other one must know. */
export function conflict(reason: string): Refusal {
  return { code: RefusalCode.conflict, reason };
}

/** Who writes records into the table. */
export interface RecordTaker<Record extends LinkRecord> {
  readonly family: LinkFamily<Record>;
  /**
   * Takes one record, which was found good.
   * @returns null, or why it was not taken
   */
  take(record: Record, isUpdate: boolean): Refusal | null;
  /** Number of the last change that was logged. */
  readonly lastChange: number;
}

interface NumberedRefusal extends Refusal {
  readonly number: number;
}

export class Inbound<Record extends LinkRecord> {
  readonly #taker: RecordTaker<Record>;
  readonly #family: LinkFamily<Record>;
  readonly #ackType: number;
  readonly #record: Record;
  #last = 0;
  #acknowledged = 0;
  /** Up to which record what is logged covers: pairs of record and change number, in a ring. */
  readonly #markRecords = new Uint32Array(MARKS_MAX);
  readonly #markChanges = new Uint32Array(MARKS_MAX);
  #marksHead = 0;
  #marksTail = 0;
  #markedChange: number;
  /** Up to which record all is durable. */
  #durable = 0;
  #refusals: NumberedRefusal[] = [];

  /** @param ackType of the frames that acknowledge */
  constructor(taker: RecordTaker<Record>, ackType: number = FrameType.ack) {
    this.#taker = taker;
    this.#family = taker.family;
    this.#record = taker.family.createRecord();
    this.#ackType = ackType;
    this.#markedChange = taker.lastChange;
  }

  /** Records taken and not durable, or durable and not acknowledged. */
  get inFlight(): number {
    return (this.#last - this.#acknowledged) >>> 0;
  }

  /** Number of the last record that was taken. */
  get last(): number {
    return this.#last;
  }

  /** Whether records wait for the disk. */
  get awaitsDisk(): boolean {
    return this.#marksHead !== this.#marksTail;
  }

  /**
   * Takes a frame of records.
   * @returns what is wrong with it, or null; after a fault nothing of it was taken
   */
  take(bytes: Uint8Array, at: number, length: number): string | null {
    const fault = this.#judge(bytes, at, length);
    if (fault !== null) return fault;
    const count = readU32(bytes, at + 4);
    at += HEAD_BYTES;
    for (let left = count; left > 0; left--) {
      const recordBytes = readU16(bytes, at);
      at += LENGTH_BYTES;
      this.#last = (this.#last + 1) >>> 0;
      this.#family.decode(bytes, at, recordBytes, this.#record);
      const refusal = this.#taker.take(this.#record, this.#family.isUpdate(bytes, at));
      if (refusal !== null) this.#refusals.push({ number: this.#last, ...refusal });
      at += recordBytes;
    }
    this.#mark();
    return null;
  }

  #judge(bytes: Uint8Array, at: number, length: number): string | null {
    if (length < HEAD_BYTES) return 'a frame of records is cut off';
    const end = at + length;
    const first = readU32(bytes, at);
    const count = readU32(bytes, at + 4);
    const expected = (this.#last + 1) >>> 0;
    if (first !== expected) return `the records begin at ${first}, not at ${expected}`;
    if (count === 0) return 'a frame of records has none';
    if (count > WINDOW_RECORDS - this.inFlight)
      return `${count} records come while ${this.inFlight} are on their way, ${WINDOW_RECORDS} are taken at once`;
    at += HEAD_BYTES;
    for (let i = 0; i < count; i++) {
      if (at + LENGTH_BYTES > end || at + LENGTH_BYTES + readU16(bytes, at) > end)
        return `record ${first + i} is cut off`;
      const recordBytes = readU16(bytes, at);
      const fault = this.#family.decode(bytes, at + LENGTH_BYTES, recordBytes, this.#record);
      if (fault !== null) return `record ${first + i}: ${fault}`;
      at += LENGTH_BYTES + recordBytes;
    }
    return at === end ? null : 'the records do not add up to the length of their frame';
  }

  /** What was logged by now covers every record so far. */
  #mark(): void {
    const change = this.#taker.lastChange;
    const isFull = (this.#marksHead - this.#marksTail) >>> 0 === MARKS_MAX;
    if (change === this.#markedChange || isFull) {
      // Nothing new to wait for: what waits for the disk already is waited for, the rest needs none.
      if (!this.awaitsDisk) {
        this.#durable = this.#last;
        return;
      }
      this.#marksHead = (this.#marksHead - 1) >>> 0;
    }
    const at = this.#marksHead % MARKS_MAX;
    this.#markRecords[at] = this.#last;
    this.#markChanges[at] = change;
    this.#markedChange = change;
    this.#marksHead = (this.#marksHead + 1) >>> 0;
  }

  /** Everything up to this change number is on stable storage. @returns whether there is something to acknowledge */
  advance(durable: number): boolean {
    while (this.#marksTail !== this.#marksHead) {
      const at = this.#marksTail % MARKS_MAX;
      if (!isReached(durable, this.#markChanges[at]!)) break;
      this.#durable = this.#markRecords[at]!;
      this.#marksTail = (this.#marksTail + 1) >>> 0;
    }
    return this.#durable !== this.#acknowledged;
  }

  /** Writes what can be acknowledged, as far as there is room for it. @returns frames written */
  acknowledge(into: OutBuffer): number {
    let frames = 0;
    while (this.#durable !== this.#acknowledged && into.free >= ACK_BYTES_MAX) {
      this.#writeAck(into);
      frames++;
    }
    return frames;
  }

  #writeAck(into: OutBuffer): void {
    const pending = this.#refusals;
    let count = 0;
    while (count < pending.length && isReached(this.#durable, pending[count]!.number)) count++;
    const isAll = count <= REFUSALS_PER_FRAME_MAX;
    const told = pending.splice(0, Math.min(count, REFUSALS_PER_FRAME_MAX));
    this.#acknowledged = isAll ? this.#durable : told.at(-1)!.number;
    into.beginFrame(this.#ackType);
    into.putU32(this.#acknowledged);
    into.putU32(told.length);
    for (const { number, code, reason } of told) {
      const text = new TextEncoder().encode(reason).subarray(0, REASON_BYTES_MAX);
      into.putU32(number);
      into.putU8(code);
      into.putU8(text.length);
      into.put(text, 0, text.length);
    }
    into.endFrame();
  }
}
