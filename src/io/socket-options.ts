/** Socket options that take an integer. */
import { libc } from './libc.ts';
import { allocatePinned } from './pinned.ts';

const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;

const value = allocatePinned(4);

/** @returns false when the kernel refuses; `lastErrno()` says why */
export function setInteger(fd: number, option: number, integer: number): boolean {
  value.words[0] = integer;
  return libc.setsockopt(fd, SOL_SOCKET, option, value.address, 4) === 0;
}

/** The forced variant ignores net.core.rmem_max and needs CAP_NET_ADMIN; the plain one takes what it can get. */
export function setReceiveBuffer(fd: number, bytes: number): boolean {
  return setInteger(fd, SO_RCVBUFFORCE, bytes) || setInteger(fd, SO_RCVBUF, bytes);
}
