/**
 * The IPv4 and UDP headers of frames, as packet sockets hand them over: behind the link header, before the kernel has
 * looked at them. What the kernel would refuse is refused here, but for the checksums, which are not looked at: cards and
 * virtual links leave them to be filled in later. Nor does Kea look at them.
 */
import { swap16, swap32 } from '../base/byte-order.ts';

/** Octets before the payload when the IPv4 header has no options. */
export const FRAME_HEADER_BYTES = 28;

const IP_HEADER_BYTES = 20;
const UDP_HEADER_BYTES = 8;
/** Fragment offset, and that more fragments follow; as 16 bits in network order. */
const FRAGMENT_BITS = 0x3fff;

/** Why a frame is no query. 0 = it may be one. */
export const FrameFault = {
  /** It ends within its headers. */
  tooShort: 1,
  /** Another version than 4, a header shorter than 20 octets, or a total length that the frame or the headers contradict. */
  ipHeader: 2,
  /** The first part of a datagram; the later ones have no port by which the filter would take them. */
  fragment: 3,
  /** A UDP length below 8, or beyond the end of the IPv4 datagram. */
  udpLength: 4,
  /** More than a slot holds. */
  tooLong: 5,
} as const;

/** Reads one frame after the other; what it says is valid until the next `read`. */
export class FrameReader {
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  /** Of the payload, in the memory. */
  payload = 0;
  payloadLength = 0;
  sourceAddress = 0;
  sourcePort = 0;
  destinationAddress = 0;

  /** @param memory the frames lie in */
  constructor(memory: ArrayBuffer) {
    this.#bytes = new Uint8Array(memory);
    this.#words = new Uint32Array(memory);
  }

  /**
   * @param at where the IPv4 header starts, a multiple of 4
   * @param length octets of the frame as sent
   * @param stride octets of it that are in the memory at most
   * @returns 0, or a `FrameFault`
   */
  read(at: number, length: number, stride: number): number {
    if (length < FRAME_HEADER_BYTES) return FrameFault.tooShort;
    const words = this.#words;
    const word = at >>> 2;
    const first = words[word]!;
    const headerLength = (first & 0x0f) << 2;
    const totalLength = swap16(first >>> 16);
    if (
      (first & 0xf0) !== 0x40 ||
      headerLength < IP_HEADER_BYTES ||
      totalLength < headerLength + UDP_HEADER_BYTES ||
      totalLength > length
    )
      return FrameFault.ipHeader;
    if ((swap16(words[word + 1]! >>> 16) & FRAGMENT_BITS) !== 0) return FrameFault.fragment;
    const udp = word + (headerLength >>> 2);
    const udpLength = swap16(words[udp + 1]! & 0xffff);
    if (udpLength < UDP_HEADER_BYTES || udpLength > totalLength - headerLength) return FrameFault.udpLength;
    if (headerLength + udpLength > stride) return FrameFault.tooLong;
    this.payload = at + headerLength + UDP_HEADER_BYTES;
    // Behind it there may be padding, which is not the client's.
    this.payloadLength = udpLength - UDP_HEADER_BYTES;
    this.sourceAddress = swap32(words[word + 3]!);
    this.destinationAddress = swap32(words[word + 4]!);
    this.sourcePort = swap16(words[udp]! & 0xffff);
    return 0;
  }

  /** Moves the payload to `to`, behind the place of a header without options: only a header with some needs it. */
  movePayload(to: number): void {
    if (this.payload !== to) this.#bytes.copyWithin(to, this.payload, this.payload + this.payloadLength);
  }
}
