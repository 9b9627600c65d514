/** How long replies can be, by the configuration of a DHCPv6 server. */
import type { ServerConfig6 } from '../../../config/dhcp6/model.ts';
import { OPTION_HEADER_BYTES } from '../../../dhcp6/codes.ts';
import { DOMAIN_BYTES_MAX } from '../../../options/domain-name.ts';
import { scopesOf6 } from './reply-plan.ts';

/** What a reply repeats of its query: at most all of it, which is as much as a receive slot holds (wasm/layout.ts). */
const ECHO_BYTES = 2048;
/** Identity associations with their leases and statuses, and the DUID of the server. */
const LEASES_BYTES = 4096;
/** Option 39, whose name may be of the server's making. */
const FQDN_BYTES = OPTION_HEADER_BYTES + 1 + DOMAIN_BYTES_MAX;
const REPLY_BYTES_MAX = 65_535;
const ENTERPRISE_BYTES = 4;

/** Octets of a slot: only a message of very many identity associations has a longer reply, and gets none. */
export function longestReplyBytes6(config: ServerConfig6): number {
  const longest = new Map<string, number>();
  for (const { options, vendorOptions } of scopesOf6(config)) {
    for (const { code, data } of options) note(longest, `${code}`, data.length);
    for (const { code, data, enterprise } of vendorOptions)
      note(longest, `${enterprise}.${code}`, data.length + OPTION_HEADER_BYTES + ENTERPRISE_BYTES);
  }
  let bytes = ECHO_BYTES + LEASES_BYTES + FQDN_BYTES;
  for (const length of longest.values()) bytes += OPTION_HEADER_BYTES + length;
  return Math.min(REPLY_BYTES_MAX, bytes);
}

function note(longest: Map<string, number>, key: string, length: number): void {
  longest.set(key, Math.max(longest.get(key) ?? 0, length));
}
