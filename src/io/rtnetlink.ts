/**
 * The kernel's own list of interfaces and addresses: rtnetlink(7). Unlike os.networkInterfaces() it also holds what is
 * down, without carrier or without an address, and the index by which the kernel tells an interface from one that was
 * made again under its name; and it says when something has changed, so that nobody has to ask for the list over and over.
 */
import { Errno, lastErrno, libc, systemError } from './libc.ts';
import { allocatePinned } from './pinned.ts';
import {
  LIST_GOES_ON,
  LIST_IS_DONE,
  type Link,
  type LinkAddress,
  type LinkAddress6,
  readAddresses,
  readAddresses6,
  readLinks,
} from './rtnetlink-messages.ts';

const AF_UNSPEC = 0;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const NETLINK_ROUTE = 0;
const SOCKADDR_NL_BYTES = 12;

const HEADER_BYTES = 16;
const IFINFOMSG_BYTES = 16;

// <linux/netlink.h>, <linux/rtnetlink.h>
const NLM_F_REQUEST_DUMP = 0x301;
const RTM_GETLINK = 18;
const RTM_GETADDR = 22;
const RTMGRP_LINK = 0x1;
const RTMGRP_IPV4_IFADDR = 0x10;
const RTMGRP_IPV6_IFADDR = 0x100;

/** The kernel never makes a datagram of a list longer than this. */
const DATAGRAM_BYTES = 32_768;
/** Notices taken at a time: where there are more, the answer is known anyway. */
const NOTICES_MAX = 256;

const datagram = allocatePinned(DATAGRAM_BYTES);
const view = new DataView(datagram.bytes.buffer);
const request = allocatePinned(HEADER_BYTES + IFINFOMSG_BYTES);
const socketAddress = allocatePinned(SOCKADDR_NL_BYTES);

/** Every interface, in the order of their indexes. @throws when the kernel refuses */
export function listLinks(): Link[] {
  const links: Link[] = [];
  dump(RTM_GETLINK, AF_UNSPEC, (received) => readLinks(view, received, links));
  return links;
}

/** Every IPv4 address, in the kernel's order. @throws when the kernel refuses */
export function listAddresses(): LinkAddress[] {
  const addresses: LinkAddress[] = [];
  dump(RTM_GETADDR, AF_INET, (received) => readAddresses(view, received, addresses));
  return addresses;
}

/** Every IPv6 address, usable or not, in the kernel's order. @throws when the kernel refuses */
export function listAddresses6(): LinkAddress6[] {
  const addresses: LinkAddress6[] = [];
  dump(RTM_GETADDR, AF_INET6, (received) => readAddresses6(view, received, addresses));
  return addresses;
}

/** The kernel's notices that interfaces or their addresses have changed. */
export class InterfaceNotices {
  readonly #fd: number;

  /** @param family whose addresses they are: 4 or 6 @throws when the kernel refuses */
  constructor(family: 4 | 6 = 4) {
    this.#fd = openNetlink(RTMGRP_LINK | (family === 4 ? RTMGRP_IPV4_IFADDR : RTMGRP_IPV6_IFADDR));
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
function dump(type: number, family: number, read: (received: number) => number): void {
  const fd = openNetlink(0);
  try {
    request.words.fill(0);
    request.words.set([request.bytes.length, type | (NLM_F_REQUEST_DUMP << 16), 1, 0, family]);
    if (libc.write(fd, request.address, request.bytes.length) < 0) throw listError(lastErrno());
    for (let state = LIST_GOES_ON; state !== LIST_IS_DONE; ) {
      state = takeDatagram(fd, read);
      if (state > 0) throw listError(state);
    }
  } finally {
    libc.close(fd);
  }
}

/** The kernel has the next part of the list ready when the one before was read. */
function takeDatagram(fd: number, read: (received: number) => number): number {
  const received = libc.read(fd, datagram.address, DATAGRAM_BYTES);
  if (received >= 0) return read(received);
  const errno = lastErrno();
  return errno === Errno.EINTR ? LIST_GOES_ON : errno;
}

function listError(errno: number): Error {
  const advice = errno === Errno.EAFNOSUPPORT ? 'allow AF_NETLINK (RestrictAddressFamilies= of systemd)' : '';
  return systemError('cannot list the network interfaces (rtnetlink)', errno, advice);
}
