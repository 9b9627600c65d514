/**
 * The messages of a list of interfaces or addresses, as rtnetlink(7) lays them out:
 *
 *     nlmsghdr    u32 length | u16 type | u16 flags | u32 sequence | u32 port             host order, aligned to 4
 *     ifinfomsg   u8 family | u8 0 | u16 type | i32 index | u32 flags | u32 change        then attributes
 *     ifaddrmsg   u8 family | u8 prefix length | u8 flags | u8 scope | u32 index          then attributes
 *     rtattr      u16 length | u16 type | value                                           aligned to 4
 *
 * Lengths are believed only as far as the octets go that were received.
 */
import { IPV6_BYTES } from '../base/ipv6.ts';
import { Errno } from './libc.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const HEADER_BYTES = 16;
const IFINFOMSG_BYTES = 16;
const IFADDRMSG_BYTES = 8;
const ATTRIBUTE_HEADER_BYTES = 4;

// <linux/netlink.h>, <linux/rtnetlink.h>
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const RTM_NEWLINK = 16;
const RTM_NEWADDR = 20;
const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_LINKINFO = 18;
const IFLA_INFO_KIND = 1;
const IFLA_LINK_NETNSID = 37;
const IFLA_PARENT_DEV_NAME = 56;
const IFLA_PARENT_DEV_BUS_NAME = 57;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_F_OPTIMISTIC = 0x04;
const IFA_F_DADFAILED = 0x08;
const IFA_F_TENTATIVE = 0x40;

/** What every host takes at least; for a link that does not say. [RFC791 3.1] */
const IPV4_MTU = 576;

/** A network interface, whatever its state. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** ARPHRD_* of <linux/if_arp.h>: 1 = Ethernet. */
  readonly hardwareType: number;
  readonly hardwareAddress: Buffer;
  /** IFF_* of <linux/if.h>. */
  readonly flags: number;
  /** Octets of the longest IP datagram that it carries. */
  readonly mtu: number;
  /** "vlan", "bridge", "veth"; empty = none that is made by software, or one of a driver that does not say. */
  readonly kind: string;
  /** It is joined to an interface of another network namespace. */
  readonly reachesOut: boolean;
  /** The device behind it and its bus: "0000:03:00.0" and "pci"; empty = none, or the kernel is older than 5.14. */
  readonly device: string;
  readonly bus: string;
}

/** An IPv4 address of the interface with that index. */
export interface LinkAddress {
  readonly index: number;
  readonly address: number;
}

/** An IPv6 address of the interface with that index. */
export interface LinkAddress6 {
  readonly index: number;
  /** 16 octets. */
  readonly address: Uint8Array;
  /** It is known that nobody else on the link has it: a socket can be bound to it [RFC4862 5.4]. */
  readonly isUsable: boolean;
}

/** How a datagram of a list ends: another one follows, that was the last one, or an errno > 0. */
export const LIST_GOES_ON = 0;
export const LIST_IS_DONE = -1;

/**
 * Reads the interfaces of one datagram of a list.
 * @param received octets of it, at most as many as `view` has
 * @returns LIST_GOES_ON, LIST_IS_DONE, or the errno of a list that failed; never throws
 */
export function readLinks(view: DataView, received: number, links: Link[]): number {
  return readMessages(view, received, RTM_NEWLINK, (at, end) => {
    const from = at + IFINFOMSG_BYTES;
    const name = findAttribute(view, from, end, IFLA_IFNAME);
    const mtu = findAttribute(view, from, end, IFLA_MTU);
    const hardware = findAttribute(view, from, end, IFLA_ADDRESS);
    if (name === null) return;
    const info = findAttribute(view, from, end, IFLA_LINKINFO);
    links.push({
      index: view.getInt32(at + 4, true),
      name: readText(view, name),
      hardwareType: view.getUint16(at + 2, true),
      hardwareAddress: hardware === null ? Buffer.alloc(0) : Buffer.from(octetsOf(view, hardware)),
      flags: view.getUint32(at + 8, true),
      mtu: mtu !== null && mtu.end - mtu.at === 4 ? view.getUint32(mtu.at, true) : IPV4_MTU,
      kind: info === null ? '' : textOf(view, info.at, info.end, IFLA_INFO_KIND),
      reachesOut: findAttribute(view, from, end, IFLA_LINK_NETNSID) !== null,
      device: textOf(view, from, end, IFLA_PARENT_DEV_NAME),
      bus: textOf(view, from, end, IFLA_PARENT_DEV_BUS_NAME),
    });
  });
}

/** The same for IPv4 addresses. */
export function readAddresses(view: DataView, received: number, addresses: LinkAddress[]): number {
  return readMessages(view, received, RTM_NEWADDR, (at, end) => {
    const value = findAddress(view, at, end, AF_INET, 4);
    if (value === null) return;
    addresses.push({ index: view.getUint32(at + 4, true), address: view.getUint32(value.at) });
  });
}

/** The same for IPv6 addresses. */
export function readAddresses6(view: DataView, received: number, addresses: LinkAddress6[]): number {
  return readMessages(view, received, RTM_NEWADDR, (at, end) => {
    const value = findAddress(view, at, end, AF_INET6, IPV6_BYTES);
    if (value === null) return;
    const address = octetsOf(view, value).slice();
    addresses.push({
      index: view.getUint32(at + 4, true),
      address,
      isUsable: isUsable(view.getUint8(at + 2)),
    });
  });
}

/** The address of an interface itself; null when it is of another family or has not its length. */
function findAddress(view: DataView, at: number, end: number, family: number, length: number): Value | null {
  const from = at + IFADDRMSG_BYTES;
  // On a point-to-point link IFA_ADDRESS is the other end's.
  const value = findAttribute(view, from, end, IFA_LOCAL) ?? findAttribute(view, from, end, IFA_ADDRESS);
  return value === null || value.end - value.at !== length || view.getUint8(at) !== family ? null : value;
}

/** An optimistic address is used while its detection goes on [RFC4429]. */
function isUsable(flags: number): boolean {
  if ((flags & IFA_F_DADFAILED) !== 0) return false;
  return (flags & IFA_F_TENTATIVE) === 0 || (flags & IFA_F_OPTIMISTIC) !== 0;
}

function readMessages(
  view: DataView,
  received: number,
  wanted: number,
  take: (at: number, end: number) => void,
): number {
  let at = 0;
  while (at + HEADER_BYTES <= received) {
    const end = at + view.getUint32(at, true);
    const type = view.getUint16(at + 4, true);
    if (type === NLMSG_DONE) return LIST_IS_DONE;
    if (end < at + HEADER_BYTES || end > received) return Errno.EINVAL;
    if (type === NLMSG_ERROR) return errorOf(view, at + HEADER_BYTES, end);
    if (type === wanted) take(at + HEADER_BYTES, end);
    at = align(end);
  }
  return received > 0 ? LIST_GOES_ON : LIST_IS_DONE;
}

/** The kernel gives errors as negative numbers; 0 would be an acknowledgement, which nobody asked for. */
function errorOf(view: DataView, at: number, end: number): number {
  const errno = at + 4 <= end ? -view.getInt32(at, true) : 0;
  return errno > 0 ? errno : Errno.EINVAL;
}

interface Value {
  readonly at: number;
  readonly end: number;
}

/** Where the value of an attribute lies; null too when the attributes would begin behind the message. */
function findAttribute(view: DataView, from: number, end: number, wanted: number): Value | null {
  for (let at = from; at + ATTRIBUTE_HEADER_BYTES <= end; ) {
    const length = view.getUint16(at, true);
    if (length < ATTRIBUTE_HEADER_BYTES || at + length > end) return null;
    if (view.getUint16(at + 2, true) === wanted) return { at: at + ATTRIBUTE_HEADER_BYTES, end: at + length };
    at = align(at + length);
  }
  return null;
}

function octetsOf(view: DataView, { at, end }: Value): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, end - at);
}

/** Empty where the attribute is not there. */
function textOf(view: DataView, from: number, end: number, wanted: number): string {
  const value = findAttribute(view, from, end, wanted);
  return value === null ? '' : readText(view, value);
}

function readText(view: DataView, value: Value): string {
  const bytes = octetsOf(view, value);
  const terminator = bytes.indexOf(0);
  return new TextDecoder().decode(terminator < 0 ? bytes : bytes.subarray(0, terminator));
}

function align(length: number): number {
  return (length + 3) & ~3;
}
