/**
 * Octets on their way to a connection: a ring from which its wire takes them and in which they stay until they are
 * released, because a record that the partner refuses is looked at once more.
 *
 *     released <= sent <= head      positions are u32 that wrap; the capacity is a power of two
 */
import { assert } from '../base/assert.ts';
import { allocatePinned, type Pinned } from '../io/pinned.ts';
import { FRAME_HEADER_BYTES } from './frame.ts';
import { type Wire, WireEnd } from './wire.ts';

const LENGTH_BYTES = 4;

export class OutBuffer {
  readonly #memory: Pinned;
  readonly #mask: number;
  #released = 0;
  #sent = 0;
  #head = 0;
  #frameAt = 0;

  /** @param capacity octets, a power of two */
  constructor(capacity: number) {
    assert((capacity & (capacity - 1)) === 0, 'the capacity is a power of two');
    this.#memory = allocatePinned(capacity);
    this.#mask = capacity - 1;
  }

  /** Position behind the last octet. */
  get head(): number {
    return this.#head;
  }

  /** Position behind the last octet that the wire has taken. */
  get sent(): number {
    return this.#sent;
  }

  get free(): number {
    return this.#mask + 1 - this.used;
  }

  get used(): number {
    return (this.#head - this.#released) >>> 0;
  }

  get isAllSent(): boolean {
    return this.#sent === this.#head;
  }

  /** Begins a frame; `endFrame` must follow before anything is flushed. Pre: there is room for all of it. */
  beginFrame(type: number): void {
    this.#frameAt = this.#head;
    this.putU32(0);
    this.putU32(type);
  }

  /** Octets of the frame that was begun, its header included. */
  get frameBytes(): number {
    return (this.#head - this.#frameAt) >>> 0;
  }

  endFrame(): void {
    assert(this.frameBytes >= FRAME_HEADER_BYTES && this.used <= this.#mask + 1, 'a frame fits');
    this.patchU32(this.#frameAt, this.frameBytes - LENGTH_BYTES);
  }

  putU8(value: number): void {
    this.#memory.bytes[this.#head & this.#mask] = value;
    this.#head = (this.#head + 1) >>> 0;
  }

  putU16(value: number): void {
    this.putU8(value);
    this.putU8(value >>> 8);
  }

  putU32(value: number): void {
    this.patchU32(this.#head, value);
    this.#head = (this.#head + 4) >>> 0;
  }

  /** Writes over four octets that have not been flushed. */
  patchU32(position: number, value: number): void {
    const { bytes } = this.#memory;
    for (let i = 0; i < 4; i++) bytes[(position + i) & this.#mask] = value >>> (8 * i);
  }

  put(from: Uint8Array, offset: number, length: number): void {
    const { bytes } = this.#memory;
    for (let i = 0; i < length; i++) bytes[(this.#head + i) & this.#mask] = from[offset + i]!;
    this.#head = (this.#head + length) >>> 0;
  }

  /** Copies octets that have not been released. */
  copy(position: number, into: Uint8Array, length: number): void {
    const { bytes } = this.#memory;
    for (let i = 0; i < length; i++) into[i] = bytes[(position + i) & this.#mask]!;
  }

  /** Gives octets up to a position back. */
  release(position: number): void {
    this.#released = position;
  }

  /** Gives to the wire what it takes. @returns false when the connection is broken */
  flush(wire: Wire): boolean {
    while (this.#sent !== this.#head) {
      const at = this.#sent & this.#mask;
      const count = Math.min((this.#head - this.#sent) >>> 0, this.#mask + 1 - at);
      const written = wire.write(this.#memory, at, count);
      if (written === WireEnd.wouldBlock) return true;
      if (written < 0) return false;
      this.#sent = (this.#sent + written) >>> 0;
    }
    return true;
  }
}
