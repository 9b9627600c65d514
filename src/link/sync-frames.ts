/** The short frames of a synchronization; session.ts says when each is sent. */
import { FrameType, readU16, readU32 } from './frame.ts';
import type { OutBuffer } from './out-buffer.ts';

/** What a SYNC asks for: what is newer there, or that and to give what is newer here. */
export const SyncKind = { fetch: 1, exchange: 2 } as const;
export type SyncKind = (typeof SyncKind)[keyof typeof SyncKind];

const AnswerCode = { accepted: 0, refused: 1 } as const;
const ACCEPTED_BYTES = 5;
const REFUSED_HEAD_BYTES = 3;
const END_BYTES = 4;
const REASON_OCTETS_MAX = 255;

/** Room for the longest of these frames. */
export const SYNC_FRAME_BYTES_MAX = 512;

export function putSync(out: OutBuffer, kind: SyncKind): void {
  putFrame(out, FrameType.sync, [kind]);
}

/** @param total about how many rows will come */
export function putAccepted(out: OutBuffer, total: number): void {
  putFrame(out, FrameType.answer, [AnswerCode.accepted, ...octets(total)]);
}

export function putRefused(out: OutBuffer, reason: string): void {
  const text = new TextEncoder().encode(reason).subarray(0, REASON_OCTETS_MAX);
  putFrame(out, FrameType.answer, [AnswerCode.refused, text.length, 0, ...text]);
}

export function putEnd(out: OutBuffer, rows: number): void {
  putFrame(out, FrameType.end, octets(rows));
}

/** @returns the kind that is asked for, or what is wrong */
export function readSync(bytes: Uint8Array, at: number, length: number): SyncKind | string {
  if (length !== 1) return `a request for leases has ${length} octets`;
  const kind = bytes[at]!;
  if (kind === SyncKind.fetch || kind === SyncKind.exchange) return kind;
  return `leases are asked for in the way ${kind}, which does not exist`;
}

export type SyncAnswer = { readonly total: number } | { readonly refused: string };

/** @returns the answer, or what is wrong */
export function readAnswer(bytes: Uint8Array, at: number, length: number): SyncAnswer | string {
  const code = length === 0 ? -1 : bytes[at]!;
  if (code === AnswerCode.accepted && length === ACCEPTED_BYTES) return { total: readU32(bytes, at + 1) };
  const isText = length >= REFUSED_HEAD_BYTES && length === REFUSED_HEAD_BYTES + readU16(bytes, at + 1);
  if (code !== AnswerCode.refused || !isText) return 'an answer to a request for leases does not add up';
  return { refused: new TextDecoder().decode(bytes.subarray(at + REFUSED_HEAD_BYTES, at + length)) };
}

/** @returns the number of rows, or what is wrong */
export function readEnd(bytes: Uint8Array, at: number, length: number): number | string {
  return length === END_BYTES ? readU32(bytes, at) : `the end of rows has ${length} octets`;
}

function putFrame(out: OutBuffer, type: number, body: readonly number[]): void {
  out.beginFrame(type);
  for (const octet of body) out.putU8(octet);
  out.endFrame();
}

function octets(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
}
