/** Reads and writes a connected stream socket that never blocks. */
import { Errno, lastErrno, libc } from './libc.ts';

/** What `readStream` and `writeStream` return instead of a number of bytes. */
export const StreamEnd = {
  /** The other side sends nothing any more. */
  closed: 0,
  /** Nothing to read now, or no room to write. */
  wouldBlock: -1,
  /** The connection is broken; `lastErrno()` says how. */
  broken: -2,
} as const;

/** @returns bytes read, or a `StreamEnd` */
export function readStream(fd: number, address: number, bytes: number): number {
  const count = libc.read(fd, address, bytes);
  return count >= 0 ? count : endOf(lastErrno());
}

/** @param bytes at least 1 @returns bytes written, or a `StreamEnd`; never `closed` */
export function writeStream(fd: number, address: number, bytes: number): number {
  const count = libc.write(fd, address, bytes);
  return count > 0 ? count : endOf(lastErrno());
}

function endOf(errno: number): number {
  return errno === Errno.EAGAIN || errno === Errno.EINTR ? StreamEnd.wouldBlock : StreamEnd.broken;
}
