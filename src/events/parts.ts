/** The parts of a lease event, see lease/events.ts. */
import { EVENT_PART_HEADER_BYTES } from '../lease/events.ts';

/** Called for each part. @param role of `EventPart` */
export type PartVisitor = (role: number, octets: Uint8Array) => void;

/** @param bytes of an event, as they were written */
export function eachPart(bytes: Uint8Array, visit: PartVisitor): void {
  for (let at = 0; at < bytes.length; ) {
    const from = at + EVENT_PART_HEADER_BYTES;
    const role = bytes[at]!;
    at = from + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
    visit(role, bytes.subarray(from, at));
  }
}

/** What clients have sent may be in it: what is no UTF-8 is shown as such. */
export function partText(octets: Uint8Array): string {
  return Buffer.from(octets).toString('utf8');
}
