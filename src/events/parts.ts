/** The parts of a lease event, see lease/events.ts. */
import { EVENT_PART_HEADER_BYTES, EventPart } from '../lease/events.ts';

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

/** What the formats of a forensic log have made of a query and of its reply; null = there is no format, or it could not be evaluated. */
export interface LegalTexts {
  readonly request: string | null;
  readonly response: string | null;
}

export const NO_TEXTS: LegalTexts = { request: null, response: null };

/** Takes over a text. @param role `EventPart.requestText` or `EventPart.responseText` */
export function withText(texts: LegalTexts, role: number, octets: Uint8Array): LegalTexts {
  // What clients have sent may be in it: what is no UTF-8 is shown as such.
  const text = Buffer.from(octets).toString('utf8');
  return { ...texts, [role === EventPart.requestText ? 'request' : 'response']: text };
}
