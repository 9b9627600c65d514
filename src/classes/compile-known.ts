/** Closures for what is known of a datagram beside its octets. Numbers become four octets, as in Kea. */
import { emptyRange } from '../base/byte-range.ts';
import type { Operand, Packet } from './packet.ts';

const WORD_BYTES = 4;

export function numberField<P extends Packet>(number: (packet: P) => number): Operand<P> {
  const bytes = new Uint8Array(WORD_BYTES);
  const load = (packet: P): void => {
    const value = number(packet);
    bytes[0] = value >>> 24;
    bytes[1] = value >>> 16;
    bytes[2] = value >>> 8;
    bytes[3] = value;
  };
  return { range: { bytes, offset: 0, length: WORD_BYTES }, load };
}

/** The names of interfaces are few: their octets are made once each. */
export function interfaceField<P extends Packet>(nameOf: (packet: P) => string): Operand<P> {
  const range = emptyRange();
  const known = new Map<string, Uint8Array>();
  const load = (packet: P): void => {
    const name = nameOf(packet);
    let octets = known.get(name);
    if (octets === undefined) {
      octets = new TextEncoder().encode(name);
      known.set(name, octets);
    }
    range.bytes = octets;
    range.length = octets.length;
  };
  return { range, load };
}
