/**
 * When the kernel received what recvmmsg(2) reads, SO_TIMESTAMPNS of socket(7). The time comes as control data of the message:
 *
 *     struct timespec   i64 seconds | i64 nanoseconds of CLOCK_REALTIME
 */
import { type ControlData, controlSpace } from './control-data.ts';
import { libc } from './libc.ts';
import { allocatePinned } from './pinned.ts';
import { setInteger } from './socket-options.ts';

const SOL_SOCKET = 1;
/** The option, and the type of its control data. */
const SO_TIMESTAMPNS = 35;
const CLOCK_REALTIME = 0;
const TIMESPEC_BYTES = 16;
const NANOSECONDS = 2;
const WORD = 0x1_0000_0000;
const US_PER_SEC = 1_000_000;
const NS_PER_US = 1000;

/** Control data of each message that a receiver is to have room for. */
export const ARRIVAL_SPACE = controlSpace(TIMESPEC_BYTES);

const time = allocatePinned(TIMESPEC_BYTES);

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
  return microseconds(time.words, 0);
}

/** When message i was received, in microseconds since 1970; 0 = the kernel has not said. */
export function readArrivalUs(control: ControlData, i: number): number {
  const at = control.find(i, SOL_SOCKET, SO_TIMESTAMPNS, TIMESPEC_BYTES);
  return at < 0 ? 0 : microseconds(control.words, at);
}

function microseconds(words: Uint32Array, at: number): number {
  const sec = words[at]! + words[at + 1]! * WORD;
  return sec * US_PER_SEC + words[at + NANOSECONDS]! / NS_PER_US;
}
