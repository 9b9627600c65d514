/**
 * Bursts of datagrams over IPv6: the receiver and the queue of mmsg.ts with socket addresses of this family, and with what
 * the kernel says of each datagram on top: the address that it was sent to and the interface that it came in by.
 *
 *     struct in6_pktinfo   16 octets of address | i32 index of the interface        [RFC3542 6]
 */
import { assert } from '../base/assert.ts';
import { IPV6_BYTES, IPV6_WORDS } from '../base/ipv6.ts';
import { ARRIVAL_SPACE } from './arrivals.ts';
import { type ControlData, controlSpace } from './control-data.ts';
import { JoinedVector } from './joined-vector.ts';
import { Joining } from './joining.ts';
import { MessageVector } from './message-vector.ts';
import { DatagramReceiver } from './mmsg.ts';
import { addressOf } from './pinned.ts';
import { SendQueue } from './send-queue.ts';
import { readPort } from './sockaddr.ts';
import {
  loadAddress6,
  readAddress6,
  readScope,
  SOCKADDR_IN6_BYTES,
  SOCKADDR_IN6_WORDS,
  writeSockaddrIn6,
} from './sockaddr6.ts';

const IPPROTO_IPV6 = 41;
const IPV6_PKTINFO = 50;
const PACKET_INFO_BYTES = IPV6_BYTES + 4;
const PACKET_INFO_SPACE = controlSpace(PACKET_INFO_BYTES);

/**
 * Receives from sockets of `openUdp6Socket`. What it says is valid until the next `burst.receive`.
 *
 *     const count = receiver.burst.receive(fd);
 *     for (let i = 0; i < count; i++) receiver.readSource(i, source, 0); receiver.burst.length(i) ...
 */
export class Datagram6Receiver {
  /** Receives; says how long each datagram is and when it arrived. */
  readonly burst: DatagramReceiver;
  readonly #addresses: Uint32Array;
  readonly #control: ControlData;

  /** For the parameters see `DatagramReceiver`. */
  constructor(memory: ArrayBuffer, offset: number, stride: number, slots: number) {
    // Without room for a stamp, one that a socket gives would stand where the destination has its place.
    const controlBytes = PACKET_INFO_SPACE + ARRIVAL_SPACE;
    this.burst = new DatagramReceiver(memory, offset, stride, slots, SOCKADDR_IN6_BYTES, controlBytes);
    this.#addresses = this.burst.addresses;
    this.#control = this.burst.control!;
  }

  /** Copies the address that datagram i came from to `bytes[to]`. */
  readSource(i: number, bytes: Uint8Array, to: number): void {
    readAddress6(this.#addresses, this.#at(i), bytes, to);
  }

  sourcePort(i: number): number {
    return readPort(this.#addresses, this.#at(i));
  }

  /** The interface on whose link the source is meant, to be told to whoever answers it; 0 = the source is no link-local one. */
  sourceScope(i: number): number {
    return readScope(this.#addresses, this.#at(i));
  }

  /** Copies the address that datagram i was sent to, a group perhaps, to `bytes[to]`; `::` where the kernel has not said. */
  readDestination(i: number, bytes: Uint8Array, to: number): void {
    const at = this.#packetInfo(i);
    if (at < 0) for (let octet = 0; octet < IPV6_BYTES; octet++) bytes[to + octet] = 0;
    else loadAddress6(this.#control.words, at, bytes, to);
  }

  /** Index of the interface that datagram i came in by; 0 = the kernel has not said. */
  interfaceIndex(i: number): number {
    const at = this.#packetInfo(i);
    return at < 0 ? 0 : this.#control.words[at + IPV6_WORDS]!;
  }

  #at(i: number): number {
    assert(i >= 0 && i < this.burst.count, 'the datagram was received');
    return i * SOCKADDR_IN6_WORDS;
  }

  #packetInfo(i: number): number {
    assert(i >= 0 && i < this.burst.count, 'the datagram was received');
    return this.#control.find(i, IPPROTO_IPV6, IPV6_PKTINFO, PACKET_INFO_BYTES);
  }
}

/**
 * Sends datagrams over IPv6 out of slots, as DatagramSender does over IPv4. A slot's bytes must stay as they are between
 * `queue` and `line.flush`.
 *
 *     sender.queue(slot, length, address, 0, port, scope, fd) ...
 *     sender.line.flush();
 *     for (let i = 0; i < sender.line.flushed; i++) free(sender.line.queuedSlot(i), sender.line.wasSent(i));
 */
export class Datagram6Sender {
  /** What waits, what was sent, and what was refused. */
  readonly line: SendQueue;
  /** Neighbours of one destination leave as one message by the sockets that it allows; none at first. */
  readonly joining: Joining;
  /** The slots: slot s starts at `s * slotBytes`. */
  readonly bytes: Uint8Array;
  readonly #vector: MessageVector;
  readonly #slotBytes: number;
  readonly #slotsAddress: number;
  // By position in the queue: one slot may go to several places.
  readonly #length: Int32Array;
  readonly #destination: Uint32Array;

  /**
   * @param slots how many datagrams may be queued at once
   * @param slotBytes the longest datagram
   * @param batch datagrams a system call, 1..1024
   */
  constructor(slots: number, slotBytes: number, batch: number) {
    assert(slots > 0 && slotBytes > 0, 'slots to send from');
    this.#vector = new MessageVector(batch, SOCKADDR_IN6_BYTES);
    this.joining = new Joining(new JoinedVector(this.#vector, batch));
    const load = (index: number, slot: number, position: number): void => this.#load(index, slot, position);
    this.line = new SendQueue(this.#vector, slots, batch, load, this.joining);
    this.#slotBytes = slotBytes;
    this.bytes = new Uint8Array(new ArrayBuffer(slots * slotBytes));
    this.#slotsAddress = addressOf(this.bytes);
    this.#length = new Int32Array(slots);
    this.#destination = new Uint32Array(slots * SOCKADDR_IN6_WORDS);
  }

  /**
   * Puts the first `length` bytes of a slot in line. Ends the validity of what the last `line.flush` said.
   * @param address holds the destination at `address[addressAt]`
   * @param scope index of the interface when the destination is link-local, else 0
   */
  queue(
    slot: number,
    length: number,
    address: Uint8Array,
    addressAt: number,
    port: number,
    scope: number,
    fd: number,
  ): void {
    assert(length >= 0 && length <= this.#slotBytes, 'the datagram fits its slot');
    const position = this.line.add(slot, fd);
    this.#length[position] = length;
    writeSockaddrIn6(this.#destination, position * SOCKADDR_IN6_WORDS, address, addressAt, port, scope);
  }

  #load(index: number, slot: number, position: number): void {
    this.#vector.setBytes(index, this.#slotsAddress + slot * this.#slotBytes, this.#length[position]!);
    const { words } = this.#vector.addresses;
    const to = index * SOCKADDR_IN6_WORDS;
    const from = position * SOCKADDR_IN6_WORDS;
    for (let i = 0; i < SOCKADDR_IN6_WORDS; i++) words[to + i] = this.#destination[from + i]!;
  }
}
