/**
 * What waits to be sent from the slots of a sender: in line by `add`, then out with one sendmmsg(2) for each `batch`
 * messages of one socket, neighbours joined where the socket may. A number and a few stores a message, no object.
 */
import { assert } from '../base/assert.ts';
import type { Joining } from './joining.ts';
import { Errno, isMisuse, lastErrno, libc, systemError } from './libc.ts';
import { HEADER_BYTES, type MessageVector } from './message-vector.ts';

const MSG_DONTWAIT = 0x40;

/** Fills message `index` of the vector with what was put in line at a position of the queue, out of a slot. */
export type MessageLoader = (index: number, slot: number, position: number) => void;

export class SendQueue {
  readonly #vector: MessageVector;
  readonly #joining: Joining | null;
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
   * @param joining over the same vector; null = nothing is joined
   */
  constructor(
    vector: MessageVector,
    slots: number,
    batch: number,
    load: MessageLoader,
    joining: Joining | null = null,
  ) {
    this.#vector = vector;
    this.#joining = joining;
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
        this.#sendTaken(fd, taken);
        taken = 0;
      }
    }
    if (taken > 0) this.#sendTaken(fd, taken);
    return kept;
  }

  #sendTaken(fd: number, count: number): void {
    const joining = this.#joining;
    // A single one, which is what an idle server sends, is not looked at.
    const longest = joining === null || count === 1 ? 0 : joining.longest(fd);
    if (longest === 0) this.#send(fd, 0, count);
    else this.#sendJoined(fd, count, longest, joining!);
  }

  /**
   * The kernel stops at the first message it refuses and names the error only to a call that begins with it.
   * @returns how many of the messages from..to were sent
   */
  #send(fd: number, from: number, to: number): number {
    const failedBefore = this.#failed;
    for (let done = from; done < to; ) {
      const sent = this.#call(fd, this.#vector.headers.address + done * HEADER_BYTES, to - done);
      if (sent > 0) this.#mark(done, done + sent);
      else {
        this.#failed++;
        this.#lastErrno = -sent;
      }
      done += Math.max(sent, 1);
    }
    return to - from - (this.#failed - failedBefore);
  }

  /** What is refused joined is sent one by one. */
  #sendJoined(fd: number, count: number, longest: number, joining: Joining): void {
    const { vector } = joining;
    const messages = vector.join(count, longest);
    for (let done = 0; done < messages; ) {
      const sent = this.#call(fd, vector.headers.address + done * HEADER_BYTES, messages - done);
      if (sent > 0) {
        this.#mark(vector.first(done), vector.first(done + sent));
        done += sent;
        continue;
      }
      const from = vector.first(done);
      const end = vector.first(done + 1);
      const sentApart = this.#send(fd, from, end);
      done++;
      // The same error may be one of the destination: then they are refused one by one as well.
      if (sentApart === 0 || end - from === 1 || !isJoiningRefused(-sent)) continue;
      joining.refuse(fd, -sent);
      this.#send(fd, end, count);
      return;
    }
  }

  /** @returns messages sent, at least one, or the errno of the first one as a negative number */
  #call(fd: number, headers: number, count: number): number {
    for (;;) {
      const sent = libc.sendmmsg(fd, headers, count, MSG_DONTWAIT);
      if (sent > 0) return sent;
      const errno = lastErrno();
      if (errno === Errno.EINTR) continue;
      if (isMisuse(errno)) throw systemError(`cannot send on descriptor ${fd}`, errno);
      return -errno;
    }
  }

  #mark(from: number, to: number): void {
    for (let i = from; i < to; i++) this.#sent[this.#taken[i]!] = 1;
  }
}

/** EINVAL: no checksums, or the way carries less; EIO: a device or IPsec on the way; EMSGSIZE: as EINVAL, of newer kernels. */
function isJoiningRefused(errno: number): boolean {
  return errno === Errno.EINVAL || errno === Errno.EIO || errno === Errno.EMSGSIZE;
}
