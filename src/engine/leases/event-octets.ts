/** How parts of lease events are written. */
import { EVENT_INTERFACE_BYTES_MAX } from '../../lease/events.ts';

/** Writes a u32, the highest octet first. @returns the offset behind it */
export function putWord(out: Uint8Array, at: number, value: number): number {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
  return at + 4;
}

/** Writes a u16, the highest octet first. @returns the offset behind it */
export function putHalf(out: Uint8Array, at: number, value: number): number {
  out[at] = value >>> 8;
  out[at + 1] = value;
  return at + 2;
}

/** Writes the name of an interface behind an octet that says how long it is. @returns the offset behind it */
export function putInterfaceName(out: Uint8Array, from: number, name: string): number {
  let at = from;
  const length = Math.min(name.length, EVENT_INTERFACE_BYTES_MAX);
  out[at++] = length;
  for (let i = 0; i < length; i++) out[at++] = name.charCodeAt(i);
  return at;
}
