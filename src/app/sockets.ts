/**
 * The server's sockets. Main opens them before anything else, so that a port in use stops the start, and keeps them open
 * over reloads: while no shard reads, queries wait in the socket buffers.
 *
 * Each interface address has one socket a shard, on one port (SO_REUSEPORT); the kernel steers a client to one of them by
 * its hardware address. Each interface that can broadcast has one more, which hears clients without a relay.
 */
import { formatIpv4 } from '../base/ipv4.ts';
import type { InterfaceConfig } from '../config/model.ts';
import type { ServerSocket } from '../engine/query.ts';
import { type Ipv4Interface, resolveInterfaces } from '../io/interfaces.ts';
import { attachClientSteering, closeFd, openUdpSocket } from '../io/udp.ts';
import type { Log } from '../log/logger.ts';

const BROADCAST = 0xffffffff;
/** Queries that arrive while a reload stops the shards for a moment: at 50,000 a second, 300 octets each, half a second. */
const RECEIVE_BUFFER_BYTES = 8 << 20;

export interface SocketOptions {
  readonly interfaces: readonly InterfaceConfig[];
  /** UDP port, 67 by default. */
  readonly port: number;
  readonly shards: number;
}

export class ServerSockets {
  /** The sockets of each shard. */
  readonly shards: readonly (readonly ServerSocket[])[];
  readonly #fds: readonly number[];

  private constructor(shards: readonly (readonly ServerSocket[])[], fds: readonly number[]) {
    this.shards = shards;
    this.#fds = fds;
  }

  /**
   * Opens every socket, or none.
   * @throws an Error that names the interface, address and port, and what to do
   */
  static open(options: SocketOptions, log: Log): ServerSockets {
    const fds: number[] = [];
    const shards: ServerSocket[][] = Array.from({ length: options.shards }, () => []);
    try {
      for (const entry of resolveInterfaces(options.interfaces))
        openInterface(entry, options, shards, fds, log);
    } catch (error) {
      for (const fd of fds) closeFd(fd);
      throw error;
    }
    return new ServerSockets(shards, fds);
  }

  close(): void {
    for (const fd of this.#fds) closeFd(fd);
  }
}

function openInterface(
  entry: Ipv4Interface,
  options: SocketOptions,
  shards: ServerSocket[][],
  fds: number[],
  log: Log,
): void {
  const { address, name } = entry;
  const unicast = openGroup(address, options);
  fds.push(...unicast);
  const broadcast = entry.broadcast && !entry.loopback ? openBroadcast(entry, options.port, log) : null;
  if (broadcast !== null) fds.push(broadcast);
  unicast.forEach((fd, shard) => {
    const common = { address, interfaceName: name, replyFd: fd, broadcastFd: broadcast ?? fd };
    shards[shard]!.push({ ...common, fd, broadcast: false });
    // The kernel gives a broadcast to every socket that is bound for it: one shard only may read it.
    if (shard === 0 && broadcast !== null) shards[0]!.push({ ...common, fd: broadcast, broadcast: true });
  });
  log('TDM_ENGINE_SOCKET_OPEN', {
    interface: name,
    address: formatIpv4(address),
    port: options.port,
    broadcast: broadcast !== null,
  });
}

function openGroup(address: number, { port, shards }: SocketOptions): number[] {
  const base = { address, port, broadcast: true, receiveBufferBytes: RECEIVE_BUFFER_BYTES };
  if (shards === 1) return [openUdpSocket(base)];
  // With SO_REUSEPORT a second server would silently share the port: a plain socket first tells whether it is free.
  closeFd(openUdpSocket(base));
  const fds = Array.from({ length: shards }, () => openUdpSocket({ ...base, reusePort: true }));
  attachClientSteering(fds[0]!, shards);
  return fds;
}

/** A server that cannot hear broadcasts still serves relays: the log says what is missing. */
function openBroadcast(entry: Ipv4Interface, port: number, log: Log): number | null {
  try {
    return openUdpSocket({
      address: BROADCAST,
      port,
      interfaceName: entry.name,
      broadcast: true,
      receiveBufferBytes: RECEIVE_BUFFER_BYTES,
    });
  } catch (error) {
    log('TDM_ENGINE_NO_BROADCAST_SOCKET', { interface: entry.name, reason: (error as Error).message });
    return null;
  }
}
