/** Two ends of a connection of this process, non-blocking. */
import koffi from 'koffi';

const AF_UNIX = 1;
const SOCK_STREAM_NONBLOCK_CLOEXEC = 1 | 0o4000 | 0o2000000;
const socketpair = koffi.load(null).func('int socketpair(int, int, int, _Out_ int *)');

export function socketPair(): [number, number] {
  const fds = new Int32Array(2);
  if (socketpair(AF_UNIX, SOCK_STREAM_NONBLOCK_CLOEXEC, 0, fds) !== 0) throw new Error('no socket pair');
  return [fds[0]!, fds[1]!];
}

const SHUT_BOTH = 2;
const shutdown = koffi.load(null).func('int shutdown(int, int)');

/** Ends a connection at once, for both ends; what is on its way may still be read. */
export function cutConnection(fd: number): void {
  if (shutdown(fd, SHUT_BOTH) !== 0) throw new Error('no connection');
}
