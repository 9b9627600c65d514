/**
 * The first frame of each side, and the last.
 *
 *     HELLO   "TLSTREAM" | u16 version | u16 family, 4 or 6 | u32 records in flight that I take
 *             | u16 length, my name | u16 length, your name
 *     BYE     u8 reason | u16 length, text
 */
import { STREAM_VERSION } from '../peer/model.ts';
import { readU16, readU32 } from './frame.ts';
import { NAME_BYTES_MAX, WINDOW_RECORDS, WINDOW_RECORDS_MIN } from './limits.ts';

const MAGIC = new TextEncoder().encode('TLSTREAM');
const NAMES_AT = 16;

/** Why a connection is ended. */
export const ByeReason = {
  /** The server stops, or works with others from now on. */
  leaving: 1,
  /** What was received is no part of the protocol. */
  fault: 2,
  /** A newer connection is in use. */
  replaced: 3,
  /** No acknowledgement came in time. */
  silent: 4,
} as const;

/** Who speaks with whom. */
export interface StreamNames {
  readonly own: string;
  readonly partner: string;
}

/** @param family 4 = DHCPv4, 6 = DHCPv6 */
export function encodeHello({ own, partner }: StreamNames, family: 4 | 6): Uint8Array {
  const head = new Uint8Array(NAMES_AT);
  head.set(MAGIC);
  const view = new DataView(head.buffer);
  view.setUint16(8, STREAM_VERSION, true);
  view.setUint16(10, family, true);
  view.setUint32(12, WINDOW_RECORDS, true);
  return Buffer.concat([head, encodeText(own), encodeText(partner)]);
}

export function encodeBye(reason: number, text: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(reason), encodeText(text)]);
}

export type Hello =
  | { readonly ok: true; readonly window: number }
  | { readonly ok: false; readonly fault: string };

/** Reads a hello. @param names who we are and whom we expect; @param own the family that is served here */
export function readHello(
  bytes: Uint8Array,
  at: number,
  length: number,
  names: StreamNames,
  own: 4 | 6,
): Hello {
  const fault = (text: string): Hello => ({ ok: false, fault: text });
  if (length < NAMES_AT || MAGIC.some((octet, i) => bytes[at + i] !== octet))
    return fault('the first frame is no hello of a lease stream');
  const version = readU16(bytes, at + 8);
  if (version !== STREAM_VERSION) return fault(`the hello is of version ${version}, not ${STREAM_VERSION}`);
  const family = readU16(bytes, at + 10);
  if (family !== own) return fault(`the hello is for DHCPv${family}, not DHCPv${own}`);
  const window = readU32(bytes, at + 12);
  if (window < WINDOW_RECORDS_MIN) return fault(`the partner takes only ${window} records at once`);
  const end = at + length;
  const theirs = readText(bytes, at + NAMES_AT, end);
  const ours = theirs === null ? null : readText(bytes, theirs.end, end);
  if (theirs === null || ours === null || ours.end !== end)
    return fault('the lengths of the names in the hello do not add up to its own');
  if (theirs.text !== names.partner || ours.text !== names.own)
    return fault(
      `the hello is of ${JSON.stringify(theirs.text)} to ${JSON.stringify(ours.text)}, not of ` +
        `${JSON.stringify(names.partner)} to ${JSON.stringify(names.own)}`,
    );
  return { ok: true, window };
}

/** What the partner says in its farewell. */
export function readBye(bytes: Uint8Array, at: number, length: number): string {
  const text = length < 1 ? null : readText(bytes, at + 1, at + length);
  return text === null || text.end !== at + length ? 'in a farewell that cannot be read' : text.text;
}

function encodeText(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text).subarray(0, NAME_BYTES_MAX);
  return Buffer.concat([Uint8Array.of(bytes.length, 0), bytes]);
}

function readText(
  bytes: Uint8Array,
  at: number,
  end: number,
): { readonly text: string; readonly end: number } | null {
  if (at + 2 > end) return null;
  const length = readU16(bytes, at);
  if (length > NAME_BYTES_MAX || at + 2 + length > end) return null;
  const text = new TextDecoder().decode(bytes.subarray(at + 2, at + 2 + length));
  return { text, end: at + 2 + length };
}
