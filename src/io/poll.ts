/**
 * Waits for several file descriptors at once: poll(2) on an array that is built once.
 *
 *     struct pollfd   i32 fd | i16 events | i16 revents
 */
import { assert } from '../base/assert.ts';
import { Errno, lastErrno, libc, systemError } from './libc.ts';
import { allocatePinned, type Pinned } from './pinned.ts';

const POLLIN = 0x001;
const US_PER_SEC = 1e6;
/** struct timespec   i64 seconds | i64 nanoseconds */
const TIMESPEC_BYTES = 16;
const POLLOUT = 0x004;
const POLLERR = 0x008;
const POLLHUP = 0x010;
const POLLNVAL = 0x020;
const POLLRDHUP = 0x2000;
const WANTED = 0xffff;
const ENTRY_BYTES = 8;

/** The descriptors of one part in what a thread polls; positions count from its first one. */
export type PollView = Pick<Poller, 'isReady' | 'isHungUp' | 'watchStream' | 'mute'>;

export class Poller {
  readonly #entries: Pinned;
  readonly #timeout = allocatePinned(TIMESPEC_BYTES);
  readonly #count: number;

  /** @param fds at least one; `isReady` takes the position in this list */
  constructor(fds: readonly number[]) {
    assert(fds.length > 0, 'something to poll for');
    this.#count = fds.length;
    this.#entries = allocatePinned(fds.length * ENTRY_BYTES);
    fds.forEach((fd, index) => {
      this.#entries.words[index * 2] = fd;
      this.#entries.words[index * 2 + 1] = POLLIN;
    });
  }

  /**
   * Waits until a descriptor is readable or has an error.
   * @param timeoutMs 0 = only look; a thread inside poll() cannot be stopped, so that nobody waits for long
   * @returns how many are ready; 0 after the timeout or a signal
   * @throws when one of them is not an open descriptor
   */
  wait(timeoutMs: number): number {
    return this.#judge(libc.poll(this.#entries.address, this.#count, timeoutMs));
  }

  /** As `wait`, for those who keep a rate. @param timeoutUs 0 = only look; the kernel may take 50 more */
  waitUs(timeoutUs: number): number {
    const { words, address } = this.#timeout;
    words[0] = timeoutUs / US_PER_SEC;
    words[2] = (timeoutUs % US_PER_SEC) * 1000;
    return this.#judge(libc.ppoll(this.#entries.address, this.#count, address, 0));
  }

  #judge(ready: number): number {
    if (ready > 0) this.#requireOpen();
    if (ready >= 0) return ready;
    const errno = lastErrno();
    if (errno !== Errno.EINTR) throw systemError('cannot poll', errno);
    // The kernel leaves the answers of the call before.
    for (let index = 0; index < this.#count; index++) this.#entries.words[index * 2 + 1]! &= WANTED;
    return 0;
  }

  /**
   * Also waits for the end of the other side of a stream and, where asked for, for room to write.
   * @param isRead whether to wait for octets to read
   */
  watchStream(index: number, wantsRoom: boolean, isRead = true): void {
    this.#entries.words[index * 2 + 1] = (isRead ? POLLIN : 0) | POLLRDHUP | (wantsRoom ? POLLOUT : 0);
  }

  /** Leaves a descriptor out, until it is to be polled again. */
  mute(index: number, isMuted: boolean): void {
    const fd = this.#entries.words[index * 2]! | 0;
    // The kernel passes over what is negative, and says that it is not ready.
    if (fd < 0 !== isMuted) this.#entries.words[index * 2] = ~fd;
  }

  /** @param first the position of the first descriptor of a part */
  from(first: number): PollView {
    return {
      isReady: (index) => this.isReady(first + index),
      isHungUp: (index) => this.isHungUp(first + index),
      watchStream: (index, wantsRoom, isRead) => this.watchStream(first + index, wantsRoom, isRead),
      mute: (index, isMuted) => this.mute(first + index, isMuted),
    };
  }

  /** Whether the other side of a stream was closed, or the stream broken, in the last `wait`. */
  isHungUp(index: number): boolean {
    return (this.#answer(index) & (POLLRDHUP | POLLHUP | POLLERR)) !== 0;
  }

  /** Whether the descriptor at this position was ready in the last `wait`. */
  isReady(index: number): boolean {
    return this.#answer(index) !== 0;
  }

  #answer(index: number): number {
    return this.#entries.words[index * 2 + 1]! >>> 16;
  }

  /** A closed descriptor is always "ready": the loop of a shard would spin for ever without a sign. */
  #requireOpen(): void {
    for (let index = 0; index < this.#count; index++) {
      assert((this.#answer(index) & POLLNVAL) === 0, 'a polled descriptor is open');
    }
  }
}
