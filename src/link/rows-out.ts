/**
 * Rows of a synchronization on their way to the other side: numbered from 1, no more of them at once than a window.
 *
 *     ROWS   as RECORDS, with numbers of their own
 */
import type { LeaseAddress, UpdateFamily } from '../lease/update-family.ts';
import type { AckReader } from './ack.ts';
import { FrameType } from './frame.ts';
import { FRAME_FILL_BYTES, ROWS_BYTES, ROWS_PER_TURN_MAX, ROWS_WINDOW } from './limits.ts';
import { SentBuffer } from './output.ts';

/** A frame that is begun may still get the longest of records. */
const FREE_BYTES_MIN = 2 * FRAME_FILL_BYTES;

/** Where rows come from. */
export interface RowSource {
  /** Where a row stands that was found. */
  readonly bytes: Uint8Array;
  /** Looks for the next row. @returns its octets, 0 = not found yet, -1 = there is none any more */
  next(): number;
}

export class RowsOut {
  readonly buffer = new SentBuffer(ROWS_BYTES);
  readonly #family: UpdateFamily;
  /** The beginnings of the rows on their way, as far as they tell the address. */
  readonly #heads: Uint8Array;
  readonly #headBytes: number;
  #source: RowSource | null = null;
  #last = 0;
  #acknowledged = 0;

  constructor(family: UpdateFamily) {
    this.#family = family;
    this.#headBytes = family.addressAt + family.addressBytes;
    this.#heads = new Uint8Array(ROWS_WINDOW * this.#headBytes);
  }

  /** Of a row on its way, or of one that was acknowledged just now. */
  addressOf(number: number): LeaseAddress {
    return this.#family.addressOf(this.#heads, (number % ROWS_WINDOW) * this.#headBytes);
  }

  /** Begins anew, with row number 1. */
  open(source: RowSource): void {
    this.#source = source;
    this.#last = 0;
    this.#acknowledged = 0;
  }

  /** Number of the last row that was put on its way. */
  get last(): number {
    return this.#last;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get inFlight(): number {
    return this.#last - this.#acknowledged;
  }

  /** Whether all that there are have been put on their way. */
  get isDrawn(): boolean {
    return this.#source === null;
  }

  /** Whether rows can be looked for now. */
  get mayFill(): boolean {
    return this.#source !== null && this.#hasRoom();
  }

  #hasRoom(): boolean {
    return this.inFlight < ROWS_WINDOW && this.buffer.free >= FREE_BYTES_MIN;
  }

  /** Puts rows on their way, as many as there is room for, and no more than a turn may. */
  fill(): void {
    let left = ROWS_PER_TURN_MAX;
    while (this.mayFill && left > 0) left = this.#fillFrame(this.#source!, left);
  }

  /** @returns how many more rows may be looked for */
  #fillFrame(source: RowSource, left: number): number {
    const { buffer } = this;
    const before = this.#last;
    let countAt = 0;
    while (left-- > 0) {
      const length = source.next();
      if (length < 0) this.#source = null;
      if (length < 0) break;
      if (length === 0) continue;
      if (this.#last === before) {
        buffer.beginFrame(FrameType.rows);
        countAt = (buffer.head + 4) >>> 0;
        buffer.putU32(before + 1);
        buffer.putU32(0);
      }
      buffer.putU16(length);
      buffer.put(source.bytes, 0, length);
      this.#last++;
      this.#remember(source.bytes);
      if (buffer.frameBytes >= FRAME_FILL_BYTES || this.inFlight >= ROWS_WINDOW) break;
    }
    if (this.#last === before) return left;
    buffer.patchU32(countAt, this.#last - before);
    buffer.endFrame();
    return left;
  }

  #remember(bytes: Uint8Array): void {
    const at = (this.#last % ROWS_WINDOW) * this.#headBytes;
    for (let i = 0; i < this.#headBytes; i++) this.#heads[at + i] = bytes[i]!;
  }

  /** Works off an acknowledgement that was found good. */
  take(ack: AckReader): void {
    this.#acknowledged = ack.through;
  }
}
