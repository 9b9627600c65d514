/** IPv4 UDP sockets with the options that node:dgram lacks: SO_BINDTODEVICE, SO_REUSEPORT, a forced buffer size. */
import { formatIpv4, type Ipv4 } from '../base/ipv4.ts';
import { attachProgram } from './bpf.ts';
import { lastErrno, libc, systemError } from './libc.ts';
import { openAdvice } from './open-advice.ts';
import { allocatePinned } from './pinned.ts';
import { readPort, SOCKADDR_IN_BYTES, writeSockaddrIn } from './sockaddr.ts';
import { bindToDevice, setInteger, setReceiveBuffer } from './socket-options.ts';
import { datagramSteering } from './steering.ts';

const AF_INET = 2;
const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0o4000 | 0o2000000;
const SOL_SOCKET = 1;
const SO_BROADCAST = 6;
const SO_REUSEPORT = 15;
const SO_ATTACH_REUSEPORT_CBPF = 51;

/** For the arguments of these rare calls; it lives as long as the thread, so no collection can take it from a call. */
const scratch = allocatePinned(64);

export interface UdpSocketOptions {
  /** Local address, 0 = any. */
  readonly address: Ipv4;
  /** Local port, 0 = one that the kernel chooses. */
  readonly port: number;
  /** Receive from and send through this interface only (SO_BINDTODEVICE); null = any. */
  readonly interfaceName?: string | null;
  /** May send to broadcast addresses. */
  readonly broadcast?: boolean;
  /** Several sockets of this user may share address and port (SO_REUSEPORT); each datagram goes to one of them. */
  readonly reusePort?: boolean;
  /** Receive buffer; without CAP_NET_ADMIN the kernel caps it at net.core.rmem_max. */
  readonly receiveBufferBytes?: number;
}

/**
 * Opens a non-blocking UDP socket.
 * @returns its file descriptor; any thread of the process may use it, the caller closes it
 * @throws an Error with `code` = the errno name, and a message that names address, port and what to do
 */
export function openUdpSocket(options: UdpSocketOptions): number {
  const fd = libc.socket(AF_INET, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
  if (fd < 0) throw openError(options, lastErrno());
  try {
    setOptions(fd, options);
    bind(fd, options);
  } catch (error) {
    libc.close(fd);
    throw error;
  }
  return fd;
}

/** Closes a descriptor of this folder (socket or eventfd). */
export function closeFd(fd: number): void {
  if (libc.close(fd) < 0) throw systemError(`cannot close file descriptor ${fd}`, lastErrno());
}

/** The port that a socket is bound to, for sockets opened with port 0. */
export function localPort(fd: number): number {
  const lengthAt = SOCKADDR_IN_BYTES;
  scratch.words[lengthAt / 4] = SOCKADDR_IN_BYTES;
  if (libc.getsockname(fd, scratch.address, scratch.address + lengthAt) < 0) {
    throw systemError(`cannot ask for the address of socket ${fd}`, lastErrno());
  }
  return readPort(scratch.words, 0);
}

/**
 * Makes a group of `reusePort` sockets on one address take their datagrams by hardware address: every datagram of one
 * client goes to the same socket. One call on any socket of the group, bound already, is enough for all of them.
 * @param shards sockets of the group, 1..65535; position 0 is the one that was bound first
 */
export function attachClientSteering(fd: number, shards: number): void {
  const what = `cannot steer clients over ${shards} sockets`;
  attachProgram(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, datagramSteering(shards), what);
}

function setOptions(fd: number, options: UdpSocketOptions): void {
  if (options.reusePort === true) setFlag(fd, SO_REUSEPORT, options);
  if (options.broadcast === true) setFlag(fd, SO_BROADCAST, options);
  const errno = options.interfaceName == null ? 0 : bindToDevice(fd, options.interfaceName);
  if (errno !== 0) throw openError(options, errno);
  const bytes = options.receiveBufferBytes;
  if (bytes !== undefined && !setReceiveBuffer(fd, bytes)) throw openError(options, lastErrno());
}

function setFlag(fd: number, option: number, options: UdpSocketOptions): void {
  if (!setInteger(fd, option, 1)) throw openError(options, lastErrno());
}

function bind(fd: number, options: UdpSocketOptions): void {
  scratch.words.fill(0);
  writeSockaddrIn(scratch.words, 0, options.address, options.port);
  if (libc.bind(fd, scratch.address, SOCKADDR_IN_BYTES) < 0) throw openError(options, lastErrno());
}

function openError(options: UdpSocketOptions, errno: number): Error {
  const on = options.interfaceName == null ? '' : ` on interface ${options.interfaceName}`;
  const where = `${formatIpv4(options.address)}:${options.port}${on}`;
  return systemError(`cannot open UDP socket ${where}`, errno, openAdvice(errno, options.port));
}
