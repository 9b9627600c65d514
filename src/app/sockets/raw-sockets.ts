/**
 * The packet sockets of the served interfaces: one a shard on each, known by the interface's index, because a socket that
 * is bound to an interface is deaf when that was made again under its name.
 */
import type { Ipv4 } from '../../base/ipv4.ts';
import { deafen } from '../../io/deaf.ts';
import type { NetworkInterface } from '../../io/interfaces.ts';
import { hearQueries, openPacketGroup, type PacketGroupOptions } from '../../io/packet-socket.ts';
import { closeFd } from '../../io/udp.ts';
import { RECEIVE_BUFFER_BYTES, type SocketOptions } from './model.ts';

interface RawGroup {
  readonly fds: readonly number[];
  readonly options: PacketGroupOptions;
  /** What the filter takes, besides broadcasts; null = nothing yet. */
  addresses: readonly Ipv4[] | null;
}

export class RawSockets {
  readonly #options: SocketOptions;
  /** By index of the interface. */
  readonly #groups = new Map<number, RawGroup>();

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  /** The descriptors of an interface, one a shard. */
  of(interfaceIndex: number): readonly number[] | undefined {
    return this.#groups.get(interfaceIndex)?.fds;
  }

  /**
   * Opens the sockets of an interface, or lets open ones hear other addresses.
   * @throws an Error that says why not
   */
  open(link: NetworkInterface, addresses: readonly Ipv4[]): void {
    const group = this.#groups.get(link.index) ?? this.#openGroup(link);
    if (group.addresses?.join() === addresses.join()) return;
    this.#hear(group, addresses);
  }

  /** All hear nothing until `hear`. @throws an Error that says why not */
  deafen(): void {
    for (const { fds } of this.#groups.values()) for (const fd of fds) deafen(fd);
  }

  /** All hear again what they did. @throws an Error that says why not */
  hear(): void {
    for (const group of this.#groups.values())
      if (group.addresses !== null) this.#hear(group, group.addresses);
  }

  /** Closes the sockets of all other interfaces. @returns how many were closed */
  retain(indexes: ReadonlySet<number>): number {
    let closed = 0;
    for (const [index, { fds }] of this.#groups) {
      if (indexes.has(index)) continue;
      this.#groups.delete(index);
      closed += fds.length;
      for (const fd of fds) closeFd(fd);
    }
    return closed;
  }

  #hear(group: RawGroup, addresses: readonly Ipv4[]): void {
    // Where it fails the next look tries again.
    group.addresses = null;
    for (const fd of group.fds) hearQueries(fd, this.#options.port, addresses, group.options);
    group.addresses = addresses;
  }

  #openGroup(link: NetworkInterface): RawGroup {
    const options = {
      interfaceName: link.name,
      interfaceIndex: link.index,
      sockets: this.#options.shards,
      receiveBufferBytes: RECEIVE_BUFFER_BYTES,
    };
    const group: RawGroup = { fds: openPacketGroup(options), options, addresses: null };
    this.#groups.set(link.index, group);
    return group;
  }
}
