/** The records of byte-ring.test.ts, which both of its threads know. */

/** Mostly short, sometimes empty, now and then as long as a record can be. */
export function payloadLength(number: number): number {
  if (number % 997 === 0) return 0xfff0;
  return number % 13 === 0 ? 0 : (number * 7919) % 600;
}

export function fillPayload(payload: Uint8Array, length: number, number: number): void {
  payload.fill(number & 255, 0, length);
}
