/**
 * What waits to be sent from the slots of a sender: in line by `add`, then out with one sendmmsg(2) for each `batch`
 * messages of one socket. A number and a few stores a message, no object.
 */
import { assert } from '../base/assert.ts';
import { Errno, isMisuse, lastErrno, libc, systemError } from './libc.ts';
import { HEADER_BYTES, type MessageVector } from './message-vector.ts';

const MSG_DONTWAIT = 0x40;

/** Fills message `index` of the vector with what was put in line at a position of the queue, out of a slot. */
export type MessageLoader = (index: number, slot: number, position: number) => void;

export class SendQueue {
  readonly #vector: MessageVector;
  readonly #load: MessageLoader;
  readonly #batch: number;
  readonly #slots: number;
  // By position in the queue.
  readonly #slot: Int32Array;
  readonly #fd: Int32Array;
  readonly #sent: Uint8Array;
  /** Queue positions that `flush` has not taken yet, in order. */
  readonly #waiting: Int32Array;
  /** Queue positions in the message vector. */
  readonly #taken: Int32Array;
  #queued = 0;
  #flushed = 0;
  #failed = 0;
  #lastErrno = 0;

  /**
   * @param vector of `batch` messages
   * @param slots how many messages may be queued at once
   */
  constructor(vector: MessageVector, slots: number, batch: number, load: MessageLoader) {
    this.#vector = vector;
    this.#load = load;
    this.#batch = batch;
    this.#slots = slots;
    this.#slot = new Int32Array(slots);
    this.#fd = new Int32Array(slots);
    this.#sent = new Uint8Array(slots);
    this.#waiting = new Int32Array(slots);
    this.#taken = new Int32Array(batch);
  }

  get queued(): number {
    return this.#queued;
  }

  get flushed(): number {
    return this.#flushed;
  }

  get failed(): number {
    return this.#failed;
  }

  get lastErrno(): number {
    return this.#lastErrno;
  }

  /** Puts a slot in line. Ends the validity of what the last `flush` said. @returns its position */
  add(slot: number, fd: number): number {
    assert(slot >= 0 && slot < this.#slots && this.#queued < this.#slots, 'a slot, and room in the queue');
    const position = this.#queued++;
    this.#flushed = 0;
    this.#slot[position] = slot;
    this.#fd[position] = fd;
    this.#sent[position] = 0;
    return position;
  }

  /**
   * Sends what is queued, the messages of one socket in their order; never blocks. What the kernel refuses is skipped.
   * @returns messages sent
   * @throws only on an error that no message can cause, such as a closed descriptor
   */
  flush(): number {
    const failedBefore = this.#failed;
    let waiting = this.#queued;
    for (let position = 0; position < waiting; position++) this.#waiting[position] = position;
    this.#flushed = waiting;
    this.#queued = 0;
    while (waiting > 0) waiting = this.#sendOneSocket(waiting);
    return this.#flushed - (this.#failed - failedBefore);
  }

  queuedSlot(i: number): number {
    assert(i >= 0 && i < Math.max(this.#queued, this.#flushed), 'the message was queued');
    return this.#slot[i]!;
  }

  wasSent(i: number): boolean {
    assert(i >= 0 && i < this.#flushed, 'the message was flushed');
    return this.#sent[i] === 1;
  }

  /** Sends every waiting message of the first one's socket. @returns how many still wait */
  #sendOneSocket(waiting: number): number {
    const fd = this.#fd[this.#waiting[0]!]!;
    let kept = 0;
    let taken = 0;
    for (let i = 0; i < waiting; i++) {
      const position = this.#waiting[i]!;
      if (this.#fd[position] !== fd) {
        this.#waiting[kept++] = position;
        continue;
      }
      this.#taken[taken] = position;
      this.#load(taken++, this.#slot[position]!, position);
      if (taken === this.#batch) {
        this.#send(fd, taken);
        taken = 0;
      }
    }
    if (taken > 0) this.#send(fd, taken);
    return kept;
  }

  /** The kernel stops at the first message it refuses and names the error only to a call that begins with it. */
  #send(fd: number, count: number): void {
    for (let done = 0; done < count; ) {
      const headers = this.#vector.headers.address + done * HEADER_BYTES;
      const sent = libc.sendmmsg(fd, headers, count - done, MSG_DONTWAIT);
      if (sent > 0) {
        for (let i = done; i < done + sent; i++) this.#sent[this.#taken[i]!] = 1;
        done += sent;
        continue;
      }
      const errno = lastErrno();
      if (errno === Errno.EINTR) continue;
      if (isMisuse(errno)) throw systemError(`cannot send on descriptor ${fd}`, errno);
      this.#failed++;
      this.#lastErrno = errno;
      done++;
    }
  }
}
