/** Records that main sends beside the log, read as if they stood in one: u16 length | record, one behind the other. */
import type { RingRecord } from '../base/byte-ring.ts';
import { UpdateRecord } from '../engine/parked/shard-link.ts';
import { readU16 } from './frame.ts';

const LENGTH_BYTES = 2;

/** Each record is a transaction of its own, for which nobody waits. */
export class DeliveryReader {
  readonly bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  isEmpty(): boolean {
    return this.#at === this.bytes.length;
  }

  next(record: RingRecord): boolean {
    if (this.isEmpty()) return false;
    record.kind = UpdateRecord.delivery | UpdateRecord.last;
    record.sequence = 0;
    record.length = readU16(this.bytes, this.#at);
    record.offset = this.#at + LENGTH_BYTES;
    this.#at = record.offset + record.length;
    return true;
  }

  /** Its memory goes as a whole. */
  release(): void {}
}

/** The octets of records in the form in which they are read. */
export function encodeDelivery(
  updates: readonly { readonly bytes: Uint8Array; readonly offset: number; readonly length: number }[],
): Uint8Array {
  const octets = updates.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0);
  const out = new Uint8Array(octets);
  let at = 0;
  for (const { bytes, offset, length } of updates) {
    out[at++] = length;
    out[at++] = length >>> 8;
    out.set(bytes.subarray(offset, offset + length), at);
    at += length;
  }
  return out;
}
