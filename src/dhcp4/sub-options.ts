/** Options inside of an option: the octets of a space of sub-options, such as those of option 43 (RFC 2132 section 8.4). */
import type { SubOption } from '../options/standard.ts';
import { OptionCode } from './codes.ts';

/** A sub-option has one octet for its length. */
export const SUB_OPTION_OCTETS_MAX = 255;

/** The one space in which Kea takes the codes 0 and 255 for what they are in a message: padding, and the end. */
const PADDED_SPACE = 'vendor-encapsulated-options-space';

/** Reads sub-options as far as they are right, as Kea does; what follows counts for nothing. */
export function parseSubOptions(space: string, bytes: Uint8Array): SubOption[] {
  const options: SubOption[] = [];
  let at = 0;
  while (at < bytes.length) {
    const code = bytes[at]!;
    if (space === PADDED_SPACE && code === OptionCode.pad) {
      at++;
      continue;
    }
    if (space === PADDED_SPACE && code === OptionCode.end) break;
    const length = bytes[at + 1];
    if (length === undefined || at + 2 + length > bytes.length) break;
    options.push({ code, data: bytes.subarray(at + 2, at + 2 + length) });
    at += 2 + length;
  }
  return options;
}
