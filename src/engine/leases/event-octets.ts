/** How parts of lease events are written. */
import { EVENT_INTERFACE_BYTES_MAX } from '../../lease/events.ts';

/** Writes the name of an interface behind an octet that says how long it is. @returns the offset behind it */
export function putInterfaceName(out: Uint8Array, from: number, name: string): number {
  let at = from;
  const length = Math.min(name.length, EVENT_INTERFACE_BYTES_MAX);
  out[at++] = length;
  for (let i = 0; i < length; i++) out[at++] = name.charCodeAt(i);
  return at;
}
