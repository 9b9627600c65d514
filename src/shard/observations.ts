/** Reports clients of the silent partner to main, which judges by them whether the partner is down. */

import type { ByteRange } from '../base/byte-range.ts';
import { type ByteRingMemory, ByteRingWriter } from '../base/byte-ring.ts';
import { writeU32 } from '../base/little-endian.ts';
import { ObservationAt } from '../engine/parked/shard-link.ts';

const HW_BYTES_MAX = 16;
const CLIENT_ID_BYTES_MAX = 255;

export class ObservationWriter {
  readonly #writer: ByteRingWriter;
  readonly #bytes = new Uint8Array(ObservationAt.hw + HW_BYTES_MAX + CLIENT_ID_BYTES_MAX);

  constructor(memory: ByteRingMemory) {
    this.#writer = new ByteRingWriter(memory);
  }

  /**
   * Writes one observation; false when the ring is full.
   * @param relationship whose partner should have answered
   * @param waitedMs for how long the client has been asking, by its own word
   * @param hw at most 16 octets; @param clientId of more than 255 octets the first ones
   */
  write(relationship: number, waitedMs: number, hw: ByteRange, clientId: ByteRange): boolean {
    const out = this.#bytes;
    const clientIdLength = Math.min(clientId.length, CLIENT_ID_BYTES_MAX);
    writeU32(out, ObservationAt.waitedMs, waitedMs);
    out[ObservationAt.relationship] = relationship;
    out[ObservationAt.hwLength] = hw.length;
    out[ObservationAt.clientIdLength] = clientIdLength;
    let at: number = ObservationAt.hw;
    for (let i = 0; i < hw.length; i++) out[at++] = hw.bytes[hw.offset + i]!;
    for (let i = 0; i < clientIdLength; i++) out[at++] = clientId.bytes[clientId.offset + i]!;
    return this.#writer.write(0, 0, out, at);
  }
}
