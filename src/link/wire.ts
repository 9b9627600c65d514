/**
 * What carries the octets of a connection: in plain, or sealed (sealed-wire.ts). Frames neither know nor mind which.
 */
import type { Pinned } from '../io/pinned.ts';
import { readStream, StreamEnd, writeStream } from '../io/stream-fd.ts';

/** What is wrong with a connection that the kernel calls broken. */
export const BROKEN = 'the connection is broken';

/** What `read` and `write` return instead of a number of octets. */
export const WireEnd = { ...StreamEnd, fault: -3 } as const;

export interface Wire {
  readonly fd: number;
  /** What is wrong, after `WireEnd.fault` and where it is broken. */
  readonly fault: string;
  /** @param room at least ENVELOPE_BYTES_MAX @returns octets put at `at`, or a `WireEnd` */
  read(into: Pinned, at: number, room: number): number;
  /** Whether octets have been taken from the kernel that `read` would give. */
  readonly holdsMore: boolean;
  /** Whether `read` may give more, by what it gave last. */
  readonly mayHaveMore: boolean;
  /** @param count at least 1 @returns octets taken, or a `WireEnd`; never `closed` */
  write(from: Pinned, at: number, count: number): number;
  /** Gives to the kernel what was taken, as far as it has room. @returns false when the connection is broken */
  flush(): boolean;
  /** Whether something that was taken waits for room in the kernel's buffer. */
  readonly wantsRoom: boolean;
}

export class PlainWire implements Wire {
  readonly fd: number;
  readonly fault = BROKEN;
  readonly holdsMore = false;
  readonly wantsRoom = false;
  mayHaveMore = false;

  constructor(fd: number) {
    this.fd = fd;
  }

  read(into: Pinned, at: number, room: number): number {
    const count = readStream(this.fd, into.address + at, room);
    this.mayHaveMore = count === room;
    return count;
  }

  write(from: Pinned, at: number, count: number): number {
    return writeStream(this.fd, from.address + at, count);
  }

  flush(): boolean {
    return true;
  }
}
