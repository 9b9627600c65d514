/**
 * What waits in sockets when a reload goes over from packet sockets to UDP sockets or back. No query is lost and none is
 * answered twice, while the shards stand still:
 *
 *     entering sockets   deaf, then emptied: the leaving ones have heard all that
 *                        hear                              | for a moment
 *     leaving sockets    deaf                              | both hear
 *     leaving sockets    read until they are empty
 *     entering sockets   read too: what both have heard is thrown away, the rest are queries
 */

import { G } from '../../engine/figures/statistics.ts';
import type { ServerSocket } from '../../engine/query.ts';
import { LINK_ADDRESS_WORDS } from '../../io/link-address.ts';
import { DatagramReceiver } from '../../io/mmsg.ts';
import { type Channel, channelsOf } from '../../shard/dhcp4/channel.ts';
import { FrameBatch } from '../../shard/dhcp4/frame-batch.ts';
import type { HandedQuery } from '../../shard/dhcp4/handed-query.ts';
import { BATCH_MAX, INPUT_HEADROOM, INPUT_STRIDE } from '../../wasm/layout.ts';

/** Octets of queries that are handed over at most: what two sockets with ordinary queries hold. */
export const HANDED_BYTES_MAX = 32 << 20;
/** Batches read from an entering socket: far more than both can hear in the moment in which both hear. */
const ENTERING_BATCHES_MAX = 8;

const NOTHING = new Uint8Array(0);
const NO_STATION = new Uint32Array(LINK_ADDRESS_WORDS);

/** All sockets of one type. */
export interface SocketSide {
  /** Those of each shard; a descriptor that shards share is read once. */
  readonly lists: readonly (readonly ServerSocket[])[];
  deafen(): void;
  hear(): void;
}

/**
 * Pre: no shard runs.
 * @returns the queries in the order in which they came to each socket, for the first shard
 * @throws an Error that says why not; sockets may be deaf then
 */
export function handOver(
  leaving: SocketSide,
  entering: SocketSide,
  bytesMax = HANDED_BYTES_MAX,
): HandedQuery[] {
  const from = leaving.lists.flatMap(channelsOf);
  const to = entering.lists.flatMap(channelsOf);
  const taker = new Taker(entering.lists[0] ?? [], bytesMax);
  try {
    entering.deafen();
    for (const channel of to) taker.throwAway(channel);
  } finally {
    entering.hear();
  }
  leaving.deafen();
  for (const channel of from) taker.takeAll(channel);
  for (const channel of to) taker.takeOthers(channel);
  return taker.handed;
}

class Taker {
  readonly handed: HandedQuery[] = [];
  readonly #sockets: readonly ServerSocket[];
  readonly #memory = new Uint8Array(INPUT_HEADROOM + BATCH_MAX * INPUT_STRIDE);
  readonly #datagrams = new DatagramReceiver(this.#memory.buffer, INPUT_HEADROOM, INPUT_STRIDE, BATCH_MAX);
  readonly #frames = new FrameBatch(this.#memory.buffer, INPUT_HEADROOM);
  /** How many there are of each query that the leaving sockets have heard. */
  readonly #heard = new Map<string, number>();
  #bytesLeft: number;

  /** @param sockets by which the queries are answered */
  constructor(sockets: readonly ServerSocket[], bytesMax: number) {
    this.#sockets = sockets;
    this.#bytesLeft = bytesMax;
  }

  /** Pre: the socket is deaf. */
  throwAway(channel: Channel): void {
    while (this.#receive(channel) > 0);
  }

  /** Pre: the socket is deaf. */
  takeAll(channel: Channel): void {
    for (let count = this.#receive(channel); count > 0; count = this.#receive(channel))
      for (let i = 0; i < count; i++) {
        const query = this.#read(channel, i);
        const key = keyOf(query);
        this.#heard.set(key, (this.#heard.get(key) ?? 0) + 1);
        this.handed.push(query);
      }
  }

  /** Takes what the leaving sockets have not heard. */
  takeOthers(channel: Channel): void {
    for (let batch = 0; batch < ENTERING_BATCHES_MAX; batch++) {
      const count = this.#receive(channel);
      for (let i = 0; i < count; i++) this.#takeOther(this.#read(channel, i));
      if (count < BATCH_MAX) return;
    }
  }

  #takeOther(query: HandedQuery): void {
    const key = keyOf(query);
    const heard = this.#heard.get(key) ?? 0;
    if (heard === 0) this.handed.push(query);
    else this.#heard.set(key, heard - 1);
  }

  #receive({ fd, isRaw }: Channel): number {
    return isRaw ? this.#frames.receive(fd) : this.#datagrams.receive(fd);
  }

  #read(channel: Channel, i: number): HandedQuery {
    return channel.isRaw ? this.#readFrame(channel, i) : this.#readDatagram(channel, i);
  }

  #readDatagram({ socket }: Channel, i: number): HandedQuery {
    const datagrams = this.#datagrams;
    const sourceAddress = datagrams.sourceAddress(i);
    return this.#query(i, datagrams.length(i), socket, {
      sourceAddress,
      sourcePort: datagrams.sourcePort(i),
      station: NO_STATION,
    });
  }

  #readFrame(channel: Channel, i: number): HandedQuery {
    const frames = this.#frames;
    const cell = frames.take(channel, i);
    if (cell !== 0 || frames.socket === null) return fault(cell, channel.socket);
    const { sourceAddress, sourcePort, stations } = frames;
    const station = stations.slice(i * LINK_ADDRESS_WORDS, (i + 1) * LINK_ADDRESS_WORDS);
    return this.#query(i, frames.payloadLength, frames.socket, { sourceAddress, sourcePort, station });
  }

  #query(
    i: number,
    length: number,
    was: ServerSocket,
    sender: Pick<HandedQuery, 'sourceAddress' | 'sourcePort' | 'station'>,
  ): HandedQuery {
    const socket = this.#socketFor(was);
    const at = INPUT_HEADROOM + i * INPUT_STRIDE;
    const payload = this.#memory.slice(at, at + Math.min(length, INPUT_STRIDE));
    if (socket === null || payload.length > this.#bytesLeft) return fault(G['tandem-drop-socket-gone'], was);
    this.#bytesLeft -= payload.length;
    return { payload, length, cell: 0, socket, ...sender };
  }

  /** The socket that stands for the one that a query came to; null when the address is not served any more. */
  #socketFor(was: ServerSocket): ServerSocket | null {
    const isSame = (each: ServerSocket): boolean =>
      each.address === was.address &&
      each.broadcast === was.broadcast &&
      each.interfaceName === was.interfaceName;
    const found = this.#sockets.find(isSame) ?? null;
    if (found === null || found.raw === null || was.raw !== null) return found;
    // It was no frame: which station it came from is not known, and it is answered by the socket that holds the port.
    const { shadowFd } = found.raw;
    return { ...found, fd: shadowFd, replyFd: shadowFd, broadcastFd: shadowFd, raw: null };
  }
}

function fault(cell: number, socket: ServerSocket): HandedQuery {
  return {
    payload: NOTHING,
    length: 0,
    cell,
    socket,
    sourceAddress: 0,
    sourcePort: 0,
    station: NO_STATION,
  };
}

function keyOf({ payload, sourceAddress, sourcePort }: HandedQuery): string {
  return `${sourceAddress}:${sourcePort}:${Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('latin1')}`;
}
