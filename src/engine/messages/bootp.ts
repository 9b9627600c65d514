/** Kea's bootp library: BOOTP clients [RFC951] get a lease for ever, and an answer without what belongs to DHCP alone. */
import { OptionCode } from '../../dhcp4/codes.ts';

/** [RFC1533 9] [Kea] The options that a BOOTP client is not sent. */
const DHCP_ONLY = Uint8Array.from({ length: 256 }, (_, code) =>
  (code >= OptionCode.requestedAddress && code <= OptionCode.rebindingTime) ||
  code === OptionCode.clientIdentifier
    ? 1
    : 0,
);

/**
 * Takes the options of DHCP out of a reply.
 * @param from start of the options; @param end behind the last of them, no END among them
 * @returns the end of what is left
 */
export function stripDhcpOptions(bytes: Uint8Array, from: number, end: number): number {
  let to = from;
  for (let at = from; at < end; ) {
    const next = at + 2 + bytes[at + 1]!;
    if (DHCP_ONLY[bytes[at]!] === 1) {
      at = next;
      continue;
    }
    while (at < next) bytes[to++] = bytes[at++]!;
  }
  return to;
}
