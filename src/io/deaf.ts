/** Sockets that hear nothing for a while: the kernel throws away what comes, and what waits in them already stays. */
import { attachProgram } from './bpf.ts';
import { Errno, lastErrno, libc, systemError } from './libc.ts';
import { allocatePinned } from './pinned.ts';
import { NO_QUERY } from './query-filter.ts';

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SO_DETACH_FILTER = 27;

const nothing = allocatePinned(4);

/** Lets a socket hear nothing from here on. @throws an Error with `code` = the errno name */
export function deafen(fd: number): void {
  attachProgram(fd, SOL_SOCKET, SO_ATTACH_FILTER, NO_QUERY, 'cannot close the ears of a socket');
}

/** Lets a UDP socket hear everything again; one that does stays as it is. @throws an Error with `code` = the errno name */
export function hearAll(fd: number): void {
  if (libc.setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, nothing.address, 4) >= 0) return;
  const errno = lastErrno();
  if (errno !== Errno.ENOENT) throw systemError('cannot open the ears of a socket', errno);
}
