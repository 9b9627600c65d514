/** A batch of frames from a packet socket, each with its payload where a datagram would lie. */

import { G } from '../../engine/figures/statistics.ts';
import type { ServerSocket } from '../../engine/query.ts';
import { ARRIVAL_SPACE } from '../../io/arrivals.ts';
import { FRAME_HEADER_BYTES, FrameFault, FrameReader } from '../../io/frame-reader.ts';
import { isForOtherHost, LINK_ADDRESS_BYTES, LINK_ADDRESS_WORDS } from '../../io/link-address.ts';
import { DatagramReceiver } from '../../io/mmsg.ts';
import { BATCH_MAX, INPUT_STRIDE } from '../../wasm/layout.ts';
import type { Channel } from './channel.ts';

const FRAME_FAULT_CELL: Readonly<Record<number, number>> = {
  [FrameFault.tooShort]: G['tandem-drop-frame-too-short'],
  [FrameFault.ipHeader]: G['tandem-drop-frame-ip-header'],
  [FrameFault.fragment]: G['tandem-drop-frame-fragment'],
  [FrameFault.udpLength]: G['tandem-drop-frame-udp-length'],
  [FrameFault.tooLong]: G['tandem-drop-too-long'],
};

export class FrameBatch {
  readonly #frames: DatagramReceiver;
  readonly #reader: FrameReader;
  readonly #offset: number;
  /** The one that the last frame taken was meant for, unless it was none for us. */
  socket: ServerSocket | null = null;

  /**
   * @param memory with BATCH_MAX slots of INPUT_STRIDE octets
   * @param offset of the first slot, a multiple of 4: the headers of a frame lie before its slot, so its end is missing
   * that much
   * @param takesArrivals see `arrivalUs`
   */
  constructor(memory: ArrayBuffer, offset: number, takesArrivals = false) {
    this.#offset = offset - FRAME_HEADER_BYTES;
    this.#frames = new DatagramReceiver(
      memory,
      this.#offset,
      INPUT_STRIDE,
      BATCH_MAX,
      LINK_ADDRESS_BYTES,
      takesArrivals ? ARRIVAL_SPACE : 0,
    );
    this.#reader = new FrameReader(memory);
  }

  /** Takes what waits in a packet socket; never blocks. @returns how many, at most BATCH_MAX */
  receive(fd: number): number {
    return this.#frames.receive(fd);
  }

  /** LINK_ADDRESS_WORDS for each frame: the stations that sent them. */
  get stations(): Uint32Array {
    return this.#frames.addresses;
  }

  /** When frame i was received, microseconds since 1970; 0 = the kernel has not said, or was not asked. */
  arrivalUs(i: number): number {
    return this.#frames.arrivalUs(i);
  }

  // Of the last frame taken, when it may be a query.

  get payloadLength(): number {
    return this.#reader.payloadLength;
  }

  get sourceAddress(): number {
    return this.#reader.sourceAddress;
  }

  get sourcePort(): number {
    return this.#reader.sourcePort;
  }

  /**
   * Reads frame `i` of the batch that `channel` gave; its payload is in its slot then.
   * @returns the statistics cell of the reason why it is no query, or 0
   */
  take(channel: Channel, i: number): number {
    this.socket = null;
    if (isForOtherHost(this.#frames.addresses, i * LINK_ADDRESS_WORDS))
      return G['tandem-drop-frame-other-host'];
    const reader = this.#reader;
    const at = this.#offset + i * INPUT_STRIDE;
    const fault = reader.read(at, this.#frames.length(i), INPUT_STRIDE);
    if (fault !== 0) return FRAME_FAULT_CELL[fault]!;
    this.socket = channel.socketFor(reader.destinationAddress);
    if (this.socket === null) return G['tandem-drop-socket-gone'];
    reader.movePayload(at + FRAME_HEADER_BYTES);
    return 0;
  }
}
