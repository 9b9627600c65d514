/**
 * Bursts of datagrams: recvmmsg(2) into one fixed area of memory, sendmmsg(2) out of reply slots. Everything that the
 * kernel reads or writes is laid out once in the constructor; a packet costs a few integer stores, no object and no closure.
 */
import { assert } from '../base/assert.ts';
import type { Ipv4 } from '../base/ipv4.ts';
import { Errno, lastErrno, libc, systemError } from './libc.ts';
import {
  HEADER_BYTES,
  HEADER_FLAGS,
  HEADER_LENGTH,
  HEADER_WORDS,
  MessageVector,
  SOCKADDR_WORDS,
} from './message-vector.ts';
import { addressOf } from './pinned.ts';
import { readAddress, readPort, writeSockaddrIn } from './sockaddr.ts';

const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;

/**
 * Receives up to `slots` datagrams a call into memory of the caller's; datagram i starts at `offset + i * stride`.
 * What `length`, `truncated`, `sourceAddress` and `sourcePort` say is valid until the next `receive`.
 */
export class DatagramReceiver {
  readonly #vector: MessageVector;
  /** Keeps the memory alive: the iovecs hold its address. */
  readonly #memory: Uint8Array;
  readonly #slots: number;
  #count = 0;

  /**
   * @param memory an ArrayBuffer or the buffer of a WebAssembly.Memory that never grows
   * @param stride bytes of a slot, all of which a datagram may fill
   * @param slots 1..1024
   */
  constructor(memory: ArrayBuffer, offset: number, stride: number, slots: number) {
    assert(
      offset >= 0 && stride > 0 && offset + stride * slots <= memory.byteLength,
      'slots lie in the memory',
    );
    this.#vector = new MessageVector(slots);
    this.#memory = new Uint8Array(memory, offset, stride * slots);
    this.#slots = slots;
    const address = addressOf(this.#memory);
    for (let i = 0; i < slots; i++) this.#vector.setBytes(i, address + i * stride, stride);
  }

  /**
   * Takes what is waiting; never blocks.
   * @returns datagrams received, 0 when none was waiting
   * @throws only on an error that no datagram can cause, such as a closed descriptor
   */
  receive(fd: number): number {
    // MSG_TRUNC: the length of a datagram that did not fit is its own, not that of the slot.
    const flags = MSG_DONTWAIT | MSG_TRUNC;
    const received = libc.recvmmsg(fd, this.#vector.headers.address, this.#slots, flags, 0);
    this.#count = Math.max(received, 0);
    if (received < 0) {
      const errno = lastErrno();
      if (isMisuse(errno) || errno === Errno.EINVAL)
        throw systemError(`cannot receive on descriptor ${fd}`, errno);
    }
    return this.#count;
  }

  /** Octets of datagram i as sent; more than `stride` when it was truncated. */
  length(i: number): number {
    return this.#vector.headers.words[this.#at(i) + HEADER_LENGTH]!;
  }

  /** Whether datagram i was longer than its slot, which holds the first `stride` octets. */
  truncated(i: number): boolean {
    return (this.#vector.headers.words[this.#at(i) + HEADER_FLAGS]! & MSG_TRUNC) !== 0;
  }

  sourceAddress(i: number): Ipv4 {
    this.#at(i);
    return readAddress(this.#vector.addresses.words, i * SOCKADDR_WORDS);
  }

  sourcePort(i: number): number {
    this.#at(i);
    return readPort(this.#vector.addresses.words, i * SOCKADDR_WORDS);
  }

  #at(i: number): number {
    assert(i >= 0 && i < this.#count, 'the datagram was received');
    return i * HEADER_WORDS;
  }
}

/**
 * Sends datagrams out of slots. Queue as many as there are slots, each slot at most once, then `flush`: one system call
 * for each `batch` datagrams of one socket. A slot's bytes must stay as they are between `queue` and `flush`.
 *
 *     sender.queue(slot, length, address, port, fd) ...
 *     sender.flush();
 *     for (let i = 0; i < sender.flushed; i++) free(sender.queuedSlot(i), sender.wasSent(i));
 */
export class DatagramSender {
  readonly #vector: MessageVector;
  readonly #batch: number;
  readonly #slotBytes: number;
  readonly #slots: number;
  readonly #slotsAddress: number;
  // By position in the queue.
  readonly #slot: Int32Array;
  readonly #fd: Int32Array;
  readonly #length: Int32Array;
  readonly #address: Uint32Array;
  readonly #port: Uint16Array;
  readonly #sent: Uint8Array;
  /** Queue positions that `flush` has not taken yet, in order. */
  readonly #waiting: Int32Array;
  /** Queue positions in the message vector. */
  readonly #taken: Int32Array;
  /** The slots: slot s starts at `s * slotBytes`. */
  readonly bytes: Uint8Array;
  #queued = 0;
  #flushed = 0;
  #failed = 0;
  #lastErrno = 0;

  /**
   * @param slots how many datagrams may be queued at once
   * @param slotBytes the longest datagram
   * @param batch datagrams a system call, 1..1024
   */
  constructor(slots: number, slotBytes: number, batch: number) {
    assert(slots > 0 && slotBytes > 0, 'slots to send from');
    this.#vector = new MessageVector(batch);
    this.#batch = batch;
    this.#slots = slots;
    this.#slotBytes = slotBytes;
    this.bytes = new Uint8Array(new ArrayBuffer(slots * slotBytes));
    this.#slotsAddress = addressOf(this.bytes);
    this.#slot = new Int32Array(slots);
    this.#fd = new Int32Array(slots);
    this.#length = new Int32Array(slots);
    this.#address = new Uint32Array(slots);
    this.#port = new Uint16Array(slots);
    this.#sent = new Uint8Array(slots);
    this.#waiting = new Int32Array(slots);
    this.#taken = new Int32Array(batch);
  }

  /** Datagrams that wait for `flush`. */
  get queued(): number {
    return this.#queued;
  }

  /** Datagrams that the last `flush` took, sent or not. */
  get flushed(): number {
    return this.#flushed;
  }

  /** Datagrams that the kernel refused, since the beginning. */
  get failed(): number {
    return this.#failed;
  }

  /** Why the kernel refused the last of them; 0 = it never did. */
  get lastErrno(): number {
    return this.#lastErrno;
  }

  /** Puts the first `length` bytes of a slot in line. Ends the validity of what the last `flush` said. */
  queue(slot: number, length: number, address: Ipv4, port: number, fd: number): void {
    assert(slot >= 0 && slot < this.#slots && this.#queued < this.#slots, 'a slot, queued once');
    assert(length >= 0 && length <= this.#slotBytes, 'the datagram fits its slot');
    const position = this.#queued++;
    this.#flushed = 0;
    this.#slot[position] = slot;
    this.#fd[position] = fd;
    this.#length[position] = length;
    this.#address[position] = address;
    this.#port[position] = port;
    this.#sent[position] = 0;
  }

  /**
   * Sends what is queued, the datagrams of one socket in their order; never blocks. What the kernel refuses (full
   * buffer, no route, refused by a filter) is skipped and counted: DHCP clients ask again.
   * @returns datagrams sent
   * @throws only on an error that no datagram can cause, such as a closed descriptor
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

  /** The slot of the i-th datagram in line, in the order of `queue`; after `flush` still, until the next `queue`. */
  queuedSlot(i: number): number {
    assert(i >= 0 && i < Math.max(this.#queued, this.#flushed), 'the datagram was queued');
    return this.#slot[i]!;
  }

  /** Whether the kernel took the i-th datagram of the last `flush`. */
  wasSent(i: number): boolean {
    assert(i >= 0 && i < this.#flushed, 'the datagram was flushed');
    return this.#sent[i] === 1;
  }

  /** Sends every waiting datagram of the first one's socket. @returns how many still wait */
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
      this.#load(taken++, position);
      if (taken === this.#batch) {
        this.#send(fd, taken);
        taken = 0;
      }
    }
    if (taken > 0) this.#send(fd, taken);
    return kept;
  }

  #load(index: number, position: number): void {
    this.#taken[index] = position;
    const from = this.#slotsAddress + this.#slot[position]! * this.#slotBytes;
    this.#vector.setBytes(index, from, this.#length[position]!);
    const address = this.#address[position]!;
    writeSockaddrIn(this.#vector.addresses.words, index * SOCKADDR_WORDS, address, this.#port[position]!);
  }

  /** The kernel stops at the first datagram it refuses and names the error only to a call that begins with it. */
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

/** Errors of the caller, not of the network: a loop that went on after them would do nothing for ever. */
function isMisuse(errno: number): boolean {
  return errno === Errno.EBADF || errno === Errno.ENOTSOCK || errno === Errno.EFAULT;
}
