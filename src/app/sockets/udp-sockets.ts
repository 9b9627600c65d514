/**
 * The UDP sockets of the served addresses and interfaces. Each address has one a shard, on one port (SO_REUSEPORT); the
 * kernel steers a client to one of them by its hardware address. Each interface that can broadcast has one more, which
 * hears clients without a relay. That of an address is tied to no interface and hears the address wherever it is; that for
 * broadcasts is tied to the index of an interface and deaf when the interface was made again.
 */
import type { Ipv4 } from '../../base/ipv4.ts';
import { deafen, hearAll } from '../../io/deaf.ts';
import type { NetworkInterface } from '../../io/interfaces.ts';
import { attachClientSteering, closeFd, openUdpSocket } from '../../io/udp.ts';
import { RECEIVE_BUFFER_BYTES, type SocketOptions } from './model.ts';

const BROADCAST = 0xffffffff;

export class UdpSockets {
  readonly #options: SocketOptions;
  /** By address: a descriptor a shard. */
  readonly #unicast = new Map<Ipv4, readonly number[]>();
  /** By index of the interface. */
  readonly #broadcast = new Map<number, number>();

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  /** The descriptors of an address, one a shard. */
  of(address: Ipv4): readonly number[] | undefined {
    return this.#unicast.get(address);
  }

  /** The descriptor for the broadcasts of an interface. */
  ofBroadcasts(interfaceIndex: number): number | undefined {
    return this.#broadcast.get(interfaceIndex);
  }

  /** @returns whether it was not open before @throws an Error that says why not */
  openAddress(address: Ipv4): boolean {
    if (this.#unicast.has(address)) return false;
    this.#unicast.set(address, openGroup(address, this.#options));
    return true;
  }

  /** @throws an Error that says why not */
  openBroadcast(link: NetworkInterface): void {
    if (!hearsBroadcasts(link) || this.#broadcast.has(link.index)) return;
    const fd = openUdpSocket({
      address: BROADCAST,
      port: this.#options.port,
      interfaceName: link.name,
      broadcast: true,
      receiveBufferBytes: RECEIVE_BUFFER_BYTES,
    });
    this.#broadcast.set(link.index, fd);
  }

  /** All hear nothing until `hear`. @throws an Error that says why not */
  deafen(): void {
    for (const fd of this.#all()) deafen(fd);
  }

  /** @throws an Error that says why not */
  hear(): void {
    for (const fd of this.#all()) hearAll(fd);
  }

  /** Closes the sockets of all other addresses. @returns those addresses */
  retainAddresses(kept: ReadonlySet<Ipv4>): Ipv4[] {
    const gone = [...this.#unicast.keys()].filter((address) => !kept.has(address));
    for (const address of gone) {
      for (const fd of this.#unicast.get(address)!) closeFd(fd);
      this.#unicast.delete(address);
    }
    return gone;
  }

  /** Closes the sockets for broadcasts of all other interfaces. @returns how many were closed */
  retainBroadcasts(indexes: ReadonlySet<number>): number {
    let closed = 0;
    for (const [index, fd] of this.#broadcast) {
      if (indexes.has(index)) continue;
      this.#broadcast.delete(index);
      closed += 1;
      closeFd(fd);
    }
    return closed;
  }

  #all(): number[] {
    return [...[...this.#unicast.values()].flat(), ...this.#broadcast.values()];
  }
}

/** Loopback is for relays and tests on this machine: nobody without an address is there. */
export function hearsBroadcasts(link: NetworkInterface): boolean {
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
