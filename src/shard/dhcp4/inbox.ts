/**
 * What a shard receives: a batch from one channel, as datagrams or as frames, or what main has read in its place, with its
 * payloads in the slots of the WASM memory in any case, classified there.
 */
import { DESCRIPTOR_WORDS, Field, Malformed } from '../../dhcp4/descriptor.ts';
import { G } from '../../engine/figures/statistics.ts';
import type { Query, ServerSocket } from '../../engine/query.ts';
import { ARRIVAL_SPACE } from '../../io/arrivals.ts';
import { discardDatagrams } from '../../io/discard.ts';
import { LINK_ADDRESS_WORDS } from '../../io/link-address.ts';
import { DatagramReceiver } from '../../io/mmsg.ts';
import { SOCKADDR_IN_BYTES } from '../../io/sockaddr.ts';
import { BATCH_MAX, INPUT_OFFSET, INPUT_STRIDE } from '../../wasm/layout.ts';
import { Classifier } from '../../wasm/module.ts';
import type { Channel } from './channel.ts';
import { FrameBatch } from './frame-batch.ts';
import type { HandedQuery } from './handed-query.ts';

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

export class Inbox {
  readonly classifier = new Classifier();
  readonly #datagrams: DatagramReceiver;
  readonly #frames: FrameBatch;
  // By position in the batch.
  readonly #cells = new Int32Array(BATCH_MAX);
  readonly #sources = new Uint32Array(BATCH_MAX);
  readonly #ports = new Uint16Array(BATCH_MAX);
  readonly #lengths = new Uint16Array(BATCH_MAX);
  readonly #sockets: (ServerSocket | null)[] = [];
  readonly #servesBootp: boolean;
  /** LINK_ADDRESS_WORDS for each of the batch, or null where stations are not known. */
  #stations: Uint32Array | null = null;
  readonly #handedStations = new Uint32Array(BATCH_MAX * LINK_ADDRESS_WORDS);
  /** Where the batch came from; null = from main. */
  #channel: Channel | null = null;

  /** @param servesBootp what has no message type is a query too; @param takesArrivals see `arrivalUs` */
  constructor(servesBootp: boolean, takesArrivals: boolean) {
    this.#servesBootp = servesBootp;
    const { buffer } = this.classifier.memory;
    this.#datagrams = new DatagramReceiver(
      buffer,
      INPUT_OFFSET,
      INPUT_STRIDE,
      BATCH_MAX,
      SOCKADDR_IN_BYTES,
      takesArrivals ? ARRIVAL_SPACE : 0,
    );
    this.#frames = new FrameBatch(buffer, INPUT_OFFSET, takesArrivals);
    for (let i = 0; i < BATCH_MAX; i++) this.#sockets.push(null);
  }

  /** Takes the next batch of a channel; never blocks. @returns how many, at most BATCH_MAX */
  receive(channel: Channel): number {
    this.#channel = channel;
    this.#stations = channel.isRaw ? this.#frames.stations : null;
    return channel.isRaw ? this.#frames.receive(channel.fd) : this.#datagrams.receive(channel.fd);
  }

  /** Takes the next batch of what main has read, out of the list. @returns how many, at most BATCH_MAX */
  takeHanded(handed: HandedQuery[]): number {
    this.#channel = null;
    this.#stations = this.#handedStations;
    const taken = handed.splice(0, BATCH_MAX);
    for (let i = 0; i < taken.length; i++) {
      const query = taken[i]!;
      this.classifier.bytes.set(query.payload, INPUT_OFFSET + i * INPUT_STRIDE);
      this.#handedStations.set(query.station, i * LINK_ADDRESS_WORDS);
      this.#note(i, query.cell, query.length, query.sourceAddress, query.sourcePort, query.socket);
    }
    return taken.length;
  }

  /** When number `index` of the batch was received, microseconds since 1970; 0 = the kernel has not said, or was not asked. */
  arrivalUs(index: number): number {
    if (this.#channel === null) return 0;
    return this.#channel.isRaw ? this.#frames.arrivalUs(index) : this.#datagrams.arrivalUs(index);
  }

  /** Writes the descriptors of the `count` that were taken last, and who sent them. */
  classify(count: number): void {
    const channel = this.#channel;
    if (channel?.isRaw === true) this.#takeFrames(channel, count);
    else if (channel !== null) this.#takeDatagrams(channel.socket, count);
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
    const stations = this.#stations;
    if (stations === null) return;
    const at = index * LINK_ADDRESS_WORDS;
    for (let i = 0; i < LINK_ADDRESS_WORDS; i++) query.station[i] = stations[at + i]!;
  }

  #takeDatagrams(socket: ServerSocket, count: number): void {
    const datagrams = this.#datagrams;
    for (let i = 0; i < count; i++)
      this.#note(i, 0, datagrams.length(i), datagrams.sourceAddress(i), datagrams.sourcePort(i), socket);
  }

  #takeFrames(channel: Channel, count: number): void {
    const frames = this.#frames;
    let shadow: ServerSocket | null = null;
    for (let i = 0; i < count; i++) {
      const cell = frames.take(channel, i);
      const { socket } = frames;
      if (cell !== 0 || socket === null) {
        this.#note(i, cell, 0, 0, 0, channel.socket);
        continue;
      }
      this.#note(i, 0, frames.payloadLength, frames.sourceAddress, frames.sourcePort, socket);
      if (!socket.broadcast) shadow = socket;
    }
    // A unicast query is heard twice: by the packet socket, and by the UDP socket that holds its port.
    if (shadow !== null) discardDatagrams(shadow.raw!.shadowFd);
  }

  #note(
    i: number,
    cell: number,
    length: number,
    sourceAddress: number,
    sourcePort: number,
    socket: ServerSocket,
  ): void {
    this.#cells[i] = cell;
    this.#lengths[i] = length;
    this.classifier.setLength(i, length);
    this.#sources[i] = sourceAddress;
    this.#ports[i] = sourcePort;
    this.#sockets[i] = socket;
  }
}
