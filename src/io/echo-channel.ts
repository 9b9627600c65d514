/**
 * Sends ICMP echo requests and reads what answers them. RFC 792
 *
 *     echo message   u8 type | u8 code | u16 checksum | u16 identifier | u16 sequence | 8 octets
 *
 * A raw socket hands out the IPv4 header with each message.
 */

import type { EchoSocket } from './icmp-socket.ts';
import { DatagramReceiver, DatagramSender } from './mmsg.ts';

/** What a message says of the address that was asked. */
export const Echo = { nothing: 0, answered: 1, unreachable: 2 } as const;

const ECHO_REPLY = 0;
const UNREACHABLE = 3;
const ECHO_REQUEST = 8;
const IPPROTO_ICMP = 1;
const IP_HEADER_BYTES = 20;
const ICMP_HEADER_BYTES = 8;
const MESSAGE_BYTES = 16;
const BATCH = 32;
const STRIDE = 128;

export class EchoChannel {
  readonly #socket: EchoSocket;
  readonly #sender = new DatagramSender(1, MESSAGE_BYTES, 1);
  readonly #memory = new ArrayBuffer(BATCH * STRIDE);
  readonly #bytes = new Uint8Array(this.#memory);
  readonly #receiver = new DatagramReceiver(this.#memory, 0, STRIDE, BATCH);
  /** The address and the sequence number that the message read last is about. */
  address = 0;
  sequence = 0;

  constructor(socket: EchoSocket) {
    this.#socket = socket;
  }

  /** Sends a request. @param sequence u16 @returns false when the kernel refused: no route, a broadcast address, no room */
  send(address: number, sequence: number): boolean {
    const { bytes } = this.#sender;
    bytes[0] = ECHO_REQUEST;
    putHalf(bytes, 2, 0);
    putHalf(bytes, 4, this.#socket.identifier);
    putHalf(bytes, 6, sequence);
    putHalf(bytes, 2, checksum(bytes));
    this.#sender.queue(0, MESSAGE_BYTES, address, 0, this.#socket.fd);
    return this.#sender.flush() === 1;
  }

  /** Takes what has arrived, a bounded number of messages. @returns how many */
  receive(): number {
    return this.#receiver.receive(this.#socket.fd);
  }

  /** Reads message i of the last `receive` into `address` and `sequence`. @returns an `Echo` */
  read(i: number): number {
    const bytes = this.#bytes;
    const start = i * STRIDE;
    const end = start + Math.min(this.#receiver.length(i), STRIDE);
    const icmp = start + (bytes[start]! & 15) * 4;
    if (icmp < start + IP_HEADER_BYTES || icmp + ICMP_HEADER_BYTES > end) return Echo.nothing;
    if (bytes[icmp] === ECHO_REPLY) {
      this.address = word(bytes, start + 12);
      return this.#isOwn(icmp) ? Echo.answered : Echo.nothing;
    }
    if (bytes[icmp] !== UNREACHABLE) return Echo.nothing;
    const inner = icmp + ICMP_HEADER_BYTES;
    const request = inner + IP_HEADER_BYTES;
    if (request + ICMP_HEADER_BYTES > end || bytes[inner] !== 0x45) return Echo.nothing;
    if (bytes[inner + 9] !== IPPROTO_ICMP || bytes[request] !== ECHO_REQUEST) return Echo.nothing;
    this.address = word(bytes, inner + 16);
    return this.#isOwn(request) ? Echo.unreachable : Echo.nothing;
  }

  #isOwn(icmp: number): boolean {
    this.sequence = half(this.#bytes, icmp + 6);
    return half(this.#bytes, icmp + 4) === this.#socket.identifier;
  }
}

/** [RFC1071] */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < MESSAGE_BYTES; at += 2) sum += half(bytes, at);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~(sum + (sum >>> 16)) & 0xffff;
}

function half(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function word(bytes: Uint8Array, at: number): number {
  return ((half(bytes, at) << 16) | half(bytes, at + 2)) >>> 0;
}

function putHalf(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value & 255;
}
