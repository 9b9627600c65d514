/**
 * A connection of Node's event loop as a descriptor that any thread may read and write: non-blocking, its octets in plain.
 *
 *     TCP   a duplicate of the descriptor; Node's socket is destroyed, which closes its own one and no more
 *     TLS   one end of a pair of local sockets; between the other end and the session the event loop copies, each
 *           direction as fast as its slower side: what waits is bounded by the buffers of both
 */
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Errno, lastErrno, libc, systemError } from './libc.ts';
import { addressOf, allocatePinned } from './pinned.ts';

const SOL_SOCKET = 1;
/** struct linger   i32 on | i32 seconds */
const SO_LINGER = 13;
const F_DUPFD_CLOEXEC = 1030;
const AF_UNIX = 1;
const SOCK_STREAM_NONBLOCK_CLOEXEC = 1 | 0o4000 | 0o2000000;
/** The kernel asks a silent peer for a sign of life: one that has gone without a word is noticed at last. */
const KEEP_ALIVE_MS = 10_000;
/** What was written before the end of a TLS session may take so long to leave. */
const LAST_WORDS_MS = 2_000;
const NO_DESCRIPTOR = 'raise the limit of open files (ulimit -n)';

export interface StreamSocket {
  /** Non-blocking; open until `close`. */
  readonly fd: number;
  /** Address and port of the other side. */
  readonly remote: string;
  /** Ends the connection; what was written still arrives. Nobody may use the descriptor any more. */
  close(): void;
  /** Ends it as well; what was written and has not arrived by now never will. */
  reset(): void;
}

/**
 * Takes a connection out of the event loop. Pre: nobody reads the socket, and all that was written to it has left.
 * @param socket is of no use afterwards, also when this fails
 * @param first is sent before anything else
 * @throws Error when there is no descriptor left or the connection is broken
 */
export function detachSocket(socket: Socket, first: Uint8Array = new Uint8Array(0)): StreamSocket {
  const remote = `${socket.remoteAddress} ${socket.remotePort}`;
  socket.setTimeout(0);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  if (socket instanceof TLSSocket) return pumped(socket, first, remote);
  socket.on('error', () => {});
  try {
    const fd = duplicate(descriptorOf(socket));
    send(fd, first);
    const close = closing(fd);
    return { fd, remote, close, reset: () => close(true) };
  } finally {
    socket.destroy();
  }
}

/** Node keeps the number to itself; every version that this program runs with has it there. */
function descriptorOf(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { readonly _handle: { readonly fd?: number } | null };
  return handle?.fd ?? -1;
}

function duplicate(fd: number): number {
  const copy = libc.fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy >= 0) return copy;
  const errno = lastErrno();
  throw systemError('cannot duplicate a connection', errno, errno === Errno.EBADF ? '' : NO_DESCRIPTOR);
}

/** A connection on which nothing was sent yet has room for some words. */
function send(fd: number, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const pinned = allocatePinned(bytes.length);
  pinned.bytes.set(bytes);
  const count = libc.write(fd, addressOf(pinned.bytes), bytes.length);
  if (count === bytes.length) return;
  const errno = count < 0 ? lastErrno() : Errno.EAGAIN;
  libc.close(fd);
  throw systemError('cannot write to a new connection', errno);
}

function pumped(session: TLSSocket, first: Uint8Array, remote: string): StreamSocket {
  const { ours, theirs } = socketPair();
  const inner = new Socket({ fd: ours });
  session.write(first);
  session.pipe(inner);
  inner.pipe(session);
  for (const each of [session, inner]) each.on('error', () => {});
  // After what the session has brought. Who holds the other end sees that nobody listens any more.
  for (const event of ['end', 'close']) session.once(event, () => inner.destroySoon());
  // What was written last is still to leave.
  inner.once('close', () => session.end());
  const close = closing(theirs);
  return {
    fd: theirs,
    remote,
    close: () => {
      close();
      setTimeout(() => session.destroy(), LAST_WORDS_MS).unref();
    },
    reset: () => {
      close();
      const fd = descriptorOf(session);
      if (fd >= 0) forgetUnsent(fd);
      session.destroy();
    },
  };
}

function socketPair(): { readonly ours: number; readonly theirs: number } {
  const fds = allocatePinned(8);
  if (libc.socketpair(AF_UNIX, SOCK_STREAM_NONBLOCK_CLOEXEC, 0, fds.address) < 0)
    throw systemError('cannot create a pair of sockets', lastErrno(), NO_DESCRIPTOR);
  return { ours: fds.words[0]!, theirs: fds.words[1]! };
}

/** Once: the number may be somebody else's afterwards. */
function closing(fd: number): (isReset?: boolean) => void {
  let isOpen = true;
  return (isReset = false) => {
    if (!isOpen) return;
    isOpen = false;
    if (isReset) forgetUnsent(fd);
    libc.close(fd);
  };
}

/** Makes the next close(2) of a TCP connection throw away what has not arrived: the kernel would go on sending it. */
function forgetUnsent(fd: number): void {
  const linger = allocatePinned(8);
  linger.words[0] = 1;
  libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, linger.address, 8);
}
