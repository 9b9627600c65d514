/** Writing the words of a descriptor. */
import { lengthOf, offsetOf } from './found';

/** @param octets a multiple of eight */
export function clearWords(descriptor: u32, octets: u32): void {
  for (let at: u32 = 0; at < octets; at += 8) store<u64>(descriptor + at, 0);
}

export function put(descriptor: u32, field: u32, value: u32): void {
  store<u32>(descriptor + (field << 2), value);
}

/** Two words: offset and length, both 0 for an empty option. */
export function putRun(descriptor: u32, field: u32, entry: u32): void {
  const length = lengthOf(entry);
  put(descriptor, field, length === 0 ? 0 : offsetOf(entry));
  put(descriptor, field + 1, length);
}

export function bit(isThere: bool, value: u32): u32 {
  return isThere ? value : 0;
}
