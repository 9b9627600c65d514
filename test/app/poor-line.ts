/**
 * One direction of a connection over a poor network, as TCP shows one to its users: what is lost or comes in another order
 * becomes a delay in which nothing behind it gets through, and octets arrive in other pieces than they were sent in.
 */
import type { Socket } from 'node:net';
import { Random } from '../interop/differential/random.ts';

/** The way of a datagram. */
const DELAY_MS = 5;
const JITTER_MS = 3;
/** Of a hundred datagrams one is lost, and sent again after the shortest time that TCP waits. */
const LOST_OF = 100;
const AGAIN_MS = 200;
const PIECES_MAX = 3;
/** What may be on the line before the sender has to wait. */
const ON_THE_LINE_BYTES_MAX = 1 << 18;

/** Carries what `from` sends to `to`, until either is closed. @param seed of the misfortunes */
export function poorLine(from: Socket, to: Socket, seed: number): void {
  const random = new Random(seed);
  const onTheLine: Buffer[] = [];
  let octets = 0;
  let arrivalMs = 0;
  const arrive = (): void => {
    // Whichever timer it was: timers of one millisecond have no order.
    const piece = onTheLine.shift()!;
    octets -= piece.length;
    if (!to.destroyed) to.write(piece);
    if (octets < ON_THE_LINE_BYTES_MAX) from.resume();
  };
  from.on('data', (chunk: Buffer) => {
    for (const piece of piecesOf(chunk, random)) {
      const lostMs = random.below(LOST_OF) === 0 ? AGAIN_MS : 0;
      const nowMs = performance.now();
      // Nothing overtakes what is on its way.
      arrivalMs = Math.max(arrivalMs, nowMs + DELAY_MS + random.below(JITTER_MS) + lostMs);
      octets += piece.length;
      onTheLine.push(piece);
      setTimeout(arrive, arrivalMs - nowMs);
    }
    if (octets >= ON_THE_LINE_BYTES_MAX) from.pause();
  });
  from.on('end', () => setTimeout(() => to.end(), Math.max(0, arrivalMs - performance.now()) + JITTER_MS));
}

function piecesOf(chunk: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < chunk.length; ) {
    const isLast = pieces.length === PIECES_MAX - 1;
    const length = isLast ? chunk.length - at : 1 + random.below(chunk.length - at);
    pieces.push(chunk.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
