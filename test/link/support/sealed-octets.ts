/** What comes out of a sealed wire, and what is on its way to one. */
import { readSync } from 'node:fs';
import { allocatePinned } from '../../../src/io/pinned.ts';
import { ENVELOPE_BYTES_MAX } from '../../../src/link/limits.ts';
import type { SealedWire } from '../../../src/link/sealed-wire.ts';

export const ROOM = ENVELOPE_BYTES_MAX;
export const INTO = allocatePinned(ROOM);

/** Reads until nothing more is there. @returns the octets, and how it ended */
export function take(wire: SealedWire): { readonly octets: Buffer; readonly end: number } {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const count = wire.read(INTO, 0, ROOM);
    if (count <= 0) return { octets: Buffer.concat(chunks), end: count };
    chunks.push(INTO.bytes.slice(0, count));
  }
}

/** Takes what is on its way out of a connection, whose other end this is. */
export function intercept(fd: number): Buffer {
  const into = Buffer.alloc(1 << 20);
  return Buffer.from(into.subarray(0, readSync(fd, into)));
}
