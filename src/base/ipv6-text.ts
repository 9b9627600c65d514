/** IPv6 addresses as text, for people and files. */
import { writeIpv6 } from './octet-writer.ts';

const GROUPS = 8;
const TEXT_BYTES_MAX = 39;

/** Reads an address in any of its forms [RFC4291 2.2], without a zone. @returns 16 octets, or null when the text is none */
export function parseIpv6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1]!, true) : [];
  if (head === null || tail === null) return null;
  const missing = GROUPS - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 255]));
}

/** @param isLast the last group may be an IPv4 address */
function groupsOf(text: string, isLast: boolean): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else if (isLast && index === parts.length - 1) {
      const quad = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(part)?.slice(1).map(Number);
      if (quad === undefined || quad.some((each) => each > 255)) return null;
      groups.push(quad[0]! * 256 + quad[1]!, quad[2]! * 256 + quad[3]!);
    } else return null;
  }
  return groups;
}

/**
 * Writes the address at `bytes[at]` in its one form, lower case [RFC5952 4]; what holds an IPv4 address ends with it, as
 * inet_ntop(3) has it.
 */
export function formatIpv6(bytes: Uint8Array, at = 0): string {
  const text = new Uint8Array(TEXT_BYTES_MAX);
  return new TextDecoder().decode(text.subarray(0, writeIpv6(text, 0, bytes, at)));
}
