/**
 * DUIDs, the names of clients and servers: what makes one, and what is inside of the four known types. In lease files,
 * commands and configurations they are text as base/hex.ts writes it.
 *
 *     LLT    1[2] | hardware type[2] | time[4] | link-layer address        RFC 8415 section 11.2
 *     EN     2[2] | enterprise number[4] | identifier                      section 11.3
 *     LL     3[2] | hardware type[2] | link-layer address                  section 11.4
 *     UUID   4[2] | UUID[16]                                               section 11.5
 */
import { type ByteRange, clearRange, setRange } from '../base/byte-range.ts';
import { parseHex } from '../base/hex.ts';
import { DuidType } from './codes.ts';

/** What Kea takes; RFC 8415 section 11.1 has no more than 2 + 128 octets. */
export const DUID_BYTES_MIN = 3;
export const DUID_BYTES_MAX = 130;
const UUID_BYTES = 16;
/** Seconds from 1970 to 2000, when the time of a DUID-LLT begins. */
export const LLT_EPOCH_SEC = 946_684_800;

/** The hardware type when a DUID tells of none. */
export const NO_HARDWARE = -1;

/** A DUID by its parts; what is of no known type, or too short for it, is `other`. */
export type DuidParts =
  | {
      readonly kind: 'llt';
      readonly hardwareType: number;
      /** Seconds since 1970. */
      readonly timeSec: number;
      readonly linkLayerAddress: Uint8Array;
    }
  | { readonly kind: 'en'; readonly enterprise: number; readonly identifier: Uint8Array }
  | { readonly kind: 'll'; readonly hardwareType: number; readonly linkLayerAddress: Uint8Array }
  | { readonly kind: 'uuid'; readonly uuid: Uint8Array }
  | { readonly kind: 'other' };

/** Whether octets are a DUID: 3 to 130 of them, and not 00:00:00, which in a lease file stands for nobody. */
export function isDuid(bytes: Uint8Array, offset: number, length: number): boolean {
  if (length < DUID_BYTES_MIN || length > DUID_BYTES_MAX) return false;
  return length > DUID_BYTES_MIN || (bytes[offset]! | bytes[offset + 1]! | bytes[offset + 2]!) !== 0;
}

/**
 * Reads the text of a DUID, hex with colons.
 * @returns the octets, or null when the text is no DUID
 */
export function parseDuid(text: string): Uint8Array | null {
  const bytes = parseHex(text);
  return bytes !== null && isDuid(bytes, 0, bytes.length) ? bytes : null;
}

/**
 * Finds the hardware address that a DUID-LLT or DUID-LL is made of.
 * @param out the address; empty when there is none
 * @returns the hardware type, 0..65535, or NO_HARDWARE
 */
export function findHardwareAddress({ bytes, offset, length }: ByteRange, out: ByteRange): number {
  const type = length < 2 ? 0 : half(bytes, offset);
  const header = type === DuidType.llt ? 8 : type === DuidType.ll ? 4 : length;
  if (length <= header) {
    clearRange(out);
    return NO_HARDWARE;
  }
  const hardwareType = half(bytes, offset + 2);
  setRange(out, bytes, offset + header, length - header);
  return hardwareType;
}

/** Takes a DUID apart. @returns parts that are views of `duid` */
export function readDuid(duid: Uint8Array): DuidParts {
  const type = duid.length < DUID_BYTES_MIN ? 0 : half(duid, 0);
  if (type === DuidType.llt && duid.length > 8) {
    const timeSec = LLT_EPOCH_SEC + word(duid, 4);
    return { kind: 'llt', hardwareType: half(duid, 2), timeSec, linkLayerAddress: duid.subarray(8) };
  }
  if (type === DuidType.en && duid.length > 6)
    return { kind: 'en', enterprise: word(duid, 2), identifier: duid.subarray(6) };
  if (type === DuidType.ll && duid.length > 4)
    return { kind: 'll', hardwareType: half(duid, 2), linkLayerAddress: duid.subarray(4) };
  if (type === DuidType.uuid && duid.length === 2 + UUID_BYTES)
    return { kind: 'uuid', uuid: duid.subarray(2) };
  return { kind: 'other' };
}

function half(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function word(bytes: Uint8Array, at: number): number {
  return half(bytes, at) * 0x1_0000 + half(bytes, at + 2);
}
