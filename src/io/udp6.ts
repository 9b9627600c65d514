/**
 * IPv6 UDP sockets with the options that node:dgram lacks. Datagrams to a group come to no socket that is bound to an
 * address of the interface: as Kea on Linux, this opens one more for each group, bound to it.
 */
import { IPV6_BYTES, isIpv6LinkLocal, isIpv6Multicast } from '../base/ipv6.ts';
import { formatIpv6 } from '../base/ipv6-text.ts';
import { Errno, lastErrno, libc, systemError } from './libc.ts';
import { openAdvice } from './open-advice.ts';
import { allocatePinned } from './pinned.ts';
import { SOCKADDR_IN6_BYTES, writeSockaddrIn6 } from './sockaddr6.ts';
import { bindToDevice, setInteger, setReceiveBuffer } from './socket-options.ts';
import { closeFd, localPort } from './udp.ts';

const AF_INET6 = 10;
const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0o4000 | 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_REUSEPORT = 15;
// <linux/in6.h>
const IPPROTO_IPV6 = 41;
const IPV6_ADD_MEMBERSHIP = 20;
const IPV6_V6ONLY = 26;
const IPV6_RECVPKTINFO = 49;
/** struct ipv6_mreq   16 octets of address | i32 index of the interface */
const MEMBERSHIP_BYTES = IPV6_BYTES + 4;
/** The bits of a group that say how far it reaches, and what is no further than the link [RFC4291 2.7]. */
const SCOPE_BITS = 0x0f;
const LINK_SCOPE = 2;

/** For the arguments of these rare calls; it lives as long as the thread, so no collection can take it from a call. */
const scratch = allocatePinned(SOCKADDR_IN6_BYTES);

/** The interface that a socket belongs to, as `listInterfaces6` has it. */
export interface SocketLink {
  readonly name: string;
  readonly index: number;
}

export interface Udp6SocketOptions {
  /** Local address, 16 octets; all 0 = any. A group is joined on `link`, and the socket hears nothing else. */
  readonly address: Uint8Array;
  /** Local port, 0 = one that the kernel chooses. */
  readonly port: number;
  /** Receive from and send through this interface only; link-local addresses and groups need one. null = any. */
  readonly link: SocketLink | null;
  /**
   * Whoever asks for the same may have the address and port too (SO_REUSEADDR), as Kea lets them: each hears the group, one
   * of them what is sent to the address. Without it, that another server is there is an error.
   */
  readonly reuseAddress?: boolean;
  /** Several sockets of this user may share address and port (SO_REUSEPORT); each datagram to an address goes to one of them. */
  readonly reusePort?: boolean;
  /** Receive buffer; without CAP_NET_ADMIN the kernel caps it at net.core.rmem_max. */
  readonly receiveBufferBytes?: number;
}

/** An open socket and the address that it is bound to. */
export interface Udp6Socket {
  readonly fd: number;
  readonly address: Uint8Array;
}

/**
 * Opens a non-blocking UDP socket for IPv6 alone, which says of each datagram where it was sent to and how it came in.
 * @returns its file descriptor; any thread of the process may use it, the caller closes it
 * @throws an Error with `code` = the errno name, and a message that names address, port, interface and what to do
 */
export function openUdp6Socket(options: Udp6SocketOptions): number {
  const fd = libc.socket(AF_INET6, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
  if (fd < 0) throw openError(options, lastErrno());
  try {
    setOptions(fd, options);
    bind(fd, options);
    if (isIpv6Multicast(options.address, 0)) join(fd, options);
  } catch (error) {
    libc.close(fd);
    throw error;
  }
  return fd;
}

/**
 * Opens a socket for an address and one for each group on the same port, all or none.
 * @param groups of 16 octets each, joined on the link of the options
 * @returns the socket of the address first, then those of the groups in their order; the caller closes them
 * @throws as `openUdp6Socket`
 */
export function openUdp6Sockets(options: Udp6SocketOptions, groups: readonly Uint8Array[]): Udp6Socket[] {
  const { address } = options;
  const sockets: Udp6Socket[] = [{ fd: openUdp6Socket(options), address }];
  try {
    const port = localPort(sockets[0]!.fd);
    for (const group of groups)
      sockets.push({ fd: openUdp6Socket({ ...options, address: group, port }), address: group });
  } catch (error) {
    for (const { fd } of sockets) closeFd(fd);
    throw error;
  }
  return sockets;
}

function setOptions(fd: number, options: Udp6SocketOptions): void {
  const { link, receiveBufferBytes } = options;
  const set = (option: number, value: number, level: number): void => {
    if (!setInteger(fd, option, value, level)) throw openError(options, lastErrno());
  };
  set(IPV6_V6ONLY, 1, IPPROTO_IPV6);
  set(IPV6_RECVPKTINFO, 1, IPPROTO_IPV6);
  if (options.reuseAddress === true) set(SO_REUSEADDR, 1, SOL_SOCKET);
  if (options.reusePort === true) set(SO_REUSEPORT, 1, SOL_SOCKET);
  if (link !== null) {
    // The scope in bind(2) ties a socket too, without any capability, but only where the address reaches no further. Either
    // way what it sends to a group leaves by that interface.
    const errno = isOfLink(options.address) ? 0 : bindToDevice(fd, link.name);
    if (errno !== 0) throw openError(options, errno);
  }
  if (receiveBufferBytes !== undefined && !setReceiveBuffer(fd, receiveBufferBytes))
    throw openError(options, lastErrno());
}

function bind(fd: number, options: Udp6SocketOptions): void {
  writeSockaddrIn6(scratch.words, 0, options.address, 0, options.port, options.link?.index ?? 0);
  if (libc.bind(fd, scratch.address, SOCKADDR_IN6_BYTES) < 0) throw openError(options, lastErrno());
}

function join(fd: number, options: Udp6SocketOptions): void {
  // The kernel would join by whatever interface a route leads to.
  if (options.link === null) throw openError(options, Errno.EINVAL);
  scratch.bytes.set(options.address);
  scratch.words[IPV6_BYTES / 4] = options.link.index;
  if (libc.setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, scratch.address, MEMBERSHIP_BYTES) < 0)
    throw openError(options, lastErrno());
}

/** Whether an address means something on one link only. */
function isOfLink(address: Uint8Array): boolean {
  if (!isIpv6Multicast(address, 0)) return isIpv6LinkLocal(address, 0);
  return (address[1]! & SCOPE_BITS) <= LINK_SCOPE;
}

function openError(options: Udp6SocketOptions, errno: number): Error {
  const on = options.link === null ? '' : ` on interface ${options.link.name}`;
  const where = `[${formatIpv6(options.address)}]:${options.port}${on}`;
  return systemError(`cannot open UDP socket ${where}`, errno, adviceOn(errno, options));
}

function adviceOn(errno: number, { port, link }: Udp6SocketOptions): string {
  switch (errno) {
    case Errno.EADDRNOTAVAIL:
      return 'no interface has that address, or not yet: its duplicate address detection goes on; correct the configuration, add the address, or wait';
    case Errno.EAFNOSUPPORT:
      return 'IPv6 is switched off here: boot without ipv6.disable=1, allow AF_INET6 (RestrictAddressFamilies= of systemd)';
    case Errno.EINVAL:
      return link === null
        ? 'a link-local address or group needs its interface; name it in interfaces-config'
        : '';
    default:
      return openAdvice(errno, port);
  }
}
