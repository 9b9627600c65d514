/**
 * Packet sockets: what comes in on an interface before the kernel's IP layer has seen it, and a way to stations that have
 * no IPv4 address yet. packet(7)
 *
 * They are SOCK_DGRAM: the kernel takes the link header off and puts one on, so that every kind of link is served alike. They
 * are bound to ETH_P_IP, not to ETH_P_ALL as Kea's: so a frame of a VLAN, a bridge or a bond is heard on the interface that
 * it belongs to and not on the port below as well, and what this machine sends is not heard at all.
 */
import type { Ipv4 } from '../base/ipv4.ts';
import { attachProgram } from './bpf.ts';
import { grantAdvice } from './capabilities.ts';
import { Errno, lastErrno, libc, systemError } from './libc.ts';
import { AF_PACKET, LINK_ADDRESS_BYTES, writeLinkBinding } from './link-address.ts';
import { allocatePinned } from './pinned.ts';
import { NO_QUERY, queryFilter } from './query-filter.ts';
import { setReceiveBuffer } from './socket-options.ts';
import { frameSteering } from './steering.ts';

const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0o4000 | 0o2000000;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SOL_PACKET = 263;
const PACKET_FANOUT = 18;
const PACKET_FANOUT_DATA = 22;
const PACKET_FANOUT_CBPF = 6;
/** The kernel chooses the number of the group. */
const PACKET_FANOUT_FLAG_UNIQUEID = 0x2000;

const scratch = allocatePinned(LINK_ADDRESS_BYTES + 4);

export interface PacketGroupOptions {
  readonly interfaceName: string;
  readonly interfaceIndex: number;
  /** How many sockets share the interface, 1..256: each client is heard by one of them, always the same. */
  readonly sockets: number;
  readonly receiveBufferBytes: number;
}

/**
 * Opens the packet sockets of an interface. They hear nothing before `hearQueries`: a group that is not complete would
 * hear queries twice.
 * @returns file descriptors, which any thread may use; the caller closes them
 * @throws an Error with `code` = the errno name, and a message that names the interface and what to do
 */
export function openPacketGroup(options: PacketGroupOptions): number[] {
  const fds: number[] = [];
  try {
    let group = 0;
    while (fds.length < options.sockets) {
      const fd = libc.socket(AF_PACKET, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
      if (fd < 0) throw openError(options, lastErrno());
      fds.push(fd);
      attach(fd, NO_QUERY, options);
      if (!setReceiveBuffer(fd, options.receiveBufferBytes)) throw openError(options, lastErrno());
      bind(fd, options);
      if (options.sockets > 1) group = join(fd, fds.length === 1, group, options);
    }
    if (options.sockets > 1) steer(fds[0]!, options);
    return fds;
  } catch (error) {
    for (const fd of fds) libc.close(fd);
    throw error;
  }
}

/**
 * Opens a packet socket that only sends: it hears nothing.
 * @returns its file descriptor, which the caller closes
 * @throws as `openPacketGroup`
 */
export function openPacketSender(interfaceName: string): number {
  const fd = libc.socket(AF_PACKET, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
  if (fd < 0) throw openError({ interfaceName }, lastErrno());
  return fd;
}

/**
 * Lets a socket hear the queries to the broadcast address and to these addresses, instead of what it heard before.
 * @param addresses at most 1024
 */
export function hearQueries(
  fd: number,
  port: number,
  addresses: readonly Ipv4[],
  options: PacketGroupOptions,
): void {
  attach(fd, queryFilter(port, addresses), options);
}

function attach(fd: number, program: Parameters<typeof attachProgram>[3], options: PacketGroupOptions): void {
  attachProgram(
    fd,
    SOL_SOCKET,
    SO_ATTACH_FILTER,
    program,
    `cannot filter queries on ${options.interfaceName}`,
  );
}

function bind(fd: number, options: PacketGroupOptions): void {
  writeLinkBinding(scratch.words, options.interfaceIndex);
  if (libc.bind(fd, scratch.address, LINK_ADDRESS_BYTES) < 0) throw openError(options, lastErrno());
}

/** Joins the group of an interface, or founds it. @returns its number */
function join(fd: number, isFirst: boolean, group: number, options: PacketGroupOptions): number {
  const flags = isFirst ? PACKET_FANOUT_FLAG_UNIQUEID : 0;
  scratch.words[0] = group | ((PACKET_FANOUT_CBPF | flags) << 16);
  if (libc.setsockopt(fd, SOL_PACKET, PACKET_FANOUT, scratch.address, 4) < 0)
    throw openError(options, lastErrno());
  if (!isFirst) return group;
  scratch.words[1] = 4;
  if (libc.getsockopt(fd, SOL_PACKET, PACKET_FANOUT, scratch.address, scratch.address + 4) < 0)
    throw openError(options, lastErrno());
  return scratch.words[0]! & 0xffff;
}

function steer(fd: number, { sockets, interfaceName }: PacketGroupOptions): void {
  const what = `cannot spread the clients of ${interfaceName} over ${sockets} sockets`;
  attachProgram(fd, SOL_PACKET, PACKET_FANOUT_DATA, frameSteering(sockets), what);
}

function openError({ interfaceName }: Pick<PacketGroupOptions, 'interfaceName'>, errno: number): Error {
  return systemError(`cannot open raw socket on interface ${interfaceName}`, errno, adviceOn(errno));
}

function adviceOn(errno: number): string {
  switch (errno) {
    case Errno.EPERM:
    case Errno.EACCES:
      return `raw sockets need CAP_NET_RAW; ${grantAdvice()}`;
    case Errno.EAFNOSUPPORT:
      return 'allow AF_PACKET (RestrictAddressFamilies= of systemd), or set "dhcp-socket-type": "udp"';
    case Errno.ENODEV:
    case Errno.ENXIO:
      return 'the interface has gone';
    default:
      return '';
  }
}
