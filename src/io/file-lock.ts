/**
 * The kernel's lock on a file, flock(2): exclusive, without waiting, and given back when the descriptor is closed or the
 * process ends, however it ends. Kea takes the same lock on the same file names.
 */
import { Errno, lastErrno, libc, systemError } from './libc.ts';

const LOCK_EX_NB = 6;

/**
 * Locks an open file for this process.
 * @returns false when somebody else has the lock
 * @throws NodeJS.ErrnoException when the file cannot be locked at all
 */
export function tryFileLock(fd: number): boolean {
  if (libc.flock(fd, LOCK_EX_NB) === 0) return true;
  const errno = lastErrno();
  if (errno === Errno.EAGAIN) return false;
  throw Object.assign(systemError('flock', errno), { errno: -errno, syscall: 'flock' });
}
