/**
 * A synchronization by the lease stream: one server asks for the other's leases, and gets them while that one goes on serving.
 *
 *     asks                          the source
 *     SYNC    u8 kind          -->  main has the update log lent to the stream
 *                              <--  ANSWER   u8 0, u32 leases about | u8 1, u16 length, why not
 *                              <--  ROWS     as RECORDS, numbers of their own from 1; RECORDS with what changes meanwhile
 *     TAKEN   as ACK           -->
 *                              <--  END      u32 rows in total
 *     ROWS                     -->  (kind 2) what stands before what the source has
 *                              <--  TAKEN
 *     END     u32 rows         -->
 *
 * One at a time a connection, whoever asks. Whoever gives it up before its end ends the connection.
 */
import type { Clock } from '../base/clock.ts';
import type { NamedLease } from '../peer/model.ts';
import { AckReader } from './ack.ts';
import type { LinkRecord } from './family.ts';
import type { StreamFigures } from './figures.ts';
import { FrameType } from './frame.ts';
import { GiveBack } from './give-back.ts';
import { ACK_BYTES_MAX, Inbound } from './inbound.ts';
import { SYNC_TIMEOUT_MS } from './limits.ts';
import type { SyncReport } from './messages.ts';
import type { OutBuffer } from './out-buffer.ts';
import { RefusedRows } from './refused-rows.ts';
import { RowMerge } from './row-merge.ts';
import { type RowSource, RowsOut } from './rows-out.ts';
import {
  putAccepted,
  putEnd,
  putRefused,
  putSync,
  readAnswer,
  readEnd,
  readSync,
  SYNC_FRAME_BYTES_MAX,
  SyncKind,
} from './sync-frames.ts';
import { TableWalk } from './table-walk.ts';
import type { TableTaker } from './taker.ts';

const BUSY = 'a synchronization is under way by the same stream';

/**
 *     none
 *     asking      SYNC is sent                        asked      SYNC has come, main decides
 *     taking      the source's rows come              sending    ours go
 *     giving      ours go                             receiving  the other one's come
 */
type Stage = 'none' | 'asking' | 'taking' | 'giving' | 'asked' | 'sending' | 'receiving';

export interface SessionParts<Record extends LinkRecord> {
  readonly taker: TableTaker<Record>;
  readonly control: OutBuffer;
  readonly figures: StreamFigures;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

export class SyncSession<Record extends LinkRecord> {
  readonly #parts: SessionParts<Record>;
  readonly rows: RowsOut;
  readonly #ack = new AckReader();
  #stage: Stage = 'none';
  #kind: SyncKind = SyncKind.fetch;
  #subnets: ReadonlySet<number> | null = null;
  #merge: RowMerge<Record> | null = null;
  #in: Inbound<Record> | null = null;
  /** The other side has said how many rows it had. */
  #isEnded = false;
  #hasSentEnd = false;
  /** What the other side has not taken of what was given to it. */
  readonly #refused = new RefusedRows();
  #generation = 0;
  #heardMs = 0;
  /** For main, in order. */
  readonly reports: SyncReport[] = [];

  constructor(parts: SessionParts<Record>) {
    this.#parts = parts;
    this.rows = new RowsOut(parts.taker.family);
  }

  /** Whether one is under way. */
  get isActive(): boolean {
    return this.#stage !== 'none';
  }

  get awaitsDisk(): boolean {
    return this.#in?.awaitsDisk === true;
  }

  /** Whether there are rows to be sent, and room for them, or their end. */
  get hasWork(): boolean {
    return this.rows.mayFill || this.#isAllSent();
  }

  /** Whether rows that have become durable are to be said to be taken. */
  advance(durable: number): boolean {
    return this.#in?.advance(durable) === true;
  }

  /** What looks at the records that come meanwhile; null while nobody does. */
  get follower(): RowMerge<Record> | null {
    return this.#stage === 'taking' || this.#stage === 'giving' ? this.#merge : null;
  }

  /** Asks for the partner's leases. Pre: the connection is up. @param subnets those whose leases are taken; null = all */
  ask(kind: SyncKind, subnets: ReadonlySet<number> | null): void {
    if (this.isActive) return this.#tell({ kind: 'answered', refused: BUSY });
    this.#begin('asking', kind);
    this.#subnets = subnets;
    putSync(this.#parts.control, kind);
  }

  /** Main has had the update log lent, or will not. @param refused why not, or null */
  answer(refused: string | null): void {
    if (this.#stage !== 'asked') return;
    if (refused !== null) {
      this.#stage = 'none';
      return putRefused(this.#parts.control, refused);
    }
    const { taker, control } = this.#parts;
    this.#stage = 'sending';
    this.rows.open(new TableWalk(taker));
    putAccepted(control, taker.table.count());
  }

  #begin(stage: Stage, kind: SyncKind): void {
    this.#stage = stage;
    this.#kind = kind;
    this.#merge = null;
    this.#in = null;
    this.#isEnded = false;
    this.#hasSentEnd = false;
    this.#refused.clear();
    this.#generation = this.#parts.taker.generation;
    this.#heardMs = this.#parts.clock.monotonicMs();
  }

  /** Takes a frame of a synchronization. @returns what is wrong with it, or null: then nothing of it was done */
  take(type: number, bytes: Uint8Array, at: number, length: number): string | null {
    this.#heardMs = this.#parts.clock.monotonicMs();
    switch (type) {
      case FrameType.sync:
        return this.#takeSync(bytes, at, length);
      case FrameType.answer:
        return this.#takeAnswer(bytes, at, length);
      case FrameType.rows:
        return this.#takeRows(bytes, at, length);
      case FrameType.taken:
        return this.#takeTaken(bytes, at, length);
      default:
        return this.#takeEnd(bytes, at, length);
    }
  }

  #takeSync(bytes: Uint8Array, at: number, length: number): string | null {
    const kind = readSync(bytes, at, length);
    if (typeof kind === 'string') return kind;
    if (this.#stage === 'asking' || this.#stage === 'taking' || this.#stage === 'giving') {
      putRefused(this.#parts.control, BUSY);
      return null;
    }
    if (this.isActive) return 'leases are asked for while they are being sent';
    this.#begin('asked', kind);
    this.#tell({ kind: 'asked' });
    return null;
  }

  #takeAnswer(bytes: Uint8Array, at: number, length: number): string | null {
    if (this.#stage !== 'asking') return 'an answer comes to what was not asked';
    const answer = readAnswer(bytes, at, length);
    if (typeof answer === 'string') return answer;
    if ('refused' in answer) {
      this.#stage = 'none';
      this.#tell({ kind: 'answered', refused: answer.refused });
      return null;
    }
    this.#stage = 'taking';
    const { taker, figures } = this.#parts;
    const isExchange = this.#kind === SyncKind.exchange;
    this.#merge = new RowMerge(taker, isExchange ? 'exchange' : 'fetch', this.#subnets);
    this.#in = new Inbound(this.#merge, FrameType.taken);
    figures.set('syncRows', 0);
    figures.set('syncRowsTotal', answer.total);
    this.#tell({ kind: 'answered', refused: null });
    return null;
  }

  #takeRows(bytes: Uint8Array, at: number, length: number): string | null {
    const isDue = (this.#stage === 'taking' || this.#stage === 'receiving') && !this.#isEnded;
    if (!isDue || this.#in === null) return 'rows come that were not asked for';
    const before = this.#in.last;
    const fault = this.#in.take(bytes, at, length);
    this.#parts.figures.add('syncRows', this.#in.last - before);
    return fault === null ? null : `a synchronization: ${fault}`;
  }

  #takeTaken(bytes: Uint8Array, at: number, length: number): string | null {
    const { rows } = this;
    if (this.#stage !== 'sending' && this.#stage !== 'giving') return 'rows are taken that were not sent';
    const fault = this.#ack.open(bytes, at, length, rows.acknowledged, rows.last);
    if (fault !== null) return `a synchronization: ${fault}`;
    rows.take(this.#ack);
    while (this.#ack.next()) this.#refused.add(() => this.#name(this.#ack));
    // At once: what the other side gives may stand right behind.
    this.#settle();
    return null;
  }

  #name({ number, reason }: AckReader): NamedLease {
    return { address: this.#parts.taker.family.formatAddress(this.rows.addressOf(number)), reason };
  }

  #takeEnd(bytes: Uint8Array, at: number, length: number): string | null {
    const isDue = (this.#stage === 'taking' || this.#stage === 'receiving') && !this.#isEnded;
    if (!isDue || this.#in === null) return 'the end comes of rows that were not asked for';
    const count = readEnd(bytes, at, length);
    if (typeof count === 'string') return count;
    if (count !== this.#in.last) return `${count} rows are said to have come, ${this.#in.last} have`;
    this.#isEnded = true;
    return null;
  }

  /** Sends what can be sent. @param durable number of the last durable change @returns frames */
  send(durable: number): number {
    if (!this.isActive) return 0;
    let frames = 0;
    const { control } = this.#parts;
    if (this.#in?.advance(durable) === true && control.free >= ACK_BYTES_MAX)
      frames += this.#in.acknowledge(control);
    if (this.#in !== null && this.#isEnded && this.#in.inFlight === 0) this.#turn();
    if (this.rows.mayFill) this.rows.fill();
    if (this.#isAllSent() && control.free >= SYNC_FRAME_BYTES_MAX) {
      this.#hasSentEnd = true;
      putEnd(control, this.rows.last);
      frames++;
    }
    this.#settle();
    return frames;
  }

  /** What the other side had is on the disk: ours follows, or all is done. */
  #turn(): void {
    const { taker } = this.#parts;
    this.#in = null;
    if (this.#stage === 'receiving') {
      this.#stage = 'none';
      return;
    }
    this.#stage = 'giving';
    const merge = this.#merge!;
    const isExchange = this.#kind === SyncKind.exchange;
    this.rows.open(isExchange ? new GiveBack(taker, merge, this.#subnets) : NOTHING);
  }

  #isAllSent(): boolean {
    const isOut = this.#stage === 'sending' || this.#stage === 'giving';
    // Behind the last row, and that is when the kernel has it: frames of both kinds travel in buffers of their own.
    return isOut && !this.#hasSentEnd && this.rows.isDrawn && this.rows.buffer.isAllSent;
  }

  #settle(): void {
    if (!this.#hasSentEnd || this.rows.inFlight > 0) return;
    const { taker } = this.#parts;
    if (this.#stage === 'sending') {
      this.#hasSentEnd = false;
      this.#stage = 'receiving';
      this.#in = new Inbound(new RowMerge(taker, 'given', null), FrameType.taken);
    } else if (this.#stage === 'giving') {
      this.#stage = 'none';
      const { counts, skipped } = this.#merge!;
      this.#merge = null;
      const { count: refused, named } = this.#refused;
      const given = this.rows.last - refused;
      this.#tell({ kind: 'done', counts: { ...counts, given, refused }, skipped, named });
    }
  }

  /** @returns why it has failed with the time, or null */
  overdue(nowMs: number): string | null {
    // Main decides, or our own disk is waited for: the other side has nothing to say.
    if (!this.isActive || this.#stage === 'asked' || this.awaitsDisk) this.#heardMs = nowMs;
    if (nowMs - this.#heardMs > SYNC_TIMEOUT_MS)
      return `the partner has not gone on with a synchronization for ${SYNC_TIMEOUT_MS} ms`;
    if (this.isActive && this.#generation !== this.#parts.taker.generation)
      return 'a reload has replaced the table in the middle of a synchronization';
    return null;
  }

  #tell(report: SyncReport): void {
    this.reports.push(report);
  }
}

const NOTHING: RowSource = { bytes: new Uint8Array(0), next: () => -1 };
