/**
 * A descriptor that a shard reads: a UDP socket, or the packet socket of an interface, which hears the broadcasts and every
 * address of it.
 */
import type { ServerSocket } from '../../engine/query.ts';

const BROADCAST = 0xffffffff;

export class Channel {
  readonly fd: number;
  readonly isRaw: boolean;
  readonly #sockets: readonly ServerSocket[];

  /** @param sockets of one descriptor, at least one */
  constructor(sockets: readonly ServerSocket[]) {
    const first = sockets[0]!;
    this.fd = first.fd;
    this.isRaw = first.raw !== null;
    this.#sockets = sockets;
  }

  /** Of a UDP socket; of a packet socket the first of its interface. */
  get socket(): ServerSocket {
    return this.#sockets[0]!;
  }

  /** Of a packet socket: the one that a frame was meant for; null when the interface has not that address any more. */
  socketFor(destination: number): ServerSocket | null {
    const sockets = this.#sockets;
    for (let i = 0; i < sockets.length; i++) {
      const socket = sockets[i]!;
      if (socket.broadcast ? destination === BROADCAST : destination === socket.address) return socket;
    }
    return null;
  }
}

/** The channels of a list of sockets, in its order. */
export function channelsOf(sockets: readonly ServerSocket[]): Channel[] {
  const byFd = new Map<number, ServerSocket[]>();
  for (let i = 0; i < sockets.length; i++) {
    const socket = sockets[i]!;
    const known = byFd.get(socket.fd);
    if (known === undefined) byFd.set(socket.fd, [socket]);
    else known.push(socket);
  }
  const channels: Channel[] = [];
  for (const group of byFd.values()) channels.push(new Channel(group));
  return channels;
}
