/**
 * One connection to a partner: its octets, its frames, and the two directions of records on it. Whatever the other side
 * does, it either goes on or ends with a reason; an end is final.
 */
import type { Clock } from '../base/clock.ts';
import type { VerdictRuns } from '../engine/parked/verdict-runs.ts';
import { AckReader } from './ack.ts';
import type { LinkRecord } from './family.ts';
import type { StreamFigures } from './figures.ts';
import { FollowingTaker } from './following-taker.ts';
import { FRAME_HEADER_BYTES, Frame, FrameType } from './frame.ts';
import { ByeReason, encodeBye, encodeHello, readBye, readHello, type StreamNames } from './hello.ts';
import { ACK_BYTES_MAX, Inbound } from './inbound.ts';
import { StreamInput } from './input.ts';
import { CONTROL_BYTES, READ_PER_TURN_BYTES } from './limits.ts';
import { Outbound, type RecordOutcomes } from './outbound.ts';
import { SentBuffer, StreamOutput } from './output.ts';
import { Patience } from './patience.ts';
import { SyncSession } from './session.ts';
import type { TableTaker } from './taker.ts';
import { type Wire, WireEnd } from './wire.ts';

export interface ConnectionParts<Record extends LinkRecord> {
  readonly names: StreamNames;
  readonly taker: TableTaker<Record>;
  readonly verdicts: VerdictRuns;
  readonly outcomes: RecordOutcomes;
  readonly figures: StreamFigures;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

export class StreamConnection<Record extends LinkRecord> {
  readonly #parts: ConnectionParts<Record>;
  readonly #wire: Wire;
  readonly outbound: Outbound;
  readonly inbound: Inbound<Record>;
  readonly session: SyncSession<Record>;
  readonly #control = new SentBuffer(CONTROL_BYTES);
  readonly #output: StreamOutput;
  readonly #input: StreamInput;
  readonly #ack = new AckReader();
  readonly #patience: Patience;
  #isUp = false;
  /** The last reading has left octets to the kernel. */
  #hasMore = false;
  /** A frame waits because what it changes could not be told to main. */
  #isHeld = false;
  /** The partner has sent its last record. */
  #isPartnerDone = false;
  /** Why it ends as soon as the partner is done, or null. */
  #finishing: string | null = null;
  #ended: string | null = null;

  /**
   * @param wire its descriptor is connected and non-blocking, and is not closed here
   * @param head octets that came with the opening
   */
  constructor(parts: ConnectionParts<Record>, wire: Wire, head: Uint8Array) {
    this.#parts = parts;
    this.#wire = wire;
    // Behind rows that were read earlier: otherwise the record that deletes a lease comes first, and its row brings it back.
    this.outbound = new Outbound(parts.taker.family, parts.verdicts, () =>
      this.#output.isAhead(this.session.rows.buffer),
    );
    this.session = new SyncSession({ ...parts, control: this.#control });
    this.inbound = new Inbound(new FollowingTaker(parts.taker, this.session));
    this.#output = new StreamOutput(wire, [this.#control, this.outbound, this.session.rows.buffer]);
    this.#input = new StreamInput(wire);
    this.#patience = new Patience(parts.clock);
    this.#putControl(FrameType.hello, encodeHello(parts.names, parts.taker.family.number));
    if (this.#input.put(head)) this.#parse(true);
    else this.#fail(`${head.length} octets came with the opening`);
  }

  get fd(): number {
    return this.#wire.fd;
  }

  /** Both sides have said who they are. */
  get isUp(): boolean {
    return this.#isUp && this.#ended === null;
  }

  /** Why it has ended, or null. */
  get ended(): string | null {
    return this.#ended;
  }

  /** Whether there may be more to read than was read. */
  get hasMore(): boolean {
    return (this.#hasMore || this.#isHeld) && this.#ended === null;
  }

  /** Whether a frame waits until main has heard of what was taken before. */
  get isHeld(): boolean {
    return this.#isHeld && this.#ended === null;
  }

  /** Whether it need not wait any more. */
  get mayGoOn(): boolean {
    return this.isHeld && this.#parts.taker.hasRoom;
  }

  /** Whether the partner sends no more records. */
  get isPartnerDone(): boolean {
    return this.#isPartnerDone;
  }

  /** Whether something waits for room in the kernel's buffer. */
  get wantsRoom(): boolean {
    return this.#output.wantsRoom;
  }

  /** Whether something that has come is to be acknowledged when it is durable. */
  get awaitsDisk(): boolean {
    return this.inbound.awaitsDisk || this.session.awaitsDisk;
  }

  /** Whether time alone can end it. */
  get hasDeadline(): boolean {
    return !this.#isUp || this.#finishing !== null || this.outbound.inFlight > 0 || this.session.isActive;
  }

  /**
   * Takes what has come.
   * @param isHungUp the partner has closed: what it was not told to be durable it takes for lost, and sends by other
   *   ways, so its records must not be written now, over those
   */
  receive(isHungUp: boolean): void {
    this.#hasMore = false;
    if (this.#isHeld) this.#parse(!isHungUp);
    if (this.isHeld || this.#ended !== null) return;
    const wire = this.#wire;
    // What the wire holds no poll tells of.
    for (let left = READ_PER_TURN_BYTES; isHungUp || left > 0 || wire.holdsMore; ) {
      const count = this.#input.read();
      if (count === WireEnd.wouldBlock && !isHungUp) return;
      if (count <= 0) return this.#endReading(count);
      left -= count;
      this.#parse(!isHungUp);
      if (this.#ended !== null || this.#isHeld || !(wire.mayHaveMore || isHungUp)) return;
    }
    this.#hasMore = true;
  }

  #endReading(how: number): void {
    if (how === WireEnd.fault) return this.#fail(this.#wire.fault);
    this.end(how === WireEnd.closed ? 'the partner has closed the connection' : this.#wire.fault);
  }

  #parse(mayTake: boolean): void {
    const { frames } = this.#input;
    this.#isHeld = false;
    while (this.#ended === null) {
      if (mayTake && !this.#parts.taker.hasRoom) {
        this.#isHeld = true;
        return;
      }
      const found = frames.next();
      if (found === Frame.none) return;
      if (found === Frame.fault) return this.#fail(frames.fault);
      this.#parts.figures.add('framesReceived', 1);
      this.#takeFrame(frames.type, frames.at, frames.length, mayTake);
    }
  }

  #takeFrame(type: number, at: number, length: number, mayTake: boolean): void {
    const { bytes } = this.#input.frames;
    if (type === FrameType.bye)
      return this.end(`the partner has ended the stream: ${readBye(bytes, at, length)}`);
    if ((type === FrameType.hello) === this.#isUp)
      return this.#fail(this.#isUp ? 'a second hello' : 'the first frame is no hello');
    if (type === FrameType.hello) return this.#takeHello(at, length);
    if (type === FrameType.ack) return this.#takeAck(at, length);
    if (type >= FrameType.sync) return this.#takeSync(type, at, length, mayTake);
    if (this.#isPartnerDone)
      return this.#fail(
        type === FrameType.last ? 'a second last frame' : 'records come after the last of them',
      );
    if (type === FrameType.last) return this.#takeLast(length);
    if (!mayTake) return;
    const before = this.inbound.last;
    const fault = this.inbound.take(bytes, at, length);
    this.#parts.figures.add('recordsReceived', (this.inbound.last - before) >>> 0);
    if (fault !== null) this.#fail(fault);
  }

  #takeSync(type: number, at: number, length: number, mayTake: boolean): void {
    const fault = mayTake ? this.session.take(type, this.#input.frames.bytes, at, length) : null;
    if (fault !== null) this.#fail(fault);
  }

  #takeHello(at: number, length: number): void {
    const hello = readHello(
      this.#input.frames.bytes,
      at,
      length,
      this.#parts.names,
      this.#parts.taker.family.number,
    );
    if (!hello.ok) return this.#fail(hello.fault);
    this.outbound.open(hello.window);
    this.#isUp = true;
  }

  #takeLast(length: number): void {
    if (length > 0) return this.#fail(`a last frame has ${length} octets of its own`);
    this.#isPartnerDone = true;
    if (this.#finishing !== null) this.bid(ByeReason.leaving, this.#finishing);
  }

  #takeAck(at: number, length: number): void {
    const { outbound } = this;
    const { figures, outcomes } = this.#parts;
    const { acknowledged, last } = outbound;
    const fault = this.#ack.open(this.#input.frames.bytes, at, length, acknowledged, last);
    if (fault !== null) return this.#fail(fault);
    if (!outbound.isSent(this.#ack.through))
      return this.#fail(`${this.#ack.through} is acknowledged before it was sent`);
    outbound.take(this.#ack, outcomes);
    figures.add('recordsAcknowledged', (outbound.acknowledged - acknowledged) >>> 0);
    this.#patience.startWaiting();
  }

  /** Puts acknowledgements of all that is durable on their way. @param durable number of the last durable change */
  acknowledge(durable: number): void {
    if (this.#ended === null && this.inbound.advance(durable))
      this.#parts.figures.add('framesSent', this.inbound.acknowledge(this.#control));
  }

  /** Goes on with the synchronization that there may be. @param durable number of the last durable change */
  synchronize(durable: number): void {
    if (this.#ended === null) this.#parts.figures.add('framesSent', this.session.send(durable));
  }

  /** Whether there is something to acknowledge, and room for that. */
  mayAcknowledge(durable: number): boolean {
    return (
      (this.inbound.advance(durable) || this.session.advance(durable)) && this.#control.free >= ACK_BYTES_MAX
    );
  }

  /** Records were put on their way while none was. */
  startWaiting(): void {
    this.#patience.startWaiting();
  }

  /** Gives what there is to the kernel. */
  flush(): void {
    if (this.#ended === null && !this.#output.flush()) this.end(this.#wire.fault);
  }

  /** Ends what has waited for too long. */
  checkTime(): void {
    if (this.#ended !== null) return;
    const overdue =
      this.session.overdue(this.#parts.clock.monotonicMs()) ??
      this.#patience.overdue(this.#isUp, this.outbound.inFlight > 0);
    if (overdue !== null) this.bid(ByeReason.silent, overdue);
    else if (this.#finishing !== null && this.#patience.isFinishOverdue)
      this.bid(ByeReason.leaving, this.#finishing);
  }

  /** Ends it when the partner has sent its last record. Pre: ours are acknowledged, and no more will be sent. */
  finish(reason: string): void {
    if (!this.#isUp || this.#isPartnerDone) return this.bid(ByeReason.leaving, reason);
    if (this.#finishing === null) this.#putControl(FrameType.last, new Uint8Array(0));
    this.#finishing ??= reason;
    this.#patience.startFinishing();
  }

  #fail(fault: string): void {
    this.bid(ByeReason.fault, `protocol fault: ${fault}`);
  }

  /** Ends it with a farewell, if that can be sent at once. */
  bid(reason: number, text: string): void {
    if (this.#ended !== null) return;
    this.#putControl(FrameType.bye, encodeBye(reason, text));
    this.#output.flush();
    this.end(text);
  }

  end(reason: string): void {
    this.#ended ??= reason;
  }

  #putControl(type: number, body: Uint8Array): void {
    const control = this.#control;
    if (control.free < FRAME_HEADER_BYTES + body.length) return;
    control.beginFrame(type);
    control.put(body, 0, body.length);
    control.endFrame();
    this.#parts.figures.add('framesSent', 1);
  }
}
