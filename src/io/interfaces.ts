/** The machine's network interfaces, with what decides whether DHCP can be served there. */
import type { Ipv4 } from '../base/ipv4.ts';
import { cutsJoined } from './joined-cut.ts';
import { listAddresses, listAddresses6, listLinks } from './rtnetlink.ts';
import type { LinkAddress6 } from './rtnetlink-messages.ts';

/** An interface with its addresses of one family. */
interface InterfaceOf<Address> {
  readonly name: string;
  /** The kernel's number: another one when the interface was made again under its name. */
  readonly index: number;
  /** ARPHRD_* of <linux/if_arp.h>: 1 = Ethernet. */
  readonly hardwareType: number;
  readonly hardwareAddress: Buffer;
  /** Switched on (`ip link set ... up`). */
  readonly isUp: boolean;
  /** Switched on and with a carrier. */
  readonly isRunning: boolean;
  /** A point-to-point link cannot broadcast. */
  readonly canBroadcast: boolean;
  readonly canMulticast: boolean;
  readonly isLoopback: boolean;
  /** Octets of the longest IP datagram that it carries. */
  readonly mtu: number;
  /** Datagrams that were joined (UDP_SEGMENT) are known to leave here one by one, or by those below it in the list. */
  readonly cutsJoined: boolean;
  /** In the kernel's order. */
  readonly addresses: readonly Address[];
}

export type NetworkInterface = InterfaceOf<Ipv4>;
/** Its addresses are link-local and others, those too that cannot be used yet. */
export type NetworkInterface6 = InterfaceOf<LinkAddress6>;

// <linux/if.h>
const IFF_UP = 0x1;
const IFF_BROADCAST = 0x2;
const IFF_LOOPBACK = 0x8;
const IFF_RUNNING = 0x40;
const IFF_MULTICAST = 0x1000;

/** Every interface of this network namespace, in the order of their indexes. @throws when the kernel refuses */
export function listInterfaces(): NetworkInterface[] {
  return withAddresses(listAddresses(), ({ address }) => address);
}

/** The same with IPv6 addresses. @throws when the kernel refuses */
export function listInterfaces6(): NetworkInterface6[] {
  return withAddresses(listAddresses6(), (address) => address);
}

function withAddresses<Listed extends { readonly index: number }, Address>(
  listed: readonly Listed[],
  take: (listed: Listed) => Address,
): InterfaceOf<Address>[] {
  const addresses = new Map<number, Address[]>();
  for (const each of listed) {
    const known = addresses.get(each.index);
    if (known === undefined) addresses.set(each.index, [take(each)]);
    else known.push(take(each));
  }
  return listLinks().map((link) => ({
    name: link.name,
    index: link.index,
    hardwareType: link.hardwareType,
    hardwareAddress: link.hardwareAddress,
    isUp: (link.flags & IFF_UP) !== 0,
    isRunning: (link.flags & IFF_RUNNING) !== 0,
    canBroadcast: (link.flags & IFF_BROADCAST) !== 0,
    canMulticast: (link.flags & IFF_MULTICAST) !== 0,
    isLoopback: (link.flags & IFF_LOOPBACK) !== 0,
    mtu: link.mtu,
    cutsJoined: cutsJoined(link),
    addresses: addresses.get(link.index) ?? [],
  }));
}
