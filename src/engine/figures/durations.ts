/**
 * How long answers take, as the perfmon library has it measured: five milestones of a query, and sums of the times between
 * them. Nothing of this exists without the library.
 *
 *     socket_received     the kernel has the datagram, by its own time stamp
 *     buffer_read         recvmmsg has returned with the batch
 *     mt_queued           the batch is classified: each query of it waits for its turn
 *     process_started     the engine begins with the query
 *     process_completed   the reply is in line for sendmmsg: at once, or when the disk, the partner and the ping check let it go
 *
 * Each shard adds to cells of its own; main reads them. There are two banks: while the shards add to one, main sums up and
 * empties the one of the interval before.
 *
 *     bank = a row for queries without a subnet and for each subnet, each of the pairs of query and answer
 *     row  = five spans of | count | total | least | most |, in microseconds
 */
import type { Clock } from '../../base/clock.ts';

/** From each milestone to the next, and from the first to the last. */
export const Span = { received: 0, read: 1, queued: 2, processed: 3, total: 4 } as const;
export const SPANS = 5;
/** Cells of a span. */
export const Cell = { count: 0, total: 1, least: 2, most: 3 } as const;
export const CELLS = 4;
export const ROW_CELLS = SPANS * CELLS;

/** In place of the position of a pair: such answers are not measured. */
export const NO_PAIR = -1;
/** In place of the position of a subnet: measured for all subnets together. */
export const NO_SUBNET = -1;

/** Behind these one word for each shard: the number of the interval that it works in. */
export const DurationWord = { isOn: 0, interval: 1, firstSeen: 2 } as const;

export interface DurationMemory {
  /** Int32, see DurationWord. */
  readonly words: SharedArrayBuffer;
  /** Float64 cells of two banks for each shard. */
  readonly cells: readonly SharedArrayBuffer[];
  /** Kinds of queries with their answers. */
  readonly pairs: number;
  /** Rows of a bank. */
  readonly rows: number;
  /** Queries wait for their turn, which is a milestone of its own. */
  readonly hasQueue: boolean;
}

/** Memory that is touched where something is measured, and costs nothing before. @param pairs kinds of queries with their answers */
export function allocateDurations(
  shards: number,
  subnets: number,
  pairs: number,
  hasQueue: boolean,
): DurationMemory {
  const rows = (subnets + 1) * pairs;
  return {
    words: new SharedArrayBuffer((DurationWord.firstSeen + shards) * 4),
    cells: Array.from({ length: shards }, () => new SharedArrayBuffer(2 * rows * ROW_CELLS * 8)),
    pairs,
    rows,
    hasQueue,
  };
}

/** A longer wait in the socket is a clock that was set. */
const WAIT_US_MAX = 60_000_000;
const NO_ROW = -1;
const UNKNOWN_US = -1;
const US_PER_MS = 1000;

/** Times of the batch and of the query in work, microseconds: the first by the wall clock, the others monotonic. */
const Mark = { wall: 0, read: 1, queued: 2, wait: 3, started: 4 } as const;

/** What one shard measures. */
export class DurationWriter {
  readonly #clock: Clock;
  readonly #words: Int32Array;
  readonly #cells: Float64Array;
  readonly #pairs: number;
  readonly #bankCells: number;
  readonly #hasQueue: boolean;
  readonly #seen: number;
  #interval = 0;
  #bank = 0;
  #isOn = false;
  // Not fields: a number that is no small integer would be an object a query.
  readonly #marks = new Float64Array(5);
  // By slot, of the reply in it.
  readonly #rows: Int32Array;
  readonly #isMeasured: Uint8Array;
  readonly #waits: Float64Array;
  readonly #reads: Float64Array;
  readonly #queues: Float64Array;
  readonly #starts: Float64Array;

  /** @param slots how many there are that replies are written to */
  constructor(memory: DurationMemory, shard: number, slots: number, clock: Clock) {
    this.#clock = clock;
    this.#words = new Int32Array(memory.words);
    this.#cells = new Float64Array(memory.cells[shard]!);
    this.#pairs = memory.pairs;
    this.#bankCells = memory.rows * ROW_CELLS;
    this.#hasQueue = memory.hasQueue;
    this.#seen = DurationWord.firstSeen + shard;
    this.#rows = new Int32Array(slots).fill(NO_ROW);
    this.#isMeasured = new Uint8Array(slots);
    this.#waits = new Float64Array(slots);
    this.#reads = new Float64Array(slots);
    this.#queues = new Float64Array(slots);
    this.#starts = new Float64Array(slots);
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Works in the interval of now, and says so; once a turn. @returns whether measuring has begun or ended */
  renew(): boolean {
    const interval = Atomics.load(this.#words, DurationWord.interval);
    if (interval !== this.#interval) {
      this.#interval = interval;
      this.#bank = (interval & 1) * this.#bankCells;
      Atomics.store(this.#words, this.#seen, interval);
    }
    const isOn = Atomics.load(this.#words, DurationWord.isOn) !== 0;
    if (isOn === this.#isOn) return false;
    this.#isOn = isOn;
    return true;
  }

  /** A batch has been read. @param wallUs now, by the clock of the kernel's time stamps */
  read(wallUs: number): void {
    this.#marks[Mark.wall] = wallUs;
    this.#mark(Mark.read);
  }

  /** The queries of the batch wait for their turn. */
  queued(): void {
    if (this.#hasQueue) this.#mark(Mark.queued);
  }

  /** The turn of a query has come. @param arrivalUs when it was received, 0 = the kernel has not said */
  start(arrivalUs: number): void {
    if (!this.#isOn) return;
    const waitUs = this.#marks[Mark.wall]! - arrivalUs;
    this.#marks[Mark.wait] = waitUs > WAIT_US_MAX ? UNKNOWN_US : Math.max(waitUs, 0);
    this.#mark(Mark.started);
  }

  /**
   * The reply to the query in work is in this slot.
   * @param pair position of what query and answer are, NO_PAIR = they are not measured
   * @param subnet position of the one that counts, NO_SUBNET = none does
   */
  answer(slot: number, pair: number, subnet: number): void {
    this.#isMeasured[slot] = 0;
    this.#rows[slot] = NO_ROW;
    if (pair === NO_PAIR) return;
    this.#rows[slot] = (subnet + 1) * this.#pairs + pair;
    this.#keepMarks(slot);
  }

  /** The query in work is answered by the reply that is in this slot already. */
  again(slot: number): void {
    if (this.#rows[slot] !== NO_ROW) this.#keepMarks(slot);
  }

  /** The reply in this slot may leave. */
  complete(slot: number): void {
    if (this.#isMeasured[slot] === 0) return;
    this.#isMeasured[slot] = 0;
    if (!this.#isOn) return;
    const nowUs = this.#clock.monotonicMs() * US_PER_MS;
    const row = this.#bank + this.#rows[slot]! * ROW_CELLS;
    const waitUs = this.#waits[slot]!;
    const readUs = this.#reads[slot]!;
    const queuedUs = this.#queues[slot]!;
    const startUs = this.#starts[slot]!;
    if (waitUs >= 0) this.#add(row + Span.received * CELLS, waitUs);
    if (this.#hasQueue) this.#add(row + Span.read * CELLS, queuedUs - readUs);
    this.#add(row + Span.queued * CELLS, startUs - queuedUs);
    this.#add(row + Span.processed * CELLS, nowUs - startUs);
    this.#add(row + Span.total * CELLS, nowUs - readUs + Math.max(waitUs, 0));
  }

  #keepMarks(slot: number): void {
    this.#isMeasured[slot] = this.#isOn ? 1 : 0;
    this.#waits[slot] = this.#marks[Mark.wait]!;
    this.#reads[slot] = this.#marks[Mark.read]!;
    this.#queues[slot] = this.#marks[this.#hasQueue ? Mark.queued : Mark.read]!;
    this.#starts[slot] = this.#marks[Mark.started]!;
  }

  #mark(mark: number): void {
    if (this.#isOn) this.#marks[mark] = this.#clock.monotonicMs() * US_PER_MS;
  }

  #add(at: number, us: number): void {
    const cells = this.#cells;
    const count = cells[at + Cell.count]!;
    cells[at + Cell.count] = count + 1;
    cells[at + Cell.total]! += us;
    if (count === 0 || us < cells[at + Cell.least]!) cells[at + Cell.least] = us;
    if (us > cells[at + Cell.most]!) cells[at + Cell.most] = us;
  }
}
