/**
 * The server's sockets. They are opened and closed one by one as interfaces and configuration change; what both the old
 * and the new plan ask for stays open, with the queries that wait in it. A socket is known by what it means to the kernel.
 *
 *     udp    each address a UDP socket a shard, each interface one for broadcasts, read by the first shard
 *     raw    each interface a packet socket a shard, for everything; each address the UDP sockets besides, so that the port
 *            is taken and the kernel does not tell clients that nobody listens. What they hear is thrown away.
 */
import { formatIpv4 } from '../../base/ipv4.ts';
import type { InterfaceConfig, ServerConfig, TandemSettings } from '../../config/model.ts';
import type { ServerSocket } from '../../engine/query.ts';
import type { NetworkInterface } from '../../io/interfaces.ts';
import type { Log } from '../../log/logger.ts';
import type { HandedQuery } from '../../shard/dhcp4/handed-query.ts';
import { handOver, type SocketSide } from './handover.ts';
import { type InterfacePlan, type PlannedAddress, planInterfaces } from './interface-plan.ts';
import { type JoinLimits, joinLimitsOf, joinMaxOf } from './join-limits.ts';
import type { SocketOptions } from './model.ts';
import { describeMissing } from './plan-draft.ts';
import { RawSockets } from './raw-sockets.ts';
import type { InterfaceFault, SocketSet } from './socket-set.ts';
import { hearsBroadcasts, UdpSockets } from './udp-sockets.ts';

/** What of the configuration takes part. */
export type SocketSettings = Pick<ServerConfig, 'interfaces' | 'socketType' | 'serviceSockets'> & {
  readonly tandem: Pick<TandemSettings, 'joinReplies'>;
};

export interface SocketKinds4 {
  readonly config: SocketSettings;
  readonly link: NetworkInterface;
  readonly plan: InterfacePlan;
  readonly socket: ServerSocket;
  readonly handed: HandedQuery;
}

export class ServerSockets implements SocketSet<SocketKinds4> {
  readonly #options: SocketOptions;
  readonly #log: Log;
  readonly #udp: UdpSockets;
  readonly #raw: RawSockets;

  constructor(options: SocketOptions, log: Log) {
    this.#options = options;
    this.#log = log;
    this.#udp = new UdpSockets(options);
    this.#raw = new RawSockets(options);
  }

  plan(
    { interfaces, socketType, tandem }: SocketSettings,
    available: readonly NetworkInterface[],
    all: readonly NetworkInterface[],
  ): InterfacePlan {
    return planInterfaces(interfaces, available, socketType, joinLimitsOf(tandem.joinReplies, all));
  }

  missing(
    plan: InterfacePlan,
    running: SocketSettings | null,
    available: readonly NetworkInterface[],
  ): string | null {
    const isNew = ({ name, address }: InterfaceConfig): boolean =>
      running?.interfaces.some((each) => each.name === name && each.address === address) !== true;
    const missing = plan.missing.find(isNew);
    if (missing === undefined) return null;
    const { name, address } = missing;
    const link = available.find((each) => each.name === name);
    const formatted = link?.addresses.map(formatIpv4) ?? null;
    return describeMissing(name, address === null ? null : formatIpv4(address), formatted, available);
  }

  /**
   * Opens what the plan asks for and is not open. On an interface that is down no address can be bound; a socket that is
   * open already outlives it.
   * @returns what could not be opened, and why
   */
  open(plan: InterfacePlan): InterfaceFault[] {
    const faults = new Map<string, InterfaceFault>();
    const attempt = (link: NetworkInterface, open: () => void): void => {
      try {
        open();
      } catch (error) {
        const text = `Failed to open socket on interface ${link.name}, reason: ${(error as Error).message}`;
        faults.set(text, { interfaceName: link.name, reason: text, isMissed: true });
      }
    };
    const up = plan.addresses.filter(({ link }) => link.isUp);
    for (const planned of up) attempt(planned.link, () => this.#openUdp(planned, plan));
    // After the UDP sockets, which tell whether another server is there.
    if (plan.socketType === 'raw')
      for (const each of this.#openLinks(up)) attempt(each[0]!.link, () => this.#openRaw(each));
    return [...faults.values()];
  }

  /**
   * Takes what waits in the sockets of one plan when the next one has others. Pre: no shard runs, all sockets are open.
   * @returns what the first shard is to serve before all else
   * @throws an Error that says why not
   */
  handOver(from: InterfacePlan, to: InterfacePlan): HandedQuery[] {
    if (from.socketType === to.socketType || from.addresses.length === 0) return [];
    try {
      return handOver(this.#side(from), this.#side(to));
    } finally {
      this.#udp.hear();
    }
  }

  #side(plan: InterfacePlan): SocketSide {
    const sockets = plan.socketType === 'raw' ? this.#raw : this.#udp;
    const lists = this.lists(plan);
    return { lists, deafen: () => sockets.deafen(), hear: () => sockets.hear() };
  }

  /** The open sockets of the plan as each shard is to have them. */
  lists(plan: InterfacePlan): ServerSocket[][] {
    const shards = Array.from({ length: this.#options.shards }, (): ServerSocket[] => []);
    const open = plan.addresses.filter(({ address }) => this.#udp.of(address) !== undefined);
    if (plan.socketType === 'raw') this.#listRaw(open, shards);
    else this.#listUdp(open, plan.joining, shards);
    return shards;
  }

  /**
   * Closes what the plan does not ask for. Only when no shard works with it any more: its number may be given again.
   * @returns how many were closed
   */
  retain({ addresses, socketType }: InterfacePlan): number {
    // A socket that nobody reads would only gather queries for later.
    const read = addresses.filter(({ address }) => this.#udp.of(address) !== undefined);
    const indexes = new Set(read.map(({ link }) => link.index));
    const gone = this.#udp.retainAddresses(new Set(addresses.map(({ address }) => address)));
    for (const address of gone)
      this.#log('TDM_ENGINE_SOCKET_CLOSED', { address: formatIpv4(address), port: this.#options.port });
    const none = new Set<number>();
    return (
      gone.length * this.#options.shards +
      this.#udp.retainBroadcasts(socketType === 'raw' ? none : indexes) +
      this.#raw.retain(socketType === 'raw' ? indexes : none)
    );
  }

  close(): void {
    this.#udp.retainAddresses(new Set());
    this.#udp.retainBroadcasts(new Set());
    this.#raw.retain(new Set());
  }

  #openUdp({ link, address }: PlannedAddress, { socketType }: InterfacePlan): void {
    if (this.#udp.openAddress(address))
      this.#log('TDM_ENGINE_SOCKET_OPEN', {
        interface: link.name,
        address: formatIpv4(address),
        port: this.#options.port,
        type: socketType,
        broadcast: socketType === 'raw' || hearsBroadcasts(link),
      });
    if (socketType === 'udp') this.#udp.openBroadcast(link);
  }

  #openRaw(served: readonly PlannedAddress[]): void {
    this.#raw.open(
      served[0]!.link,
      served.map(({ address }) => address),
    );
  }

  /** The addresses whose port is held, by interface. */
  #openLinks(addresses: readonly PlannedAddress[]): PlannedAddress[][] {
    const byIndex = new Map<number, PlannedAddress[]>();
    for (const each of addresses) {
      if (this.#udp.of(each.address) === undefined) continue;
      const known = byIndex.get(each.link.index);
      if (known === undefined) byIndex.set(each.link.index, [each]);
      else known.push(each);
    }
    return [...byIndex.values()];
  }

  /** One descriptor a shard for all of an interface. A broadcast is answered from its first address. */
  #listRaw(open: readonly PlannedAddress[], shards: ServerSocket[][]): void {
    for (const served of this.#openLinks(open)) {
      const { link } = served[0]!;
      this.#raw.of(link.index)?.forEach((fd, shard) => {
        served.forEach(({ address }, position) => {
          const raw = { port: this.#options.port, mtu: link.mtu, shadowFd: this.#udp.of(address)![shard]! };
          const of = { address, interfaceName: link.name, raw };
          const common = { fd, replyFd: fd, broadcastFd: fd, joinMax: 0, ...of };
          if (position === 0) shards[shard]!.push({ ...common, broadcast: true });
          shards[shard]!.push({ ...common, broadcast: false });
        });
      });
    }
  }

  #listUdp(open: readonly PlannedAddress[], joining: JoinLimits, shards: ServerSocket[][]): void {
    for (const { link, address } of distinctBy(open, (each) => each.address)) {
      const broadcastFd = this.#udp.ofBroadcasts(link.index);
      this.#udp.of(address)!.forEach((fd, shard) => {
        const of = { address, interfaceName: link.name, joinMax: joinMaxOf(joining, address) };
        const common = { fd, ...of, broadcast: false, raw: null };
        shards[shard]!.push({ ...common, replyFd: fd, broadcastFd: broadcastFd ?? fd });
      });
    }
    // The kernel gives a broadcast to every socket that is bound for it: one shard only may read it. It is answered from
    // the first address of its interface.
    for (const { link, address } of distinctBy(open, (each) => each.link.index)) {
      const fd = this.#udp.ofBroadcasts(link.index);
      if (fd === undefined) continue;
      const of = { address, interfaceName: link.name, joinMax: joinMaxOf(joining, address) };
      const common = { fd, ...of, broadcast: true, raw: null };
      shards[0]!.push({ ...common, replyFd: this.#udp.of(address)![0]!, broadcastFd: fd });
    }
  }
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
