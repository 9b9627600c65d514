/**
 * Bursts of datagrams: recvmmsg(2) into one fixed area of memory, sendmmsg(2) out of reply slots. Everything that the
 * kernel reads or writes is laid out once in the constructor; a packet costs a few integer stores, no object and no closure.
 */
import { assert } from '../base/assert.ts';
import type { Ipv4 } from '../base/ipv4.ts';
import { readArrivalUs } from './arrivals.ts';
import { ControlData } from './control-data.ts';
import { JoinedVector } from './joined-vector.ts';
import { Joining } from './joining.ts';
import { Errno, isMisuse, lastErrno, libc, systemError } from './libc.ts';
import { HEADER_FLAGS, HEADER_LENGTH, HEADER_WORDS, MessageVector } from './message-vector.ts';
import { addressOf } from './pinned.ts';
import { SendQueue } from './send-queue.ts';
import { readAddress, readPort, SOCKADDR_IN_BYTES, writeSockaddrIn } from './sockaddr.ts';

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
  readonly #control: ControlData | null;
  #count = 0;

  /**
   * @param memory an ArrayBuffer or the buffer of a WebAssembly.Memory that never grows
   * @param stride bytes of a slot, all of which a datagram may fill
   * @param slots 1..1024
   * @param addressBytes of the sockets' addresses: sockaddr_in unless told
   * @param controlBytes room for what the kernel says of each datagram beside its octets, as sockets ask it to: ARRIVAL_SPACE for
   * those with `stampArrivals`
   */
  constructor(
    memory: ArrayBuffer,
    offset: number,
    stride: number,
    slots: number,
    addressBytes = SOCKADDR_IN_BYTES,
    controlBytes = 0,
  ) {
    assert(
      offset >= 0 && stride > 0 && offset + stride * slots <= memory.byteLength,
      'slots lie in the memory',
    );
    this.#vector = new MessageVector(slots, addressBytes);
    this.#memory = new Uint8Array(memory, offset, stride * slots);
    this.#slots = slots;
    this.#control = controlBytes > 0 ? new ControlData(this.#vector, slots, controlBytes) : null;
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
    if (this.#control !== null) this.#control.renew(this.#count);
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

  /** When datagram i was received, in microseconds since 1970; 0 = the kernel has not said, or was not asked. */
  arrivalUs(i: number): number {
    return this.#control === null ? 0 : readArrivalUs(this.#control, i);
  }

  /** Of the last `receive`. */
  get count(): number {
    return this.#count;
  }

  /** What the kernel says of the datagrams; null = it was asked for nothing. */
  get control(): ControlData | null {
    return this.#control;
  }

  /** The socket addresses of the datagrams, one behind the other. */
  get addresses(): Uint32Array {
    return this.#vector.addresses.words;
  }

  // Of IPv4 sockets.

  sourceAddress(i: number): Ipv4 {
    this.#at(i);
    return readAddress(this.#vector.addresses.words, i * this.#vector.addressWords);
  }

  sourcePort(i: number): number {
    this.#at(i);
    return readPort(this.#vector.addresses.words, i * this.#vector.addressWords);
  }

  #at(i: number): number {
    assert(i >= 0 && i < this.#count, 'the datagram was received');
    return i * HEADER_WORDS;
  }
}

/**
 * Sends datagrams over IPv4 out of slots. Queue as many as there are slots, each slot at most once, then `flush`: one system call
 * for each `batch` datagrams of one socket. A slot's bytes must stay as they are between `queue` and `flush`.
 *
 *     sender.queue(slot, length, address, port, fd) ...
 *     sender.flush();
 *     for (let i = 0; i < sender.flushed; i++) free(sender.queuedSlot(i), sender.wasSent(i));
 */
export class DatagramSender {
  readonly #vector: MessageVector;
  readonly #queue: SendQueue;
  readonly #slotBytes: number;
  readonly #slotsAddress: number;
  // By position in the queue: one slot may go to several places.
  readonly #length: Int32Array;
  readonly #address: Uint32Array;
  readonly #port: Uint16Array;
  /** Neighbours of one destination leave as one message by the sockets that it allows; none at first. */
  readonly joining: Joining;
  /** The slots: slot s starts at `s * slotBytes`. */
  readonly bytes: Uint8Array;

  /**
   * @param slots how many datagrams may be queued at once
   * @param slotBytes the longest datagram
   * @param batch datagrams a system call, 1..1024
   */
  constructor(slots: number, slotBytes: number, batch: number) {
    assert(slots > 0 && slotBytes > 0, 'slots to send from');
    this.#vector = new MessageVector(batch, SOCKADDR_IN_BYTES);
    this.joining = new Joining(new JoinedVector(this.#vector, batch));
    const load = (index: number, slot: number, position: number): void => this.#load(index, slot, position);
    this.#queue = new SendQueue(this.#vector, slots, batch, load, this.joining);
    this.#slotBytes = slotBytes;
    this.bytes = new Uint8Array(new ArrayBuffer(slots * slotBytes));
    this.#slotsAddress = addressOf(this.bytes);
    this.#length = new Int32Array(slots);
    this.#address = new Uint32Array(slots);
    this.#port = new Uint16Array(slots);
  }

  /** Datagrams that wait for `flush`. */
  get queued(): number {
    return this.#queue.queued;
  }

  /** Datagrams that the last `flush` took, sent or not. */
  get flushed(): number {
    return this.#queue.flushed;
  }

  /** Datagrams that the kernel refused, since the beginning. */
  get failed(): number {
    return this.#queue.failed;
  }

  /** Why the kernel refused the last of them; 0 = it never did. */
  get lastErrno(): number {
    return this.#queue.lastErrno;
  }

  /** Puts the first `length` bytes of a slot in line. Ends the validity of what the last `flush` said. */
  queue(slot: number, length: number, address: Ipv4, port: number, fd: number): void {
    assert(length >= 0 && length <= this.#slotBytes, 'the datagram fits its slot');
    const position = this.#queue.add(slot, fd);
    this.#length[position] = length;
    this.#address[position] = address;
    this.#port[position] = port;
  }

  /**
   * Sends what is queued, the datagrams of one socket in their order; never blocks. What the kernel refuses (full
   * buffer, no route, refused by a filter) is skipped and counted: DHCP clients ask again.
   * @returns datagrams sent
   * @throws only on an error that no datagram can cause, such as a closed descriptor
   */
  flush(): number {
    return this.#queue.flush();
  }

  /** The slot of the i-th datagram in line, in the order of `queue`; after `flush` still, until the next `queue`. */
  queuedSlot(i: number): number {
    return this.#queue.queuedSlot(i);
  }

  /** Whether the kernel took the i-th datagram of the last `flush`. */
  wasSent(i: number): boolean {
    return this.#queue.wasSent(i);
  }

  #load(index: number, slot: number, position: number): void {
    this.#vector.setBytes(index, this.#slotsAddress + slot * this.#slotBytes, this.#length[position]!);
    const { words } = this.#vector.addresses;
    writeSockaddrIn(
      words,
      index * this.#vector.addressWords,
      this.#address[position]!,
      this.#port[position]!,
    );
  }
}
