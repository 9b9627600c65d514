/**
 * A wake-up from one thread to another that poll() can wait for: eventfd(2). Many signals between two drains are one.
 */
import { Errno, lastErrno, libc, systemError } from './libc.ts';
import { allocatePinned } from './pinned.ts';

const EFD_NONBLOCK_CLOEXEC = 0o2004000;
const COUNTER_BYTES = 8;

const one = allocatePinned(COUNTER_BYTES);
one.words[0] = 1;
const drained = allocatePinned(COUNTER_BYTES);

/** @throws when the process has no file descriptor left */
export function createEventFd(): number {
  const fd = libc.eventfd(0, EFD_NONBLOCK_CLOEXEC);
  if (fd < 0) {
    throw systemError('cannot create an eventfd', lastErrno(), 'raise the limit of open files (ulimit -n)');
  }
  return fd;
}

/** Makes `fd` readable, from any thread. */
export function signalEventFd(fd: number): void {
  // EAGAIN: 2^64 - 2 signals are waiting, so the reader is being woken anyway.
  if (libc.write(fd, one.address, COUNTER_BYTES) < 0) rejectUnless(Errno.EAGAIN, 'signal');
}

/** Makes `fd` unreadable until the next signal; without a signal it does nothing. */
export function drainEventFd(fd: number): void {
  if (libc.read(fd, drained.address, COUNTER_BYTES) < 0) rejectUnless(Errno.EAGAIN, 'drain');
}

function rejectUnless(expected: number, operation: string): void {
  const errno = lastErrno();
  if (errno !== expected) throw systemError(`cannot ${operation} an eventfd`, errno);
}
