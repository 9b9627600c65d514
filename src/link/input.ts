/** The receiving side of a connection: octets of its wire, and the frames in them. */
import { allocatePinned, type Pinned } from '../io/pinned.ts';
import { FrameReader } from './frame.ts';
import { FRAME_BYTES_MAX } from './limits.ts';
import type { Wire } from './wire.ts';

/** The longest frame and the beginning of the next one. */
const INPUT_BYTES = FRAME_BYTES_MAX + 65_536;

export class StreamInput {
  readonly #wire: Wire;
  readonly #memory: Pinned = allocatePinned(INPUT_BYTES);
  readonly frames = new FrameReader(this.#memory.bytes);

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** Puts octets there that came in another way. @returns whether there is room for them */
  put(octets: Uint8Array): boolean {
    if (octets.length > INPUT_BYTES) return false;
    this.#memory.bytes.set(octets);
    this.frames.filled(octets.length);
    return true;
  }

  /** Reads once. @returns octets that have come, or a `WireEnd` */
  read(): number {
    const room = this.frames.makeRoom();
    const count = this.#wire.read(this.#memory, this.frames.end, room);
    if (count > 0) this.frames.filled(count);
    return count;
  }
}
