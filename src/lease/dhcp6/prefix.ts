/** What a delegated prefix may look like. */
import { ADDRESS_BITS } from './model.ts';

/** Whether bits behind the first `length` (0..128) of the 16 octets at `bytes[at]` are set: no prefix has them. */
export function hasHostBits(bytes: Uint8Array, at: number, length: number): boolean {
  if (length >= ADDRESS_BITS) return false;
  const last = at + (length >>> 3);
  if ((bytes[last]! & (0xff >>> (length & 7))) !== 0) return true;
  for (let i = last + 1; i < at + ADDRESS_BITS / 8; i++) if (bytes[i] !== 0) return true;
  return false;
}
