/** The end of a lease stream that a thread without an event loop would hold: a descriptor, read and written by hand. */
import { setTimeout as delay } from 'node:timers/promises';
import { Errno, lastErrno, libc } from '../../../src/io/libc.ts';
import { allocatePinned } from '../../../src/io/pinned.ts';
import type { StreamSocket } from '../../../src/io/stream-socket.ts';

const CHUNK_BYTES = 65_536;

export class StreamEnd {
  readonly socket: StreamSocket;
  readonly #pinned = allocatePinned(CHUNK_BYTES);

  constructor(socket: StreamSocket) {
    this.socket = socket;
  }

  /** What is there: null = nothing now, no octets = the other side has ended it. @throws Error when it is broken */
  take(): Buffer | null {
    const count = libc.read(this.socket.fd, this.#pinned.address, CHUNK_BYTES);
    if (count >= 0) return Buffer.from(this.#pinned.bytes.slice(0, count));
    if (lastErrno() === Errno.EAGAIN) return null;
    throw new Error(`read: errno ${lastErrno()}`);
  }

  /** Reads so many octets. */
  async read(bytes: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (let left = bytes; left > 0; ) {
      const chunk = this.take();
      if (chunk === null) await delay(1);
      else if (chunk.length === 0) throw new Error(`ended with ${left} octets missing`);
      else {
        chunks.push(chunk);
        left -= chunk.length;
      }
    }
    return Buffer.concat(chunks);
  }

  /** Resolves when the other side has ended it, or it is broken. */
  async ended(): Promise<void> {
    for (;;) {
      try {
        const chunk = this.take();
        if (chunk?.length === 0) return;
        if (chunk === null) await delay(1);
      } catch {
        return;
      }
    }
  }

  /** Writes what finds room. @returns octets written */
  offer(bytes: Uint8Array): number {
    const length = Math.min(bytes.length, CHUNK_BYTES);
    this.#pinned.bytes.set(bytes.subarray(0, length));
    const count = libc.write(this.socket.fd, this.#pinned.address, length);
    if (count >= 0) return count;
    if (lastErrno() === Errno.EAGAIN) return 0;
    throw new Error(`write: errno ${lastErrno()}`);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const count = this.offer(bytes.subarray(at));
      if (count === 0) await delay(1);
      at += count;
    }
  }
}
