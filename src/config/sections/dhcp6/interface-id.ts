/** `interface-id`: what a relay says of the interface that it heard the client on (RFC 8415 section 21.18). */
import { decodeHexText } from '../../../base/hex-text.ts';
import { type Rule, rule } from '../../schema/rule.ts';
import { orEmpty } from '../../schema/scalars.ts';

/** No relay has a longer name for an interface than a message has room for options. */
const OCTETS_MAX = 1024;

/** The text itself, or the octets of hexadecimal digits behind "0x". */
export function interfaceIdRule(): Rule<Uint8Array, undefined> {
  const octets = rule(`a text of 1 to ${OCTETS_MAX} octets, or octets such as "0x6162"`, (value) => {
    if (typeof value !== 'string') return undefined;
    const isHex = /^0x[0-9a-fA-F]+$/.test(value);
    const read = isHex ? decodeHexText(value) : new TextEncoder().encode(value);
    return read !== null && read.length <= OCTETS_MAX ? read : undefined;
  });
  return orEmpty(octets);
}
