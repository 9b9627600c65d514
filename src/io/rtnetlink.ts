/**
 * The kernel's own list of interfaces and IPv4 addresses: rtnetlink(7). Unlike os.networkInterfaces() it also holds what is
 * down, without carrier or without an address, and the index by which the kernel tells an interface from one that was
 * made again under its name; and it says when something has changed, so that nobody has to ask for the list over and over.
 *
 *     nlmsghdr    u32 length | u16 type | u16 flags | u32 sequence | u32 port             host order, aligned to 4
 *     ifinfomsg   u8 family | u8 0 | u16 type | i32 index | u32 flags | u32 change        then attributes
 *     ifaddrmsg   u8 family | u8 prefix length | u8 flags | u8 scope | u32 index          then attributes
 *     rtattr      u16 length | u16 type | value                                           aligned to 4
 */
import { Errno, lastErrno, libc, systemError } from './libc.ts';
import { allocatePinned } from './pinned.ts';

const AF_UNSPEC = 0;
const AF_INET = 2;
const AF_NETLINK = 16;
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const NETLINK_ROUTE = 0;
const SOCKADDR_NL_BYTES = 12;

const HEADER_BYTES = 16;
const IFINFOMSG_BYTES = 16;
const IFADDRMSG_BYTES = 8;
const ATTRIBUTE_HEADER_BYTES = 4;

// <linux/netlink.h>, <linux/rtnetlink.h>
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST_DUMP = 0x301;
const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const RTM_NEWADDR = 20;
const RTM_GETADDR = 22;
const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const RTMGRP_LINK_AND_IPV4_IFADDR = 0x1 | 0x10;

/** The kernel never makes a datagram of a list longer than this. */
const DATAGRAM_BYTES = 32_768;
/** What every host takes at least; for a link that does not say. [RFC791 3.1] */
const IPV4_MTU = 576;
/** Notices taken at a time: where there are more, the answer is known anyway. */
const NOTICES_MAX = 256;

/** A network interface, whatever its state. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** ARPHRD_* of <linux/if_arp.h>: 1 = Ethernet. */
  readonly hardwareType: number;
  readonly hardwareAddress: Buffer;
  /** IFF_* of <linux/if.h>. */
  readonly flags: number;
  /** Octets of the longest IPv4 datagram that it carries. */
  readonly mtu: number;
}

/** An IPv4 address of the interface with that index. */
export interface LinkAddress {
  readonly index: number;
  readonly address: number;
}

const datagram = allocatePinned(DATAGRAM_BYTES);
const view = new DataView(datagram.bytes.buffer);
const request = allocatePinned(HEADER_BYTES + IFINFOMSG_BYTES);
const socketAddress = allocatePinned(SOCKADDR_NL_BYTES);

/** Every interface, in the order of their indexes. @throws when the kernel refuses */
export function listLinks(): Link[] {
  const links: Link[] = [];
  dump(RTM_GETLINK, AF_UNSPEC, RTM_NEWLINK, (at, end) => {
    const name = findAttribute(at + IFINFOMSG_BYTES, end, IFLA_IFNAME);
    const mtu = findAttribute(at + IFINFOMSG_BYTES, end, IFLA_MTU);
    const hardware = findAttribute(at + IFINFOMSG_BYTES, end, IFLA_ADDRESS);
    if (name === null) return;
    links.push({
      index: view.getInt32(at + 4, true),
      name: readText(name),
      hardwareType: view.getUint16(at + 2, true),
      hardwareAddress: Buffer.from(datagram.bytes.subarray(hardware?.at ?? 0, hardware?.end ?? 0)),
      flags: view.getUint32(at + 8, true),
      mtu: mtu !== null && mtu.end - mtu.at === 4 ? view.getUint32(mtu.at, true) : IPV4_MTU,
    });
  });
  return links;
}

/** Every IPv4 address, in the kernel's order. @throws when the kernel refuses */
export function listAddresses(): LinkAddress[] {
  const addresses: LinkAddress[] = [];
  dump(RTM_GETADDR, AF_INET, RTM_NEWADDR, (at, end) => {
    // On a point-to-point link IFA_ADDRESS is the other end's.
    const from = at + IFADDRMSG_BYTES;
    const value = findAttribute(from, end, IFA_LOCAL) ?? findAttribute(from, end, IFA_ADDRESS);
    if (view.getUint8(at) !== AF_INET || value === null || value.end - value.at !== 4) return;
    addresses.push({ index: view.getUint32(at + 4, true), address: view.getUint32(value.at) });
  });
  return addresses;
}

/** The kernel's notices that interfaces or their IPv4 addresses have changed. */
export class InterfaceNotices {
  readonly #fd: number;

  /** @throws when the kernel refuses */
  constructor() {
    this.#fd = openNetlink(RTMGRP_LINK_AND_IPV4_IFADDR);
  }

  /** Whether anything has changed since the last call; never blocks. What it was, a new list tells. */
  take(): boolean {
    for (let taken = 0; taken < NOTICES_MAX; taken++) {
      if (libc.read(this.#fd, datagram.address, DATAGRAM_BYTES) >= 0) continue;
      const errno = lastErrno();
      // Anything else is a loss of notices (ENOBUFS): there were more than the socket holds.
      return errno === Errno.EAGAIN ? taken > 0 : true;
    }
    return true;
  }

  close(): void {
    libc.close(this.#fd);
  }
}

function openNetlink(groups: number): number {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW_NONBLOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) throw listError(lastErrno());
  socketAddress.words.set([AF_NETLINK, 0, groups]);
  if (libc.bind(fd, socketAddress.address, SOCKADDR_NL_BYTES) === 0) return fd;
  const errno = lastErrno();
  libc.close(fd);
  throw listError(errno);
}

/** Asks for a whole list. A list that changed while it was read is followed by a notice. */
function dump(type: number, family: number, wanted: number, take: (at: number, end: number) => void): void {
  const fd = openNetlink(0);
  try {
    request.words.fill(0);
    request.words.set([request.bytes.length, type | (NLM_F_REQUEST_DUMP << 16), 1, 0, family]);
    if (libc.write(fd, request.address, request.bytes.length) < 0) throw listError(lastErrno());
    while (takeDatagram(fd, wanted, take));
  } finally {
    libc.close(fd);
  }
}

/** The kernel has the next part of the list ready when the one before was read. @returns false after the last part */
function takeDatagram(fd: number, wanted: number, take: (at: number, end: number) => void): boolean {
  const received = libc.read(fd, datagram.address, DATAGRAM_BYTES);
  if (received < 0) {
    if (lastErrno() === Errno.EINTR) return true;
    throw listError(lastErrno());
  }
  let at = 0;
  while (at + HEADER_BYTES <= received) {
    const end = at + view.getUint32(at, true);
    const type = view.getUint16(at + 4, true);
    if (type === NLMSG_DONE) return false;
    if (type === NLMSG_ERROR) throw listError(-view.getInt32(at + HEADER_BYTES, true));
    if (end < at + HEADER_BYTES || end > received) throw listError(Errno.EINVAL);
    if (type === wanted) take(at + HEADER_BYTES, end);
    at = align(end);
  }
  return received > 0;
}

/** Where the value of an attribute lies in the datagram. */
function findAttribute(from: number, end: number, wanted: number): { at: number; end: number } | null {
  for (let at = from; at + ATTRIBUTE_HEADER_BYTES <= end; ) {
    const length = view.getUint16(at, true);
    if (length < ATTRIBUTE_HEADER_BYTES || at + length > end) return null;
    if (view.getUint16(at + 2, true) === wanted) return { at: at + ATTRIBUTE_HEADER_BYTES, end: at + length };
    at = align(at + length);
  }
  return null;
}

function readText({ at, end }: { at: number; end: number }): string {
  const bytes = datagram.bytes.subarray(at, end);
  const terminator = bytes.indexOf(0);
  return new TextDecoder().decode(terminator < 0 ? bytes : bytes.subarray(0, terminator));
}

function align(length: number): number {
  return (length + 3) & ~3;
}

function listError(errno: number): Error {
  const advice = errno === Errno.EAFNOSUPPORT ? 'allow AF_NETLINK (RestrictAddressFamilies= of systemd)' : '';
  return systemError('cannot list the network interfaces (rtnetlink)', errno, advice);
}
