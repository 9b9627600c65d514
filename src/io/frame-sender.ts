/**
 * Sends replies through packet sockets: each with headers of its own, to a station of the link. The payload stays where
 * it is, the headers lie beside it (two pieces a message).
 *
 * What is longer than the link's MTU is cut into fragments here, which the kernel does not do for a packet socket. Kea loses
 * such a reply.
 */
import { assert } from '../base/assert.ts';
import {
  DO_NOT_FRAGMENT,
  HEADER_WORDS,
  IP_HEADER_BYTES,
  MORE_FRAGMENTS,
  UDP_HEADER_BYTES,
  writeIpHeader,
  writeUdpHeader,
} from './frame-headers.ts';
import { libc } from './libc.ts';
import { LINK_ADDRESS_BYTES, LINK_ADDRESS_WORDS } from './link-address.ts';
import { HEADER_BYTES, MessageVector } from './message-vector.ts';
import { addressOf, allocatePinned, type Pinned } from './pinned.ts';
import { SendQueue } from './send-queue.ts';

const MSG_DONTWAIT = 0x40;
/** Every IPv4 link carries this much. [RFC791 3.2] */
const MTU_MIN = 68;

/** Where the replies lie and where they go: arrays by slot. */
export interface FrameSlots {
  readonly bytes: Uint8Array;
  readonly size: number;
  /** A multiple of 4. */
  readonly slotBytes: number;
  readonly lengths: Uint16Array;
  readonly fds: Int32Array;
  readonly addresses: Uint32Array;
  readonly ports: Uint16Array;
  readonly sources: Uint32Array;
  readonly sourcePorts: Uint16Array;
  /** Octets of the longest IPv4 datagram that the link carries. */
  readonly mtus: Int32Array;
  /** LINK_ADDRESS_WORDS for each slot: the station. */
  readonly stations: Uint32Array;
}

export class FrameSender {
  readonly #slots: FrameSlots;
  readonly #payload: Uint32Array;
  readonly #payloadAddress: number;
  readonly #vector: MessageVector;
  readonly #headers: Pinned;
  readonly #queue: SendQueue;
  readonly #batch: number;
  /** Slots with more than their link carries. */
  readonly #long: Int32Array;
  readonly #longSent: Uint8Array;
  #longQueued = 0;
  #longFlushed = 0;
  #identification = 0;

  /** @param batch messages a system call, 1..1024 */
  constructor(slots: FrameSlots, batch: number) {
    assert(slots.slotBytes % 4 === 0, 'slots are whole words');
    this.#slots = slots;
    this.#payload = new Uint32Array(slots.bytes.buffer, slots.bytes.byteOffset, slots.bytes.length >>> 2);
    this.#payloadAddress = addressOf(slots.bytes);
    this.#vector = new MessageVector(batch, LINK_ADDRESS_BYTES, 2);
    this.#headers = allocatePinned(batch * HEADER_WORDS * 4);
    this.#queue = new SendQueue(this.#vector, slots.size, batch, (index, slot) => this.#load(index, slot));
    this.#batch = batch;
    this.#long = new Int32Array(slots.size);
    this.#longSent = new Uint8Array(slots.size);
  }

  /** Replies that wait for `flush`. */
  get queued(): number {
    return this.#queue.queued + this.#longQueued;
  }

  /** Replies that the last `flush` took, sent or not. */
  get flushed(): number {
    return this.#queue.flushed + this.#longFlushed;
  }

  /** Puts the reply of a slot in line. Ends the validity of what the last `flush` said. */
  queue(slot: number): void {
    this.#longFlushed = 0;
    const { lengths, mtus, fds } = this.#slots;
    if (IP_HEADER_BYTES + UDP_HEADER_BYTES + lengths[slot]! > mtus[slot]!)
      this.#long[this.#longQueued++] = slot;
    else this.#queue.add(slot, fds[slot]!);
  }

  /** Sends what is queued; never blocks. What the kernel refuses is skipped: DHCP clients ask again. */
  flush(): void {
    this.#queue.flush();
    this.#longFlushed = this.#longQueued;
    this.#longQueued = 0;
    for (let i = 0; i < this.#longFlushed; i++)
      this.#longSent[i] = this.#sendFragments(this.#long[i]!) ? 1 : 0;
  }

  queuedSlot(i: number): number {
    const { flushed } = this.#queue;
    return i < flushed ? this.#queue.queuedSlot(i) : this.#long[i - flushed]!;
  }

  wasSent(i: number): boolean {
    const { flushed } = this.#queue;
    return i < flushed ? this.#queue.wasSent(i) : this.#longSent[i - flushed] === 1;
  }

  #load(index: number, slot: number): void {
    const length = this.#slots.lengths[slot]!;
    this.#writeIp(index, slot, UDP_HEADER_BYTES + length, 0, DO_NOT_FRAGMENT);
    this.#writeUdp(index, slot, length);
    this.#point(index, slot, IP_HEADER_BYTES + UDP_HEADER_BYTES, 0, length);
  }

  /** @returns false when one of the fragments was refused: then the others are worth nothing */
  #sendFragments(slot: number): boolean {
    const length = this.#slots.lengths[slot]!;
    const room = (Math.max(this.#slots.mtus[slot]!, MTU_MIN) - IP_HEADER_BYTES) & ~7;
    this.#identification = (this.#identification + 1) & 0xffff;
    let index = 0;
    let done = -UDP_HEADER_BYTES;
    while (done < length) {
      const end = Math.min(done + room, length);
      const more = end < length ? MORE_FRAGMENTS : 0;
      const fragment = more | ((done + UDP_HEADER_BYTES) >>> 3);
      this.#writeIp(index, slot, end - done, this.#identification, fragment);
      if (done < 0) this.#writeUdp(index, slot, length);
      const headerBytes = done < 0 ? IP_HEADER_BYTES + UDP_HEADER_BYTES : IP_HEADER_BYTES;
      const from = Math.max(done, 0);
      this.#point(index, slot, headerBytes, from, end - from);
      done = end;
      index += 1;
      if (index < this.#batch && done < length) continue;
      if (!this.#sendAll(this.#slots.fds[slot]!, index)) return false;
      index = 0;
    }
    return true;
  }

  #sendAll(fd: number, count: number): boolean {
    for (let done = 0; done < count; ) {
      const at = this.#vector.headers.address + done * HEADER_BYTES;
      const sent = libc.sendmmsg(fd, at, count - done, MSG_DONTWAIT);
      if (sent <= 0) return false;
      done += sent;
    }
    return true;
  }

  #writeIp(index: number, slot: number, length: number, identification: number, fragment: number): void {
    const { sources, addresses } = this.#slots;
    const at = index * HEADER_WORDS;
    const source = sources[slot]!;
    writeIpHeader(this.#headers.words, at, source, addresses[slot]!, length, identification, fragment);
  }

  #writeUdp(index: number, slot: number, length: number): void {
    const { sourcePorts, ports, slotBytes } = this.#slots;
    const from = (slot * slotBytes) >>> 2;
    const at = index * HEADER_WORDS;
    const sourcePort = sourcePorts[slot]!;
    writeUdpHeader(this.#headers.words, at, sourcePort, ports[slot]!, this.#payload, from, length);
  }

  /** Points a message at its headers, its part of the payload and its station. */
  #point(index: number, slot: number, headerBytes: number, from: number, length: number): void {
    const vector = this.#vector;
    vector.setBytes(index, this.#headers.address + index * HEADER_WORDS * 4, headerBytes, 0);
    vector.setBytes(index, this.#payloadAddress + slot * this.#slots.slotBytes + from, length, 1);
    const { words } = vector.addresses;
    const { stations } = this.#slots;
    for (let i = 0; i < LINK_ADDRESS_WORDS; i++)
      words[index * LINK_ADDRESS_WORDS + i] = stations[slot * LINK_ADDRESS_WORDS + i]!;
  }
}
