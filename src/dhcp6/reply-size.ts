/** How long replies of DHCPv6 can become: what the reply slots are made for, and what a configuration is checked against. */
import { DOMAIN_BYTES_MAX } from '../options/domain-name.ts';
import { OPTION_HEADER_BYTES } from './codes.ts';

/** The largest payload of UDP over IPv6: 65,535 octets less the header of UDP. */
export const DATAGRAM_BYTES_MAX = 65_527;
/** What a reply repeats of its query: at most all of it, which is as much as a receive slot holds (wasm/layout.ts). */
export const ECHO_BYTES_MAX = 2048;
/** Identity associations with their leases and statuses, and the DUID of the server. */
export const LEASES_BYTES = 4096;
/** Option 39, whose name may be of the server's making: flags and a name. */
const FQDN_BYTES = OPTION_HEADER_BYTES + 1 + DOMAIN_BYTES_MAX;

/** Octets of configured options that fit into a reply whatever the query has echoed. */
export const CONFIGURED_BYTES_MAX = DATAGRAM_BYTES_MAX - ECHO_BYTES_MAX - LEASES_BYTES - FQDN_BYTES;

/** Octets that an option takes on the wire. @param dataBytes octets of its payload */
export function encodedLength(dataBytes: number): number {
  return OPTION_HEADER_BYTES + dataBytes;
}

/** The longest reply with so many octets of configured options. */
export function replyBytesFor(configuredBytes: number): number {
  return ECHO_BYTES_MAX + LEASES_BYTES + FQDN_BYTES + Math.min(configuredBytes, CONFIGURED_BYTES_MAX);
}
