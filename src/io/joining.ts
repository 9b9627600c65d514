/** Which sockets joined messages may leave by, and which have refused them. */
import type { JoinedVector } from './joined-vector.ts';

export class Joining {
  readonly vector: JoinedVector;
  /** By descriptor: octets of the longest message that may be joined with others. */
  readonly #longest = new Map<number, number>();
  /** Sockets that joined messages were refused for, since the beginning. */
  refusals = 0;
  /** Of the last refusal. */
  refusedFd = -1;
  refusedErrno = 0;

  constructor(vector: JoinedVector) {
    this.vector = vector;
  }

  /** What leaves by `fd` may be joined from now on, messages of up to `longest` octets; 0 = it may not. */
  allow(fd: number, longest: number): void {
    this.#longest.set(fd, longest);
  }

  /** No socket may, until `allow`. */
  forgetAll(): void {
    this.#longest.clear();
  }

  longest(fd: number): number {
    return this.#longest.get(fd) ?? 0;
  }

  /** The kernel or a device on the way does not join: nothing is joined for this socket any more. */
  refuse(fd: number, errno: number): void {
    this.allow(fd, 0);
    this.refusals++;
    this.refusedFd = fd;
    this.refusedErrno = errno;
  }
}
