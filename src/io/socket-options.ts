/** Socket options that sockets of both families have. */
import { Errno, lastErrno, libc } from './libc.ts';
import { allocatePinned } from './pinned.ts';

const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_BINDTODEVICE = 25;
const SO_RCVBUFFORCE = 33;
/** With its terminator; <linux/if.h>. */
const IFNAMSIZ = 16;

/** It lives as long as the thread, so no collection can take it from a call. */
const value = allocatePinned(IFNAMSIZ);

/** @returns false when the kernel refuses; `lastErrno()` says why */
export function setInteger(fd: number, option: number, integer: number, level = SOL_SOCKET): boolean {
  value.words[0] = integer;
  return libc.setsockopt(fd, level, option, value.address, 4) === 0;
}

/** Lets a socket receive from and send through one interface only. @returns 0, or the errno of the refusal */
export function bindToDevice(fd: number, name: string): number {
  const encoded = new TextEncoder().encode(name);
  // A longer name would be cut by the kernel and might then be another interface's.
  if (encoded.length === 0 || encoded.length >= IFNAMSIZ) return Errno.ENODEV;
  value.bytes.set(encoded);
  const isBound = libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, value.address, encoded.length) === 0;
  return isBound ? 0 : lastErrno();
}

/** The forced variant ignores net.core.rmem_max and needs CAP_NET_ADMIN; the plain one takes what it can get. */
export function setReceiveBuffer(fd: number, bytes: number): boolean {
  return setInteger(fd, SO_RCVBUFFORCE, bytes) || setInteger(fd, SO_RCVBUF, bytes);
}
