/**
 * What a shard receives: a batch from one channel, as datagrams or as frames, with its payloads in the slots of the WASM
 * memory either way, classified there.
 */
import { DESCRIPTOR_WORDS, Field, Malformed } from '../dhcp4/descriptor.ts';
import type { Query, ServerSocket } from '../engine/query.ts';
import { G } from '../engine/statistics.ts';
import { FRAME_HEADER_BYTES, FrameFault, FrameReader } from '../io/frame-reader.ts';
import { isForOtherHost, LINK_ADDRESS_BYTES, LINK_ADDRESS_WORDS } from '../io/link-address.ts';
import { DatagramReceiver } from '../io/mmsg.ts';
import { BATCH_MAX, INPUT_OFFSET, INPUT_STRIDE } from '../wasm/layout.ts';
import { Classifier } from '../wasm/module.ts';
import type { Channel } from './channel.ts';

const MALFORMED_CELL: Readonly<Record<number, number>> = {
  [Malformed.tooShort]: G['tandem-drop-too-short'],
  [Malformed.tooLong]: G['tandem-drop-too-long'],
  [Malformed.notAQuery]: G['tandem-drop-not-a-query'],
  [Malformed.badHardwareLength]: G['tandem-drop-bad-hardware-length'],
  [Malformed.noMagicCookie]: G['tandem-drop-no-magic-cookie'],
  [Malformed.optionLength]: G['tandem-drop-option-length'],
  [Malformed.noMessageType]: G['tandem-drop-no-message-type'],
  [Malformed.noClient]: G['tandem-drop-no-client'],
};

const FRAME_FAULT_CELL: Readonly<Record<number, number>> = {
  [FrameFault.tooShort]: G['tandem-drop-frame-too-short'],
  [FrameFault.ipHeader]: G['tandem-drop-frame-ip-header'],
  [FrameFault.fragment]: G['tandem-drop-frame-fragment'],
  [FrameFault.udpLength]: G['tandem-drop-frame-udp-length'],
  [FrameFault.tooLong]: G['tandem-drop-too-long'],
};

/** The headers of a frame lie before its slot, so its end is missing that much. */
const FRAMES_OFFSET = INPUT_OFFSET - FRAME_HEADER_BYTES;

export class Inbox {
  readonly classifier = new Classifier();
  readonly #datagrams: DatagramReceiver;
  readonly #frames: DatagramReceiver;
  readonly #reader: FrameReader;
  /** Takes what nobody wants. */
  readonly #thrownAway = new DatagramReceiver(new ArrayBuffer(BATCH_MAX), 0, 1, BATCH_MAX);
  // By position in the batch.
  readonly #cells = new Int32Array(BATCH_MAX);
  readonly #sources = new Uint32Array(BATCH_MAX);
  readonly #ports = new Uint16Array(BATCH_MAX);
  readonly #lengths = new Uint16Array(BATCH_MAX);
  readonly #sockets: (ServerSocket | null)[] = [];
  readonly #servesBootp: boolean;
  #isRaw = false;

  /** @param servesBootp what has no message type is a query too */
  constructor(servesBootp: boolean) {
    this.#servesBootp = servesBootp;
    const { buffer } = this.classifier.memory;
    this.#datagrams = new DatagramReceiver(buffer, INPUT_OFFSET, INPUT_STRIDE, BATCH_MAX);
    this.#frames = new DatagramReceiver(buffer, FRAMES_OFFSET, INPUT_STRIDE, BATCH_MAX, LINK_ADDRESS_BYTES);
    this.#reader = new FrameReader(buffer);
    for (let i = 0; i < BATCH_MAX; i++) this.#sockets.push(null);
  }

  /** Takes the next batch of a channel; never blocks. @returns how many, at most BATCH_MAX */
  receive(channel: Channel): number {
    this.#isRaw = channel.isRaw;
    return (channel.isRaw ? this.#frames : this.#datagrams).receive(channel.fd);
  }

  /** Writes the descriptors of the `count` that were received last, and who sent them. */
  classify(channel: Channel, count: number): void {
    if (this.#isRaw) this.#takeFrames(channel, count);
    else this.#takeDatagrams(channel.socket, count);
    this.classifier.classify(count);
  }

  /** The statistics cell of the reason why number `index` is no query, 0 = it is one. */
  faultOf(index: number): number {
    if (this.#cells[index] !== 0) return this.#cells[index]!;
    const malformed = this.classifier.words[index * DESCRIPTOR_WORDS + Field.malformed]!;
    if (malformed === Malformed.noMessageType && this.#servesBootp) return 0;
    return malformed === 0 ? 0 : MALFORMED_CELL[malformed]!;
  }

  /** Points `query` at number `index`, which is a query. */
  point(query: Query, index: number): void {
    const offset = INPUT_OFFSET + index * INPUT_STRIDE;
    query.point(index, offset, this.#sockets[index]!, this.#sources[index]!, this.#ports[index]!);
    query.length = this.#lengths[index]!;
    if (this.#servesBootp && query.field(Field.messageType) === 0) query.becomeBootp();
    if (!this.#isRaw) return;
    const { addresses } = this.#frames;
    const at = index * LINK_ADDRESS_WORDS;
    for (let i = 0; i < LINK_ADDRESS_WORDS; i++) query.station[i] = addresses[at + i]!;
  }

  #takeDatagrams(socket: ServerSocket, count: number): void {
    const datagrams = this.#datagrams;
    for (let i = 0; i < count; i++) {
      this.#lengths[i] = datagrams.length(i);
      this.classifier.setLength(i, datagrams.length(i));
      this.#cells[i] = 0;
      this.#sources[i] = datagrams.sourceAddress(i);
      this.#ports[i] = datagrams.sourcePort(i);
      this.#sockets[i] = socket;
    }
  }

  #takeFrames(channel: Channel, count: number): void {
    let shadow: ServerSocket | null = null;
    for (let i = 0; i < count; i++) {
      const cell = this.#takeFrame(channel, i);
      this.#cells[i] = cell;
      const socket = this.#sockets[i]!;
      const length = cell === 0 ? this.#reader.payloadLength : 0;
      this.#lengths[i] = length;
      this.classifier.setLength(i, length);
      if (cell === 0 && !socket.broadcast) shadow = socket;
    }
    if (shadow !== null) this.#empty(shadow.raw!.shadowFd);
  }

  /** @returns the cell of the reason why frame `i` is no query, or 0 */
  #takeFrame(channel: Channel, i: number): number {
    if (isForOtherHost(this.#frames.addresses, i * LINK_ADDRESS_WORDS))
      return G['tandem-drop-frame-other-host'];
    const reader = this.#reader;
    const at = FRAMES_OFFSET + i * INPUT_STRIDE;
    const fault = reader.read(at, this.#frames.length(i), INPUT_STRIDE);
    if (fault !== 0) return FRAME_FAULT_CELL[fault]!;
    const socket = channel.socketFor(reader.destinationAddress);
    if (socket === null) return G['tandem-drop-socket-gone'];
    reader.movePayload(at + FRAME_HEADER_BYTES);
    this.#sources[i] = reader.sourceAddress;
    this.#ports[i] = reader.sourcePort;
    this.#sockets[i] = socket;
    return 0;
  }

  /** A unicast query is heard twice: by the packet socket, and by the UDP socket that holds its port. */
  #empty(fd: number): void {
    for (let batch = 0; batch < BATCH_MAX; batch++) if (this.#thrownAway.receive(fd) < BATCH_MAX) return;
  }
}
