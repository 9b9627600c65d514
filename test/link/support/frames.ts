/** Frames of a lease stream as somebody hostile makes them: nothing has to add up. */
import { FrameType } from '../../../src/link/frame.ts';

export const u16 = (value: number): number[] => [value & 255, (value >>> 8) & 255];
export const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];

export function frame(type: number, body: ArrayLike<number>, length = body.length + 4): Uint8Array {
  return Uint8Array.from([...u32(length), type, 0, 0, 0, ...Array.from(body)]);
}

export function records(first: number, ...bodies: Uint8Array[]): Uint8Array {
  return numbered(FrameType.records, first, bodies);
}

/** Rows of a synchronization. */
export function rowsOf(first: number, ...bodies: Uint8Array[]): Uint8Array {
  return numbered(FrameType.rows, first, bodies);
}

function numbered(type: number, first: number, bodies: readonly Uint8Array[]): Uint8Array {
  const parts = bodies.flatMap((body) => [...u16(body.length), ...body]);
  return frame(type, [...u32(first), ...u32(bodies.length), ...parts]);
}

export function ack(through: number, ...refusals: number[][]): Uint8Array {
  return frame(FrameType.ack, [...u32(through), ...u32(refusals.length), ...refusals.flat()]);
}

export function refusal(number: number, code = 4, reason = 'no'): number[] {
  return [...u32(number), code, reason.length, ...Buffer.from(reason)];
}
