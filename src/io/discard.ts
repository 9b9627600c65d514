/** Takes what waits in a socket and throws it away: the kernel is given no room, so that it copies neither octets nor addresses. */
import { isMisuse, lastErrno, libc, systemError } from './libc.ts';
import { HEADER_BYTES } from './message-vector.ts';
import { allocatePinned } from './pinned.ts';

const MSG_DONTWAIT = 0x40;
/** Datagrams a system call, UIO_MAXIOV at most. */
const BATCH = 64;
/** So that a flood does not keep the caller here. */
const BATCHES_MAX = 64;

/** struct mmsghdr each, with no place for a name, octets or control data. */
const headers = allocatePinned(BATCH * HEADER_BYTES);

/**
 * Empties a datagram socket; never blocks.
 * @returns how many datagrams were thrown away, at most BATCH * BATCHES_MAX: the rest waits for the next call
 * @throws only on an error that no datagram can cause, such as a closed descriptor
 */
export function discardDatagrams(fd: number): number {
  let discarded = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    const count = libc.recvmmsg(fd, headers.address, BATCH, MSG_DONTWAIT, 0);
    if (count < 0) {
      const errno = lastErrno();
      if (isMisuse(errno)) throw systemError(`cannot empty descriptor ${fd}`, errno);
      return discarded;
    }
    discarded += count;
    if (count < BATCH) return discarded;
  }
  return discarded;
}
