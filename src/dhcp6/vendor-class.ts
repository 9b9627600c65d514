/**
 * What a client says of its hardware, option 16.
 *
 *     enterprise-number[4] | { vendor-class-len[2] | opaque-data } ...        RFC 8415 section 21.16
 */
import { type ByteRange, clearRange, equalsOctets, setRange } from '../base/byte-range.ts';

const ENTERPRISE_BYTES = 4;
const LENGTH_BYTES = 2;

/** Finds the n-th data, from 0, in an option 16. @param out empty where there is none; may not be `option` */
export function findVendorData(option: ByteRange, index: number, out: ByteRange): boolean {
  const { bytes } = option;
  const end = option.offset + option.length;
  let at = option.offset + ENTERPRISE_BYTES;
  for (let i = 0; at + LENGTH_BYTES <= end; i++) {
    const length = (bytes[at]! << 8) | bytes[at + 1]!;
    at += LENGTH_BYTES;
    if (length > end - at) break;
    if (i === index) {
      setRange(out, bytes, at, length);
      return true;
    }
    at += length;
  }
  clearRange(out);
  return false;
}

/** Whether some data of an option 16 are these octets. */
export function hasVendorData(option: ByteRange, octets: Uint8Array, scratch: ByteRange): boolean {
  for (let i = 0; findVendorData(option, i, scratch); i++) if (equalsOctets(scratch, octets)) return true;
  return false;
}
