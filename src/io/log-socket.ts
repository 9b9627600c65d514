/**
 * The way to the system's log: datagrams to a unix socket, which Node.js cannot send. Sending never waits: a log daemon that has
 * stopped reading must not stop the server.
 */
import { Errno, errnoName, lastErrno, libc } from './libc.ts';
import { allocatePinned, type Pinned } from './pinned.ts';
import { closeFd } from './udp.ts';

const AF_UNIX = 1;
/** SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC */
const DATAGRAM = 0o2004002;
/** struct sockaddr_un: u16 family | 108 octets of path with a NUL at the end */
const PATH_OFFSET = 2;
const PATH_OCTETS_MAX = 107;
const SOCKADDR_UN_BYTES = 110;
/** Longer messages are cut; the daemons read at most about this much. */
export const LOG_MESSAGE_OCTETS_MAX = 8192;

export class LogSocket {
  readonly #path: string;
  readonly #message: Pinned = allocatePinned(LOG_MESSAGE_OCTETS_MAX);
  #fd = -1;

  /** @param path of the daemon's socket, at most 107 octets; nothing is opened before the first message */
  constructor(path: string) {
    this.#path = path;
  }

  /** @returns null, or the name of the error for which the message was not sent */
  send(text: string): string | null {
    const length = new TextEncoder().encodeInto(text, this.#message.bytes).written;
    // A daemon that was started again has another socket under the same name.
    if (this.#fd >= 0 && this.#write(length) === 0) return null;
    if (this.#fd >= 0 && lastErrno() === Errno.EAGAIN) return errnoName(Errno.EAGAIN);
    const errno = this.#connect();
    if (errno !== 0) return errnoName(errno);
    const failure = this.#write(length);
    return failure === 0 ? null : errnoName(failure);
  }

  close(): void {
    if (this.#fd >= 0) closeFd(this.#fd);
    this.#fd = -1;
  }

  #write(length: number): number {
    return libc.write(this.#fd, this.#message.address, length) < 0 ? lastErrno() : 0;
  }

  #connect(): number {
    this.close();
    const fd = libc.socket(AF_UNIX, DATAGRAM, 0);
    if (fd < 0) return lastErrno();
    const address = socketAddress(this.#path);
    if (libc.connect(fd, address.address, SOCKADDR_UN_BYTES) < 0) {
      const errno = lastErrno();
      closeFd(fd);
      return errno;
    }
    this.#fd = fd;
    return 0;
  }
}

function socketAddress(path: string): Pinned {
  const address = allocatePinned(SOCKADDR_UN_BYTES);
  address.bytes[0] = AF_UNIX;
  address.bytes.set(new TextEncoder().encode(path).subarray(0, PATH_OCTETS_MAX), PATH_OFFSET);
  return address;
}
