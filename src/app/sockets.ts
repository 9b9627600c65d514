/**
 * The server's sockets. They are opened and closed one by one as interfaces and configuration change; what both the old
 * and the new plan ask for stays open, with the queries that wait in it.
 *
 * Each address has one socket a shard, on one port (SO_REUSEPORT); the kernel steers a client to one of them by its hardware
 * address. Each interface that can broadcast has one more, which hears clients without a relay. A socket is known by what
 * it means to the kernel: that of an address is tied to no interface and hears the address wherever it is; that for
 * broadcasts is tied to the index of an interface and deaf when the interface was made again.
 */
import { formatIpv4, type Ipv4 } from '../base/ipv4.ts';
import type { ServerSocket } from '../engine/query.ts';
import type { NetworkInterface } from '../io/interfaces.ts';
import { attachClientSteering, closeFd, openUdpSocket } from '../io/udp.ts';
import type { Log } from '../log/logger.ts';
import type { InterfaceFault, InterfacePlan, PlannedAddress } from './interface-plan.ts';

const BROADCAST = 0xffffffff;
/** Queries that arrive while a reload stops the shards for a moment: at 50,000 a second, 300 octets each, half a second. */
const RECEIVE_BUFFER_BYTES = 8 << 20;

export interface SocketOptions {
  /** UDP port, 67 by default. */
  readonly port: number;
  readonly shards: number;
}

export class ServerSockets {
  readonly #options: SocketOptions;
  readonly #log: Log;
  /** By address: a descriptor a shard. */
  readonly #unicast = new Map<Ipv4, readonly number[]>();
  /** By index of the interface. */
  readonly #broadcast = new Map<number, number>();

  constructor(options: SocketOptions, log: Log) {
    this.#options = options;
    this.#log = log;
  }

  /**
   * Opens what the plan asks for and is not open. On an interface that is down no address can be bound; a socket that is
   * open already outlives it.
   * @returns what could not be opened, and why
   */
  open({ addresses }: InterfacePlan): InterfaceFault[] {
    const faults = new Map<string, InterfaceFault>();
    for (const { link, address } of addresses.filter(({ link }) => link.isUp)) {
      const reason = this.#openAddress(link, address) ?? this.#openBroadcast(link);
      if (reason === null) continue;
      const text = `Failed to open socket on interface ${link.name}, reason: ${reason}`;
      faults.set(text, { interfaceName: link.name, reason: text, isMissed: true });
    }
    return [...faults.values()];
  }

  /** The open sockets of the plan as each shard is to have them. */
  lists({ addresses }: InterfacePlan): ServerSocket[][] {
    const shards = Array.from({ length: this.#options.shards }, (): ServerSocket[] => []);
    const open = addresses.filter(({ address }) => this.#unicast.has(address));
    for (const { link, address } of distinctBy(open, (each) => each.address)) {
      const broadcastFd = this.#broadcast.get(link.index);
      this.#unicast.get(address)!.forEach((fd, shard) => {
        const common = { fd, address, interfaceName: link.name, broadcast: false };
        shards[shard]!.push({ ...common, replyFd: fd, broadcastFd: broadcastFd ?? fd });
      });
    }
    // The kernel gives a broadcast to every socket that is bound for it: one shard only may read it. It is answered from
    // the first address of its interface.
    for (const { link, address } of distinctBy(open, (each) => each.link.index)) {
      const fd = this.#broadcast.get(link.index);
      if (fd === undefined) continue;
      const common = { fd, address, interfaceName: link.name, broadcast: true };
      shards[0]!.push({ ...common, replyFd: this.#unicast.get(address)![0]!, broadcastFd: fd });
    }
    return shards;
  }

  /**
   * Closes what the plan does not ask for. Only when no shard works with it any more: its number may be given again.
   * @returns how many were closed
   */
  retain({ addresses }: InterfacePlan): number {
    let closed = 0;
    const kept = new Set(addresses.map(({ address }) => address));
    // A socket that nobody reads would only gather queries for later.
    const read = addresses.filter(({ address }) => this.#unicast.has(address));
    const indexes = new Set(read.map(({ link }) => link.index));
    for (const [address, fds] of this.#unicast) {
      if (kept.has(address)) continue;
      this.#unicast.delete(address);
      closed += fds.length;
      for (const fd of fds) closeFd(fd);
      this.#log('TDM_ENGINE_SOCKET_CLOSED', { address: formatIpv4(address), port: this.#options.port });
    }
    for (const [index, fd] of this.#broadcast) {
      if (indexes.has(index)) continue;
      this.#broadcast.delete(index);
      closed += 1;
      closeFd(fd);
    }
    return closed;
  }

  close(): void {
    for (const fd of [...[...this.#unicast.values()].flat(), ...this.#broadcast.values()]) closeFd(fd);
    this.#unicast.clear();
    this.#broadcast.clear();
  }

  /** @returns why not, or null */
  #openAddress(link: NetworkInterface, address: Ipv4): string | null {
    if (this.#unicast.has(address)) return null;
    try {
      this.#unicast.set(address, openGroup(address, this.#options));
    } catch (error) {
      return (error as Error).message;
    }
    this.#log('TDM_ENGINE_SOCKET_OPEN', {
      interface: link.name,
      address: formatIpv4(address),
      port: this.#options.port,
      broadcast: hearsBroadcasts(link),
    });
    return null;
  }

  /** @returns why not, or null */
  #openBroadcast(link: NetworkInterface): string | null {
    if (!hearsBroadcasts(link) || this.#broadcast.has(link.index)) return null;
    try {
      const fd = openUdpSocket({
        address: BROADCAST,
        port: this.#options.port,
        interfaceName: link.name,
        broadcast: true,
        receiveBufferBytes: RECEIVE_BUFFER_BYTES,
      });
      this.#broadcast.set(link.index, fd);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

/** Loopback is for relays and tests on this machine: nobody without an address is there. */
function hearsBroadcasts(link: NetworkInterface): boolean {
  return link.canBroadcast && !link.isLoopback;
}

function openGroup(address: Ipv4, { port, shards }: SocketOptions): number[] {
  const base = { address, port, broadcast: true, receiveBufferBytes: RECEIVE_BUFFER_BYTES };
  if (shards === 1) return [openUdpSocket(base)];
  // With SO_REUSEPORT a second server would silently share the port: a plain socket first tells whether it is free.
  closeFd(openUdpSocket(base));
  const fds: number[] = [];
  try {
    while (fds.length < shards) fds.push(openUdpSocket({ ...base, reusePort: true }));
    attachClientSteering(fds[0]!, shards);
  } catch (error) {
    for (const fd of fds) closeFd(fd);
    throw error;
  }
  return fds;
}

/** The first of each key. */
function distinctBy(
  addresses: readonly PlannedAddress[],
  keyOf: (planned: PlannedAddress) => number,
): PlannedAddress[] {
  const first = new Map<number, PlannedAddress>();
  for (const each of addresses) if (!first.has(keyOf(each))) first.set(keyOf(each), each);
  return [...first.values()];
}
