/**
 * What was found in the datagram in work: a table with one entry for each option that the engine wants; entry 0 takes none.
 *
 *     u32 offset of the payload, 0 = absent | u32 length
 */
import { load16, load32 } from './big-endian';

const ENTRY_BYTES: u32 = 8;
/** Places for 24, more than there are in entry.ts and in entry6.ts. */
const FOUND: u32 = <u32>memory.data(24 * 8, 8);

/** Where an entry is in memory. */
export function at(entry: u32): u32 {
  return FOUND + entry * ENTRY_BYTES;
}

export function record(entry: u32, offset: u32, length: u32): void {
  store<u32>(at(entry), offset);
  store<u32>(at(entry), length, 4);
}

export function isPresent(entry: u32): bool {
  return load<u32>(at(entry)) !== 0;
}

export function offsetOf(entry: u32): u32 {
  return load<u32>(at(entry));
}

export function lengthOf(entry: u32): u32 {
  return load<u32>(at(entry), 4);
}

/** An option that is there with less than its size. */
export function isShort(entry: u32, size: u32): bool {
  return isPresent(entry) && lengthOf(entry) < size;
}

/** The 32-bit number of an option of four octets, 0 when it is absent. */
export function word(entry: u32): u32 {
  return isPresent(entry) ? load32(offsetOf(entry)) : 0;
}

/** The 16-bit number of an option of two octets, 0 when it is absent. */
export function halfWord(entry: u32): u32 {
  return isPresent(entry) ? load16(offsetOf(entry)) : 0;
}
