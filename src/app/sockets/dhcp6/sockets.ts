/**
 * The sockets of a DHCPv6 server. They are opened and closed one by one as interfaces and configuration change.
 *
 *     each address     a socket a shard on one port (SO_REUSEPORT)
 *     each interface   one more for each group of servers, read by the first shard: the kernel gives what is sent to a group to
 *                      every socket that has joined it. It is answered from the link-local address.   [RFC8415 7.1]
 */
import { formatIpv6, parseIpv6 } from '../../../base/ipv6-text.ts';
import type { InterfaceConfig6, ServerConfig6 } from '../../../config/dhcp6/model.ts';
import type { NetworkInterface6 } from '../../../io/interfaces.ts';
import { closeFd } from '../../../io/udp.ts';
import { openUdp6Socket } from '../../../io/udp6.ts';
import type { Log } from '../../../log/logger.ts';
import type { ServerSocket6 } from '../../../shard/dhcp6/socket-table.ts';
import { RECEIVE_BUFFER_BYTES, type SocketOptions } from '../model.ts';
import { describeMissing } from '../plan-draft.ts';
import type { InterfaceFault, SocketSet } from '../socket-set.ts';
import { type InterfacePlan6, type PlannedAddress6, planInterfaces6 } from './interface-plan.ts';

/** All_DHCP_Relay_Agents_and_Servers and All_DHCP_Servers. */
const GROUPS: readonly Uint8Array[] = ['ff02::1:2', 'ff05::1:3'].map((text) => parseIpv6(text)!);

/** What of the configuration takes part. */
type SocketSettings6 = Pick<ServerConfig6, 'interfaces' | 'serviceSockets'>;

export interface SocketKinds6 {
  readonly config: SocketSettings6;
  readonly link: NetworkInterface6;
  readonly plan: InterfacePlan6;
  readonly socket: ServerSocket6;
  readonly handed: never;
}

/** The open sockets of an address of an interface. */
interface OpenAddress {
  readonly planned: PlannedAddress6;
  /** One a shard. */
  readonly fds: readonly number[];
  /** One for each group, or none. */
  readonly groupFds: readonly number[];
}

export class ServerSockets6 implements SocketSet<SocketKinds6> {
  readonly #options: SocketOptions;
  readonly #log: Log;
  readonly #open = new Map<string, OpenAddress>();

  constructor(options: SocketOptions, log: Log) {
    this.#options = options;
    this.#log = log;
  }

  plan({ interfaces }: SocketSettings6, available: readonly NetworkInterface6[]): InterfacePlan6 {
    return planInterfaces6(interfaces, available);
  }

  missing(
    plan: InterfacePlan6,
    running: SocketSettings6 | null,
    available: readonly NetworkInterface6[],
  ): string | null {
    const isNew = (entry: InterfaceConfig6): boolean =>
      running?.interfaces.some((each) => textOf(each) === textOf(entry)) !== true;
    const missing = plan.missing.find(isNew);
    if (missing === undefined) return null;
    const { name, address } = missing;
    const link = available.find((each) => each.name === name);
    const formatted = link?.addresses.map((each) => formatIpv6(each.address)) ?? null;
    return describeMissing(name, address === null ? null : formatIpv6(address), formatted, available);
  }

  open({ addresses }: InterfacePlan6): InterfaceFault[] {
    const faults: InterfaceFault[] = [];
    for (const planned of addresses) {
      if (this.#open.has(keyOf(planned))) continue;
      const { link } = planned;
      try {
        this.#open.set(keyOf(planned), this.#openAddress(planned));
        this.#tell('TDM_ENGINE_SOCKET_OPEN', planned);
      } catch (error) {
        const reason = `Failed to open socket on interface ${link.name}, reason: ${(error as Error).message}`;
        faults.push({ interfaceName: link.name, reason, isMissed: true });
      }
    }
    return faults;
  }

  lists({ addresses }: InterfacePlan6): ServerSocket6[][] {
    const shards = Array.from({ length: this.#options.shards }, (): ServerSocket6[] => []);
    for (const planned of addresses) {
      const open = this.#open.get(keyOf(planned));
      if (open === undefined) continue;
      const { link, address } = planned;
      const of = { interfaceName: link.name, interfaceIndex: link.index, joinMax: 0 };
      open.fds.forEach((fd, shard) => {
        shards[shard]!.push({ fd, address, isUnicast: true, replyFd: fd, ...of });
      });
      open.groupFds.forEach((fd, group) => {
        shards[0]!.push({ fd, address: GROUPS[group]!, isUnicast: false, replyFd: open.fds[0]!, ...of });
      });
    }
    return shards;
  }

  /** Sockets are all of one kind: what waits in one that goes was for an address that is not served any more. */
  handOver(): never[] {
    return [];
  }

  retain({ addresses }: InterfacePlan6): number {
    const kept = new Set(addresses.map(keyOf));
    let closed = 0;
    for (const [key, open] of this.#open) {
      if (kept.has(key)) continue;
      this.#open.delete(key);
      for (const fd of [...open.fds, ...open.groupFds]) closeFd(fd);
      closed += open.fds.length + open.groupFds.length;
      const { address } = open.planned;
      this.#log('TDM_ENGINE_SOCKET_CLOSED', { address: formatIpv6(address), port: this.#options.port });
    }
    return closed;
  }

  close(): void {
    this.retain({ addresses: [], faults: [], missing: [], names: [] });
  }

  #openAddress(planned: PlannedAddress6): OpenAddress {
    const { link, address, hasGroups } = planned;
    const { port, shards } = this.#options;
    const base = { port, link, receiveBufferBytes: RECEIVE_BUFFER_BYTES };
    const all: number[] = [];
    const take = (fd: number): number => {
      all.push(fd);
      return fd;
    };
    try {
      // With SO_REUSEPORT a second server would silently share the port: a plain socket first tells whether it is free.
      if (shards > 1) closeFd(openUdp6Socket({ ...base, address }));
      const reusePort = shards > 1;
      const fds = Array.from({ length: shards }, () => take(openUdp6Socket({ ...base, address, reusePort })));
      const groups = hasGroups ? GROUPS : [];
      const groupFds = groups.map((group) => take(openUdp6Socket({ ...base, address: group })));
      return { planned, fds, groupFds };
    } catch (error) {
      for (const fd of all) closeFd(fd);
      throw error;
    }
  }

  #tell(id: 'TDM_ENGINE_SOCKET_OPEN', { link, address, hasGroups }: PlannedAddress6): void {
    this.#log(id, {
      interface: link.name,
      address: formatIpv6(address),
      port: this.#options.port,
      type: 'udp',
      broadcast: hasGroups,
    });
  }
}

function keyOf({ link, address, hasGroups }: PlannedAddress6): string {
  return `${link.index}/${formatIpv6(address)}/${hasGroups}`;
}

function textOf({ name, address }: InterfaceConfig6): string {
  return address === null ? name : `${name}/${formatIpv6(address)}`;
}
