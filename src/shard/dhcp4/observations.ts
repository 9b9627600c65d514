/** Reports clients of the silent partner to main, which judges by them whether the partner is down. */
import { type ByteRingMemory, ByteRingWriter } from '../../base/byte-ring.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import { OBSERVATION_HEADER_BYTES } from '../../engine/parked/shard-link.ts';
import type { Query } from '../../engine/query.ts';

const CLIENT_ID_BYTES_MAX = 255;

export class ObservationWriter {
  readonly #writer: ByteRingWriter;
  readonly #bytes = new Uint8Array(OBSERVATION_HEADER_BYTES + 16 + CLIENT_ID_BYTES_MAX);

  constructor(memory: ByteRingMemory) {
    this.#writer = new ByteRingWriter(memory);
  }

  /** Writes one observation; false when the ring is full. @param relationship whose partner should have answered */
  write(query: Query, relationship: number): boolean {
    const out = this.#bytes;
    const { hw, clientId } = query;
    const clientIdLength = Math.min(clientId.length, CLIENT_ID_BYTES_MAX);
    const secs = query.field(Field.secs);
    out[0] = secs >>> 8;
    out[1] = secs;
    out[2] = relationship;
    out[3] = hw.length;
    out[4] = clientIdLength;
    let at = OBSERVATION_HEADER_BYTES;
    for (let i = 0; i < hw.length; i++) out[at++] = hw.bytes[hw.offset + i]!;
    for (let i = 0; i < clientIdLength; i++) out[at++] = clientId.bytes[clientId.offset + i]!;
    return this.#writer.write(0, 0, out, at);
  }
}
