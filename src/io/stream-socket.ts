/**
 * A connection of Node's event loop as a descriptor that any thread may read and write: a duplicate of the descriptor; Node's
 * socket is destroyed, which closes its own one and no more. A TLS session is left behind without a word; its secrets go along.
 *
 * Where TLS ends is exact in both directions: the client sends nothing behind its request, and reads nothing as TLS behind the
 * answer to it; the server reads nothing as TLS from before its answer on, and sends nothing behind it until the client has
 * spoken. Whoever does otherwise has sent octets that nobody can open.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Errno, lastErrno, libc, systemError } from './libc.ts';
import { allocatePinned } from './pinned.ts';
import { exportSecrets, type SessionSecrets, type TlsSide } from './session-secrets.ts';

const SOL_SOCKET = 1;
/** struct linger   i32 on | i32 seconds */
const SO_LINGER = 13;
const F_DUPFD_CLOEXEC = 1030;
/** The kernel asks a silent peer for a sign of life: one that has gone without a word is noticed at last. */
const KEEP_ALIVE_MS = 10_000;
const NO_DESCRIPTOR = 'raise the limit of open files (ulimit -n)';

export interface StreamSocket {
  /** Non-blocking; open until `close`. */
  readonly fd: number;
  /** Address and port of the other side. */
  readonly remote: string;
  /** Of the TLS session that it was; null = it was none, and its octets go in plain. */
  readonly secrets: SessionSecrets | null;
  /** Ends the connection; what was written still arrives. Nobody may use the descriptor any more. */
  close(): void;
  /** Ends it as well; what was written and has not arrived by now never will. */
  reset(): void;
}

/** What Node keeps to itself; every version that this program runs with has it there. */
interface Handle {
  readonly fd?: number;
  readStop?(): number;
}

/** However a TCP connection ends from now on, by the end of the process too: what has not arrived by then never will. */
export function loseUnsentAtEnd(socket: Socket): void {
  forgetUnsent(handleOf(socket)?.fd ?? -1);
}

/** From now on what comes waits in the kernel: it is for whoever gets the descriptor. */
export function stopReading(socket: Socket): void {
  handleOf(socket)?.readStop?.();
}

/**
 * Takes a connection out of the event loop. Pre: nobody reads the socket, and all that was written to it has left.
 * @param socket is of no use afterwards, also when this fails
 * @param protocol what goes on by it
 * @param side of the opening
 * @throws Error when there is no descriptor left, the connection is broken or its TLS session is too old
 */
export function detachSocket(socket: Socket, protocol: string, side: TlsSide): StreamSocket {
  const remote = `${socket.remoteAddress} ${socket.remotePort}`;
  socket.on('error', () => {});
  try {
    socket.setTimeout(0);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const secrets = socket instanceof TLSSocket ? exportSecrets(socket, protocol, side) : null;
    const fd = duplicate(handleOf(socket)?.fd ?? -1);
    const close = closing(fd);
    return { fd, remote, secrets, close, reset: () => close(true) };
  } finally {
    socket.destroy();
  }
}

function handleOf(socket: Socket): Handle | null {
  return (socket as unknown as { readonly _handle: Handle | null })._handle;
}

function duplicate(fd: number): number {
  const copy = libc.fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy >= 0) return copy;
  const errno = lastErrno();
  throw systemError('cannot duplicate a connection', errno, errno === Errno.EBADF ? '' : NO_DESCRIPTOR);
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
