/**
 * When the kernel received what recvmmsg(2) reads, SO_TIMESTAMPNS of socket(7). The time comes as control data of the message:
 *
 *     struct cmsghdr   u64 length | i32 level | i32 type | struct timespec: i64 seconds, i64 nanoseconds of CLOCK_REALTIME
 *
 * glibc and musl agree on this on x64 and arm64.
 */
import { libc } from './libc.ts';
import { HEADER_CONTROL, HEADER_CONTROL_LENGTH, HEADER_WORDS, type MessageVector } from './message-vector.ts';
import { allocatePinned, type Pinned, storePointer } from './pinned.ts';
import { setInteger } from './socket-options.ts';

const SOL_SOCKET = 1;
/** The option, and the type of its control data. */
const SO_TIMESTAMPNS = 35;
const CLOCK_REALTIME = 0;
const CONTROL_BYTES = 32;
const CONTROL_WORDS = CONTROL_BYTES / 4;
const LEVEL = 2;
const TYPE = 3;
const SECONDS = 4;
const NANOSECONDS = 6;
const WORD = 0x1_0000_0000;
const US_PER_SEC = 1_000_000;
const NS_PER_US = 1000;

const time = allocatePinned(16);

/**
 * Lets the kernel stamp what the socket receives, or leave it; a socket that has gone is left alone. Where nobody else wants
 * stamps the kernel begins a moment later, and until then gives the time at which a datagram is read.
 */
export function stampArrivals(fd: number, isOn: boolean): void {
  setInteger(fd, SO_TIMESTAMPNS, isOn ? 1 : 0);
}

/** Now, by the clock of the stamps, in microseconds since 1970. */
export function realtimeUs(): number {
  libc.clock_gettime(CLOCK_REALTIME, time.address);
  return microseconds(time.words, 0, 2);
}

/** Room for the stamps of a vector of messages. */
export class ArrivalTimes {
  readonly #control: Pinned;
  readonly #headers: Uint32Array;

  constructor({ headers }: MessageVector, messages: number) {
    this.#headers = headers.words;
    this.#control = allocatePinned(messages * CONTROL_BYTES);
    for (let i = 0; i < messages; i++)
      storePointer(
        this.#headers,
        i * HEADER_WORDS + HEADER_CONTROL,
        this.#control.address + i * CONTROL_BYTES,
      );
    this.renew(messages);
  }

  /** Makes room again for the first `count` messages: the kernel has written there how much it used. */
  renew(count: number): void {
    for (let i = 0; i < count; i++) this.#headers[i * HEADER_WORDS + HEADER_CONTROL_LENGTH] = CONTROL_BYTES;
  }

  /** When message i was received, in microseconds since 1970; 0 = the kernel has not said. */
  us(i: number): number {
    if (this.#headers[i * HEADER_WORDS + HEADER_CONTROL_LENGTH]! < CONTROL_BYTES) return 0;
    const { words } = this.#control;
    const at = i * CONTROL_WORDS;
    if (words[at + LEVEL] !== SOL_SOCKET || words[at + TYPE] !== SO_TIMESTAMPNS) return 0;
    return microseconds(words, at + SECONDS, at + NANOSECONDS);
  }
}

function microseconds(words: Uint32Array, seconds: number, nanoseconds: number): number {
  const sec = words[seconds]! + words[seconds + 1]! * WORD;
  return sec * US_PER_SEC + words[nanoseconds]! / NS_PER_US;
}
