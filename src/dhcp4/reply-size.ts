/** How long replies can become: what the reply slots are made for, and what a configuration is checked against. */
import { OPTIONS_OFFSET } from './codes.ts';

/** The largest payload of UDP over IPv4: 65,535 octets less the headers of IP and UDP. */
export const DATAGRAM_BYTES_MAX = 65_507;
/** [RFC1542 2.1] A BOOTP message has at least this many octets; some relays throw shorter ones away. */
export const BOOTP_BYTES_MIN = 300;
/** The client's name as the server makes it: option 81 of 258 octets in two parts, or option 12. */
const NAME_BYTES_MAX = 258 + 2 * 2;
/** Header, cookie, and what the server makes itself: 53, then 1, 51, 54, 58, 59 and 118 of four octets each, the name, 255. */
export const OWN_BYTES = OPTIONS_OFFSET + 3 + 6 * 6 + NAME_BYTES_MAX + 1;
/** Options of a query, all of which may be echoed: what a receive slot of 2,048 octets holds behind the header. */
export const ECHO_BYTES_MAX = 2048 - OPTIONS_OFFSET;
/** The longest payload of one option; longer ones go out in parts (RFC 3396). */
export const OPTION_PART_BYTES = 255;

/** Octets of configured options that fit into a reply whatever the query has echoed. */
export const CONFIGURED_BYTES_MAX = DATAGRAM_BYTES_MAX - OWN_BYTES - ECHO_BYTES_MAX;

/** Octets that an option takes on the wire. @param dataBytes octets of its payload; @param parts its parts, null = as few as can be */
export function encodedLength(dataBytes: number, parts: readonly number[] | null = null): number {
  return dataBytes + 2 * (parts?.length ?? Math.max(1, Math.ceil(dataBytes / OPTION_PART_BYTES)));
}

/** The longest reply with so many octets of configured options; a multiple of 64, a line of the processor's cache. */
export function replyBytesFor(configuredBytes: number): number {
  const longest = OWN_BYTES + ECHO_BYTES_MAX + Math.min(configuredBytes, CONFIGURED_BYTES_MAX);
  return Math.ceil(longest / 64) * 64;
}
